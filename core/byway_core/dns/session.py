"""One intercepted TCP connection to port 53: length-framed questions, answered as they are ready.

It must not know where answers come from. Order is free (RFC 7766 7): clients match by id.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable

from byway_core.dns.poller import READ, WRITE, Poller
from byway_core.model.errors import ProtocolError
from byway_core.protocols.dns_message import Deframer, framed

Reply = Callable[[bytes], None]

# Seconds without a byte either way and with no question under way. RFC 7766 6.2.3 wants "a few
# seconds"; a client that writes its question in two packets over a bad link needs some of them.
IDLE = 10.0
# Questions of one connection asked at the same time; the rest wait in the kernel's buffer.
_PIPELINED = 32
# Unsent answers, in bytes, from which on no more questions are read: one answer of the longest.
_UNSENT = 65_536
_READ_AT_ONCE = 16_384


class TcpSession:
    def __init__(
        self,
        poller: Poller,
        sock: socket.socket,
        answer: Callable[[bytes, Reply], None],
        ended: Callable[[TcpSession], None],
        now: float,
    ) -> None:
        """Takes over `sock`, which must not block. `answer` calls back exactly once for each
        question, with b"" for one that it drops; `ended` when the socket is closed."""
        self._poller = poller
        self._sock = sock
        self._fd = sock.fileno()
        self._answer = answer
        self._ended = ended
        self._deframer = Deframer()
        self._questions: deque[bytes] = deque()
        self._asking = 0
        self._unsent = bytearray()
        self._heard_all = False
        self._going_on = False
        self._watching = READ
        self._moved = now
        self._clock = now
        poller.watch(self._fd, READ, self._ready)

    def look(self, now: float) -> None:
        """See to what time brings; to be called every so often."""
        self._clock = now
        if not self._asking and now - self._moved >= IDLE:
            self.close()

    def close(self) -> None:
        if self._fd >= 0:
            self._poller.forget(self._fd)
            self._fd = -1
            self._sock.close()
            self._ended(self)

    def _ready(self) -> None:
        if not self._watching:  # epoll tells of errors and hang-ups unasked: it is all over
            self.close()
            return
        try:
            if self._unsent:
                self._flush()
            if self._watching & READ:
                self._read()
        except (OSError, ProtocolError):
            self.close()
            return
        self._go_on()

    def _read(self) -> None:
        try:
            data = self._sock.recv(_READ_AT_ONCE)
        except BlockingIOError:
            return
        self._moved = self._clock
        if data:
            self._questions.extend(self._deframer.feed(data))
        else:
            self._heard_all = True  # a half-close: it still wants what it asked for

    def _reply(self, message: bytes) -> None:
        self._asking -= 1
        if self._fd < 0:
            return
        if message:
            self._unsent += framed(message)
        if not self._going_on:  # else: answered at once, and the loop below sees to it
            self._go_on()

    def _go_on(self) -> None:
        self._going_on = True
        while self._questions and self._asking < _PIPELINED and len(self._unsent) < _UNSENT:
            self._asking += 1
            self._answer(self._questions.popleft(), self._reply)
        self._going_on = False
        try:
            self._flush()
        except OSError:
            self.close()
            return
        if self._heard_all and not (self._questions or self._asking or self._unsent):
            self.close()
            return
        self._watch()

    def _flush(self) -> None:
        if not self._unsent:
            return
        try:
            sent = self._sock.send(self._unsent)
        except BlockingIOError:
            return
        self._moved = self._clock
        del self._unsent[:sent]

    def _watch(self) -> None:
        wanted = WRITE if self._unsent else 0
        if not (self._heard_all or self._questions or len(self._unsent) >= _UNSENT):
            wanted |= READ
        if wanted != self._watching:
            self._watching = wanted
            self._poller.change(self._fd, wanted)
