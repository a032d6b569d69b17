"""The relay itself: the epoll, the table of descriptors, the turn."""

from __future__ import annotations

import itertools
import logging
import resource
import select
import socket
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from byway_core.model.sentence import say
from byway_core.ports import FlowSink
from byway_core.relay.connection import GAVE_UP, Connection
from byway_core.relay.deadlines import Deadlines, TimerHandle
from byway_core.relay.listener import Entrance, Listener
from byway_core.relay.pipelining import Pipelining
from byway_core.relay.pipes import PipePool
from byway_core.relay.routing import Edges, Routing
from byway_core.relay.silent import SilentDestinations
from byway_core.relay.stream import EVENTS, READ_BYTES, Pump, Side, reset_on_close

log = logging.getLogger(__name__)

# One turn's share: then the host loop's other callbacks run.
EVENTS_A_TURN = 256
# Descriptors kept back for pipes, DNS, the control socket and the interpreter itself.
RESERVED_DESCRIPTORS = 64
# After the system ran out, try again so much later even if nothing of ours has closed.
RETRY_SECONDS = 0.5
# Between looks whether programs' last bytes are passed on: a fiftieth of what starting one takes.
FINISH_SECONDS = 0.005


class Watched(Protocol):
    """What is not a connection's. An `owner`, where there is one, ends at an error of ours."""

    @property
    def fd(self) -> int: ...

    def step(self, _: Any, mask: int) -> None: ...


class Relay:
    """The data plane of one process. Everything runs on the thread of the host loop.

    `call_later(seconds, callback)` is the host loop's. `first_id` and `id_step` number the flows,
    so that several relays of one engine never give the same number.
    """

    def __init__(
        self,
        *,
        routing: Routing,
        edges: Edges,
        sink: FlowSink,
        call_later: Callable[[float, Callable[[], None]], TimerHandle],
        first_id: int = 1,
        id_step: int = 1,
    ) -> None:
        self.routing = routing
        self.edges = edges
        self.sink = sink
        self.deadlines = Deadlines(call_later)
        self.silent = SilentDestinations()
        self.pipelining = Pipelining(self)
        self.buffer = memoryview(bytearray(READ_BYTES))
        self.before_accept: Callable[[], None] | None = None
        self._call_later = call_later
        self.next_id = itertools.count(first_id, id_step).__next__
        self._epoll = select.epoll()
        self._adopted = -1
        self._pipes = PipePool()
        self.pump = Pump(self._epoll, self._pipes)
        self.streaming = self.pump.streaming
        self._table: dict[int, Side | Listener | Watched] = {}
        self._connections: dict[int, Connection] = {}
        # In a turn, closed at its end: a descriptor number must not come back while events of its
        # former owner may still be waiting in this turn's list.
        self._turning = False
        self._leaving: list[socket.SocketType] = []
        self._listeners: list[Listener] = []
        self._resting = False
        self._told = False
        self._retry: TimerHandle | None = None
        self._finishing: TimerHandle | None = None
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._most_connections = max(1, (limit - RESERVED_DESCRIPTORS) // 2)

    # -- for the host -------------------------------------------------------------------------

    def fileno(self) -> int:
        """Readable whenever a turn has work."""
        return self._epoll.fileno()

    def turn(self, patience: float = 0) -> bool:
        """Do a bounded amount of the work that is there. Waits up to `patience` seconds (-1: for
        ever) while there is none; by default it never blocks. Whether the adopted descriptor is
        readable."""
        table, adopted = self._table, False
        events = self._epoll.poll(patience, EVENTS_A_TURN)
        self._turning = True
        if events:
            self.pump.share_out(len(events))
        for fd, mask in events:
            entry = table.get(fd)
            if entry is not None:
                try:
                    entry.step(entry, mask)  # type: ignore[arg-type] # each takes its own kind
                except Exception:
                    self._stumbled(entry)
            elif fd == self._adopted:
                adopted = True
        self._turning = False
        for sock in self._leaving:
            sock.close()
        self._leaving.clear()
        return adopted

    def adopt(self, descriptor: int) -> None:
        """Watch a descriptor of the host's beside the own ones; `turn` tells (RelaySelector)."""
        self._adopted = descriptor
        self._epoll.register(descriptor, select.EPOLLIN)

    def listen(self, sock: socket.socket, entrance: Entrance, program: str = "") -> None:
        """Accept connections from a listening socket, which the relay owns from now on."""
        listener = Listener(self, sock, entrance, program)
        self._listeners.append(listener)
        self._table[listener.fd] = listener
        self._epoll.register(listener.fd, 0 if self._resting else select.EPOLLIN)

    def stop_listening(self) -> None:
        """Close all listeners; live connections go on."""
        for listener in self._listeners:
            del self._table[listener.fd]
            self._epoll.unregister(listener.fd)
            listener.sock.close()
        self._listeners.clear()

    def finish(self, done: Callable[[], None]) -> None:
        """All programs have ended, and nobody reads answers any more: end each connection, in
        order, as soon as all that its program sent is passed on. `done` is called when none is
        left, which may be never; `close` ends the rest."""
        for connection in list(self._connections.values()):
            if connection.server is not None and connection.server.shut:
                connection.end(reset=False)
            elif connection.said_nothing():
                connection.flow.reason = GAVE_UP
                connection.end(reset=True)
        if self._connections or self._someone_knocks():
            self._finishing = self._call_later(FINISH_SECONDS, partial(self.finish, done))
        else:
            self._finishing = None
            done()

    def close(self) -> None:
        """End everything: live connections are reset, so that no program hangs."""
        self.stop_listening()
        self.pipelining.close()
        for connection in list(self._connections.values()):
            connection.flow.reason = say("Byway was stopped")
            connection.end(reset=True)
        self.deadlines.close()
        for timer in (self._retry, self._finishing):
            if timer is not None:
                timer.cancel()
        self._retry = self._finishing = None
        self._pipes.close()
        self._epoll.close()

    def close_flow(self, flow_id: int) -> bool:
        """End a live flow on the user's wish; False where there is none of that number."""
        connection = self._connections.get(flow_id)
        if connection is None:
            return False
        connection.flow.reason = say("closed by the user")
        connection.end(reset=True)
        return True

    @property
    def live(self) -> int:
        """How many connections there are, learning ones included."""
        return len(self._connections)

    # -- for listeners and connections --------------------------------------------------------

    def admit(self, connection: Connection) -> None:
        """A new connection: it begins, and from now on its client's events reach it."""
        client = connection.client
        self._connections[connection.flow.id] = connection
        self._table[client.fd] = client
        try:
            connection.begin()
        except Exception:  # as in a turn; and without this nobody would ever end the connection
            self._stumbled(client)
        if not connection.ended:
            self._epoll.register(client.fd, client.events)

    def watch(self, entry: Watched) -> None:
        """Step `entry` whenever its descriptor is readable (level-triggered)."""
        self._table[entry.fd] = entry
        self._epoll.register(entry.fd, select.EPOLLIN)

    def unwatch(self, entry: Watched, sock: socket.SocketType | None = None) -> None:
        """No more; `sock` is closed, at the end of the turn."""
        del self._table[entry.fd]
        self._epoll.unregister(entry.fd)
        if sock is not None:
            self._close(sock)

    def register(self, side: Side) -> None:
        self._table[side.fd] = side
        self._epoll.register(side.fd, side.events)

    def announce_again(self, side: Side) -> None:
        """Make the kernel report, in the next turn, what is still unread of a side."""
        self._epoll.modify(side.fd, EVENTS)

    def discard(self, side: Side, reset: bool) -> None:
        """Close a side's socket (at the end of the turn), with RST if so wished."""
        if self._table.pop(side.fd, None) is None:
            return
        if side.pipe is not None:
            self._pipes.give_back(side.pipe)
            side.pipe = None
        if reset:
            reset_on_close(side.sock)
        self._close(side.sock)

    def forget(self, connection: Connection) -> None:
        """A connection has ended."""
        del self._connections[connection.flow.id]
        self.sink.closed(connection.flow)
        if self._resting:
            self._wake_listeners()

    def crowded(self) -> bool:
        """Whether another connection's two sockets could still be had; if not, accepting rests
        until one ends. The backlog keeps the newcomers meanwhile."""
        if len(self._connections) < self._most_connections:
            return False
        self._rest("the limit of open files (ulimit -n) is reached")
        return True

    def out_of_descriptors(self, error: OSError) -> None:
        """accept() itself found none."""
        self._rest(str(error))
        if self._retry is None:
            self._retry = self._call_later(RETRY_SECONDS, self._try_again)

    # -- own ----------------------------------------------------------------------------------

    def _close(self, sock: socket.SocketType) -> None:
        if self._turning:
            self._leaving.append(sock)
        else:
            sock.close()

    def _stumbled(self, entry: Side | Listener | Watched) -> None:
        """An error of ours costs the connection that it befell, and no other: the rest of the
        turn's events would never be announced again."""
        log.exception("An error in Byway itself has ended a connection")
        owner = getattr(entry, "owner", None)  # a listener has none, nor has what has ended
        if owner is not None:
            owner.failed()

    def _someone_knocks(self) -> bool:
        """Whether a program's connection waits to be accepted."""
        poller = select.poll()
        for listener in self._listeners:
            poller.register(listener.fd, select.POLLIN)
        return bool(poller.poll(0))

    def _rest(self, why: str) -> None:
        if not self._told:
            log.warning(
                "%d connections are open and no more can be: %s. New ones wait until one ends.",
                len(self._connections),
                why,
            )
            self._told = True
        self._resting = True
        for listener in self._listeners:
            self._epoll.modify(listener.fd, 0)

    def _wake_listeners(self) -> None:
        self._resting = False
        if len(self._connections) < self._most_connections // 2:
            self._told = False  # a new shortage is worth a new line
        for listener in self._listeners:
            self._epoll.modify(listener.fd, select.EPOLLIN)

    def _try_again(self) -> None:
        self._retry = None
        if self._resting:
            self._wake_listeners()
