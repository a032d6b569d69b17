"""DNS questions over one connection that carries many: how each looks there, and which answer is
whose. Length-framed here (RFC 7766, RFC 7858); over HTTP/2 in `dns_over_https`.

Knows no socket: bytes in, answers out, and bytes to send.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from byway_core.protocols.dns_message import Deframer, framed, with_id


class Reply(NamedTuple):
    """What came for the question of that number: a message, or b"" and why there is none."""

    number: int
    message: bytes
    fault: str = ""


class Carrier(Protocol):
    """One connection's side of the conversation."""

    def start(self) -> bytes:
        """What to send before all questions."""

    def ask(self, number: int, query: bytes) -> bytes:
        """What to send for a question; `number`, a message's id, is not in use. ProtocolError
        where this connection takes no more."""

    def forget(self, number: int) -> None:
        """Its answer is not wanted any more."""

    def feed(self, data: bytes) -> tuple[list[Reply], bytes]:
        """The answers in what the server sent, and what to send now. Messages have their question's
        number for an id. ProtocolError where the connection can be used no longer."""


class LengthFramed:
    """Each message behind its length. The number is the id, which no two questions share."""

    def __init__(self) -> None:
        self._deframer = Deframer()

    def start(self) -> bytes:
        return b""

    def ask(self, number: int, query: bytes) -> bytes:
        return framed(with_id(query, number))

    def forget(self, number: int) -> None:
        """Its answer will come, and be nobody's."""

    def feed(self, data: bytes) -> tuple[list[Reply], bytes]:
        messages = self._deframer.feed(data)
        return [Reply(int.from_bytes(each[:2]), each) for each in messages], b""
