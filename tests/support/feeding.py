"""Conversations with sans-IO handshakes, played in every way that a network may cut them.

A conversation is a list of what we send and what the peer sends, and reads top to bottom:

    Heard(b"...")   the peer's bytes, which may come whole or byte by byte
    Said(b"...")    what the handshake must have sent by then, all of it since the last `Said`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from byway_core.model.errors import BywayError
from byway_core.protocols.handshake import ClientHandshake
from byway_core.protocols.mixed_server import ServerHandshake


@dataclass(frozen=True, slots=True)
class Said:
    data: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    data: bytes


Conversation = Sequence[Said | Heard]


def cuts(data: bytes) -> Iterator[list[bytes]]:
    """The data whole, byte by byte, and in two at a few places."""
    yield [data]
    yield [data[at : at + 1] for at in range(len(data))]
    for at in {1, 2, len(data) // 2, len(data) - 1}:
        if 0 < at < len(data):
            yield [data[:at], data[at:]]


def _play(
    conversation: Conversation, send: Callable[[bytes], bytes], said: bytes, style: int
) -> bytes:
    """Play it in one style of cutting; what was said after the last `Said`."""
    for part in conversation:
        if isinstance(part, Said):
            assert said == part.data
            said = b""
        else:
            styles = list(cuts(part.data))
            for piece in styles[min(style, len(styles) - 1)]:
                said += send(piece)
    return said


# As many as `cuts` yields at most.
STYLES = 6


def fed(make: Callable[[], ClientHandshake], *conversation: Said | Heard) -> None:
    """Play a conversation that ends with an open tunnel; the last part is the peer's.

    Once more with bytes of the tunnel behind the peer's last ones, which must be kept.
    """
    for style in range(STYLES):
        shake = make()
        rest = _play(conversation, shake.feed, shake.start(), style)
        assert (rest, shake.done, shake.leftover) == (b"", True, b"")
    for trailing in (b"\0", b"\r\n\r\n", b"HTTP/1.1 407 No\r\n\r\n", bytes(range(256)) * 9):
        shake = make()
        *before, last = conversation
        said = _play(before, shake.feed, shake.start(), 0)
        assert said + shake.feed(last.data + trailing) == b""
        assert (shake.done, shake.leftover) == (True, trailing)


def failing(make: Callable[[], ClientHandshake], *conversation: Said | Heard) -> BywayError:
    """Play a conversation in which the peer's last bytes end the handshake; the error, which is
    the same however they are cut."""
    errors: list[BywayError] = []
    for style in range(STYLES):
        shake = make()
        try:
            _play(conversation, shake.feed, shake.start(), style)
        except BywayError as error:
            assert not shake.done
            errors.append(error)
    assert len(errors) == STYLES, f"only {len(errors)} failed"
    # A peer cut short may be judged by less of what it said, never with another outcome.
    assert len({type(error) for error in errors}) == 1
    return errors[0]


def served(make: Callable[[], ServerHandshake], *conversation: Said | Heard) -> ServerHandshake:
    """Play a client's conversation with our server side; the outcome, the same however cut."""
    outcomes: list[tuple[object, str]] = []
    for style in range(STYLES):
        shake = make()
        rest = _play(conversation, _until_over(shake), b"", style)
        assert rest == b""
        outcomes.append((shake.request, shake.failed))
    assert all(outcome == outcomes[0] for outcome in outcomes), outcomes
    return shake


def _until_over(shake: ServerHandshake) -> Callable[[bytes], bytes]:
    """As the relay does: what comes after the end of a handshake is not fed to it."""

    def send(piece: bytes) -> bytes:
        return b"" if shake.request or shake.failed else shake.feed(piece)

    return send
