"""The shape that every handshake toward an upstream has.

The relay knows this and nothing of the protocols behind it: it sends what `start` and `feed`
return, and splices once `done` is set.
"""

from __future__ import annotations

from typing import NoReturn, Protocol

from byway_core.model.sentence import Sentence, say


class ClientHandshake(Protocol):
    """One request to an upstream for a tunnel; lives from connect to the tunnel's first byte.

    `done` becomes true when the tunnel is open. `leftover` then holds bytes that came in one piece
    with the upstream's reply: they are the destination's first bytes.
    """

    done: bool
    leftover: bytes

    def start(self) -> bytes:
        """The first bytes to send, as soon as the connection stands."""

    def feed(self, data: bytes) -> bytes:
        """Take what the upstream sent (never empty) and return what to send now, b"" for nothing.

        RefusedError: the upstream understood and said no (`kind` says what that means for it).
        ProtocolError: it does not speak this protocol. After either, and once `done`, the
        handshake is over and must not be fed again.
        """

    def feed_eof(self, *, reset: bool = False) -> NoReturn:
        """The upstream closed (or reset) the connection: raises RefusedError with what it has said
        until then, or the likely reason."""


def ended(who: str, reset: bool) -> Sentence:
    """What the upstream did to the connection, for a sentence."""
    if reset:
        return say("{who} reset the connection", who=who)
    return say("{who} closed the connection", who=who)
