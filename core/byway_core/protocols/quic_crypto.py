"""The handshake's bytes in the frames of Initial packets (RFC 9000 19), put in order.

They come in any order, in pieces of any size, and some twice: Chrome cuts its hello and shuffles
the pieces over its first packets, so that nothing on the way learns to rely on their shape.
"""

from __future__ import annotations

import re
from heapq import heappop, heappush

from byway_core.protocols.quic_packet import varint
from byway_core.protocols.tls_hello import HELLO_LIMIT

_NO_PADDING = re.compile(rb"[^\0]")
_PING = 0x01
_ACK, _ACK_ECN = 0x02, 0x03
_CRYPTO = 0x06
_CONNECTION_CLOSE = 0x1C


class CryptoStream:
    """`data` is what has come without a gap, from the first byte on."""

    __slots__ = ("_ahead", "data")

    def __init__(self) -> None:
        self.data = bytearray()
        # What came before its turn: a heap by offset. No larger than what was fed.
        self._ahead: list[tuple[int, bytes]] = []

    def feed(self, payload: bytes) -> bool:
        """The frames of one packet; False where they are none that an Initial packet has (RFC 9000
        12.4), or lie beyond any ClientHello. What came before that counts."""
        at = 0
        try:
            while (frame := _NO_PADDING.search(payload, at)) is not None:
                kind, at = payload[frame.start()], frame.end()
                if kind == _CRYPTO:
                    offset, at = varint(payload, at)
                    length, at = varint(payload, at)
                    if at + length > len(payload) or offset + length > HELLO_LIMIT:
                        return False
                    self._add(offset, payload[at : at + length])
                    at += length
                elif kind in (_ACK, _ACK_ECN):
                    at = _after_ack(payload, at, kind)
                elif kind != _PING:
                    return kind == _CONNECTION_CLOSE
        except IndexError:
            return False
        return True

    def _add(self, offset: int, piece: bytes) -> None:
        ahead, data = self._ahead, self.data
        heappush(ahead, (offset, piece))
        while ahead and ahead[0][0] <= len(data):
            offset, piece = heappop(ahead)
            data += piece[len(data) - offset :]


def _after_ack(payload: bytes, at: int, kind: int) -> int:
    """Where the ACK frame ends whose type has been read (RFC 9000 19.3)."""
    for _ in range(2):  # the largest number, the delay
        _, at = varint(payload, at)
    ranges, at = varint(payload, at)
    for _ in range(1 + 2 * ranges + (3 if kind == _ACK_ECN else 0)):
        _, at = varint(payload, at)
    return at
