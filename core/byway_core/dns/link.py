"""A connection to one DNS server for many questions: over TCP, TLS or HTTPS, directly or by an
upstream.

    idle ─ question ─► looking up ─► connecting ─► standing (see `stack`)
      ▲                                                │
      └── nothing to do for a while, or an end of the other side

What fails on the way fails for all questions that wait. A connection that has served before and
then ends is made anew once, with its questions (RFC 7766 6.2.4): servers close what is idle.
It must not know what the questions are, nor what lies on the connection.
"""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Protocol

from byway_core.dns.asking import Asker, MakeSocket
from byway_core.dns.poller import READ, WRITE, Poller
from byway_core.dns.servers import AnyServer, StreamServer
from byway_core.dns.stack import Stack, Tunnel
from byway_core.model.errors import ProtocolError, RefusedError
from byway_core.model.sentence import say
from byway_core.ports import Resolved

# Seconds for everything up to the first question, by the last address; `exchange` turns to another
# server soon after. With more addresses each of the others has less: one family may be dead.
_SET_UP = 5.0
_SET_UP_EACH = 1.5
# Seconds without a question. RFC 7858 3.4 leaves it to both sides; public servers close after 10
# to 30 s, and to be the first spares a question that finds a closed connection.
_IDLE = 20.0
_READ_AT_ONCE = 65_536
# Reads of one connection before others have their turn.
_TURN = 16


class TimerHandle(Protocol):
    def cancel(self) -> None: ...


@dataclass(slots=True)
class Surroundings:
    """What connections are made with. `lookup` finds the addresses of servers and upstreams, as
    `ports.Resolver.lookup` does, and must not need these connections for it. `tunnels` may raise
    RefusedError for a name that leads nowhere at present; `lost` is told which one could not be
    connected to, and why: that name may lead to another one by then."""

    poller: Poller
    call_later: Callable[[float, Callable[[], None]], TimerHandle]
    make_socket: MakeSocket
    lookup: Callable[[str, Resolved], None]
    tunnels: Mapping[str, Tunnel]
    lost: Callable[[Tunnel, str], None] = lambda tunnel, why: None


class _State(Enum):
    IDLE = auto()
    LOOKING_UP = auto()
    CONNECTING = auto()
    STANDING = auto()


_NOT_THERE = (_State.LOOKING_UP, _State.CONNECTING)


class LinkAsk:
    """One question. Implements `asking.Ask`."""

    def __init__(self, link: Link, asker: Asker, server: AnyServer, number: int) -> None:
        self.server = server
        self.id = number
        self.asker = asker
        self.query = b""
        self.sent_after = -1
        self._link = link

    def send(self, query: bytes) -> None:
        """Failures are told later."""
        if self.query:
            self._link.repeat(self)
        else:
            self.query = query
            self._link.take(self)

    def close(self) -> None:
        self._link.drop(self)


class Link:
    def __init__(self, around: Surroundings, server: StreamServer) -> None:
        self._around = around
        self._server = server
        self._nameserver = server.nameserver
        self._tunnel: Tunnel | None = None
        self._asks: dict[int, LinkAsk] = {}
        self._number = int.from_bytes(os.urandom(2))
        self._retired = False
        self._timer: TimerHandle | None = None
        self._dials = 0
        self._answers = 0
        self._addresses: deque[tuple[socket.AddressFamily, str]] = deque()
        self._sock: socket.socket | None = None
        self._state = _State.IDLE
        self._stack: Stack | None = None
        self._unsent = bytearray()
        self._has_answered = False

    # -- questions

    def ask(self, asker: Asker) -> LinkAsk:
        """A question that is still to be sent."""
        # Always another number: that of a question that was given up may still be answered.
        self._number = (self._number + 1) & 0xFFFF
        while self._number in self._asks:
            self._number = (self._number + 1) & 0xFFFF
        ask = LinkAsk(self, asker, self._server, self._number)
        self._asks[ask.id] = ask
        return ask

    def take(self, ask: LinkAsk) -> None:
        """Send it as soon as that can be."""
        if self._is_open():
            self._lift()
            if fault := self._fault_of(partial(self._put, ask)):
                self._expect(0, partial(self._broken, fault))
        elif self._state is _State.IDLE:
            self._dial_soon()

    def repeat(self, ask: LinkAsk) -> None:
        """It has waited for long. Where nothing at all has come since, the connection may be dead
        (another network, a machine that slept): make it anew."""
        if self._is_open() and self._answers == ask.sent_after:
            self._hang_up()
            self._dial_soon()

    def drop(self, ask: LinkAsk) -> None:
        if self._asks.pop(ask.id, None) is None:
            return
        if self._stack is not None:
            self._stack.forget(ask.id)
        if not self._asks and self._is_open():
            if self._retired:
                self._hang_up()
            else:
                self._expect(_IDLE, self._hang_up)

    def retire(self) -> None:
        """No more questions come: end with the last one."""
        self._retired = True
        if not self._asks:
            self._hang_up()

    def close(self) -> None:
        """End now; nobody is told."""
        self._asks.clear()
        self._hang_up()

    def _is_open(self) -> bool:
        return self._stack is not None and self._stack.is_open

    # -- the way there

    def _dial_soon(self) -> None:
        self._state = _State.LOOKING_UP
        self._expect(0, self._dial)

    def _dial(self) -> None:
        if not self._asks:
            self._hang_up()
            return
        nameserver = self._nameserver
        try:
            # Each time anew: a group may have another one by now.
            self._tunnel = self._around.tunnels.get(nameserver.via)
        except RefusedError as error:
            self._fail(str(error))
            return
        if self._tunnel is not None:
            host, self._port = self._tunnel.server
        else:
            host = nameserver.host if nameserver.address is None else str(nameserver.address)
            self._port = nameserver.port
        self._dials += 1
        self._expect(
            _SET_UP, partial(self._fail, say("not reached within {n} s", n=f"{_SET_UP:g}"))
        )
        self._around.lookup(host, partial(self._found, self._dials))

    def _found(
        self, dial: int, found: Sequence[tuple[socket.AddressFamily, str]], error: str
    ) -> None:
        if dial != self._dials or self._state is not _State.LOOKING_UP:
            return  # it was given up
        if not found:
            self._fail(error)
            return
        self._addresses = deque(found)
        self._connect("")

    def _connect(self, error: str) -> None:
        """To the next address; `error` is of the last one."""
        self._shut()
        while self._addresses:
            family, address = self._addresses.popleft()
            try:
                self._sock = self._around.make_socket(family)
                with suppress(BlockingIOError):
                    self._sock.connect((address, self._port))
            except OSError as refused:
                error = _words(refused)
                self._shut()
                continue
            self._state = _State.CONNECTING
            self._around.poller.watch(self._sock.fileno(), WRITE, self._ready)
            if self._addresses:
                self._expect(_SET_UP_EACH, partial(self._connect, say("no answer")))
            else:
                self._expect(
                    _SET_UP, partial(self._fail, say("not reached within {n} s", n=f"{_SET_UP:g}"))
                )
            return
        self._fail(error)

    def _connected(self) -> None:
        self._expect(
            _SET_UP, partial(self._fail, say("no conversation within {n} s", n=f"{_SET_UP:g}"))
        )
        self._state = _State.STANDING
        self._stack = Stack(self._nameserver, self._tunnel)
        self._say(self._stack.start())
        self._put_all()

    def _put_all(self) -> None:
        """If it is open now, what has waited for that."""
        if self._is_open():
            self._lift()
            for ask in list(self._asks.values()):
                self._put(ask)

    # -- bytes

    def _put(self, ask: LinkAsk) -> None:
        if self._stack is not None and ask.query:
            ask.sent_after = self._answers
            self._say(self._stack.ask(ask.id, ask.query))

    def _say(self, data: bytes) -> None:
        self._unsent += data
        self._flush()

    def _flush(self) -> None:
        if self._sock is None:
            return
        if self._unsent:
            with suppress(BlockingIOError):
                del self._unsent[: self._sock.send(self._unsent)]
        self._around.poller.change(self._sock.fileno(), READ | (WRITE if self._unsent else 0))

    def _ready(self) -> None:
        if self._state is _State.CONNECTING:
            assert self._sock is not None  # noqa: S101 - it is what is ready
            number = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number:
                self._connect(os.strerror(number))
                return
        step = self._connected if self._state is _State.CONNECTING else self._serve
        if fault := self._fault_of(step):
            self._broken(fault)

    @staticmethod
    def _fault_of(step: Callable[[], None]) -> str:
        """What went wrong, for which the connection must end; "" for nothing."""
        try:
            step()
        except (ProtocolError, RefusedError) as error:
            return str(error)
        except OSError as error:
            return _words(error)
        return ""

    def _serve(self) -> None:
        self._flush()
        for _ in range(_TURN):
            if self._sock is None:
                return
            try:
                data = self._sock.recv(_READ_AT_ONCE)
            except BlockingIOError:
                return
            stack = self._stack
            assert stack is not None  # noqa: S101 - there since it stands
            if not data:
                stack.feed_eof()
            was_open = stack.is_open
            replies, out = stack.feed(data)
            self._say(out)
            if not was_open:
                self._put_all()
            for number, message, fault in replies:
                self._answer(number, message, fault)
            if stack.has_ended and stack is self._stack:
                stack.feed_eof()

    def _answer(self, number: int, message: bytes, fault: str) -> None:
        self._answers += 1
        self._has_answered = True
        ask = self._asks.get(number)
        if ask is None:
            return  # it was given up
        if fault:
            ask.asker.failed(ask, OSError(fault))
        else:
            ask.asker.came(ask, message)

    # -- the end

    def _broken(self, words: str) -> None:
        if self._has_answered or not self._asks:
            self._hang_up()
            if self._asks:
                self._dial_soon()
        else:
            self._fail(words)

    def _fail(self, words: str) -> None:
        if self._tunnel is not None and self._state in _NOT_THERE and self._goes_otherwise(words):
            self._hang_up()
            self._dial_soon()
            return
        if self._tunnel is not None:
            words = say("{who}: {what}", who=self._tunnel.described, what=words)
        waiting = list(self._asks.values())
        self._hang_up()
        for ask in waiting:
            if ask.id in self._asks:  # else: closed with another one
                ask.asker.failed(ask, OSError(words))

    def _goes_otherwise(self, words: str) -> bool:
        """Whether there is another tunnel, now that this one is known to be lost."""
        tunnels, lost = self._around.tunnels, self._tunnel
        assert lost is not None  # noqa: S101 - see `_fail`
        self._around.lost(lost, words)
        with suppress(RefusedError):
            return tunnels.get(self._nameserver.via) is not lost
        return False

    def _hang_up(self) -> None:
        self._lift()
        self._shut()
        self._addresses.clear()
        self._state = _State.IDLE
        self._has_answered = False

    def _shut(self) -> None:
        if self._sock is not None:
            self._around.poller.forget(self._sock.fileno())
            self._sock.close()
            self._sock = self._stack = None
            self._unsent.clear()

    def _expect(self, seconds: float, then: Callable[[], None]) -> None:
        self._lift()
        self._timer = self._around.call_later(seconds, then)

    def _lift(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _words(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)
