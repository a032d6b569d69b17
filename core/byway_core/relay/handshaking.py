"""The upstream's handshake on a connection's server side, from the first message to `done`."""

from __future__ import annotations

import errno
import select
import socket
from typing import TYPE_CHECKING

from byway_core.model.errors import ProtocolError, Refusal, RefusedError
from byway_core.model.sentence import say
from byway_core.protocols.handshake import ClientHandshake
from byway_core.protocols.proxy_request import Failure
from byway_core.relay.pipelining import Ahead
from byway_core.relay.reasons import why
from byway_core.relay.stream import EVENTS, Side
from byway_core.upstreams.gateway import Gateway
from byway_core.upstreams.standing import Doubt

if TYPE_CHECKING:
    from byway_core.relay.connection import Connection


def opening(connection: Connection, gateway: Gateway) -> bytes:
    """The first words to an upstream, as many as its server may hear at once; none to a service.
    RefusedError where it cannot be asked for the destination."""
    query = connection.query
    assert query is not None  # noqa: S101 - set by decide
    ahead = connection.relay.pipelining.known(gateway)
    handshake = gateway.handshake(query, pipelined=ahead >= Ahead.REQUEST)
    if handshake is None:
        return b""
    connection.handshake = handshake
    connection.ahead = ahead
    if ahead is Ahead.DATA and connection.early:
        return handshake.start() + connection.early
    return handshake.start()


def begin(connection: Connection, server: Side, sent: int) -> None:
    """The connection stands, and took so much of the opening already: say the rest. What the
    server answers is `answered`'s."""
    server.step = answered
    server.pending = connection.opening[sent:]
    connection.opening = b""
    if connection.ahead is Ahead.DATA:
        connection.flow.up += len(connection.early)
        connection.early = b""
    if not sent:
        _send(connection, server, b"")


def _acknowledge_at_once(server: Side) -> None:
    """As at the start of every connection (tcp(7)), which `Dial` has put off: who
    answers in two pieces may hold the second until the first is acknowledged (Nagle)."""
    server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def answered(side: Side, mask: int) -> None:
    """The upstream answers (or takes more of a message that did not fit)."""
    connection: Connection = side.owner
    side.arrived(mask)
    if mask & select.EPOLLOUT and side.pending:
        _send(connection, side, b"")
    while side.readable and not connection.ended and connection.server is side:
        if not _read_handshake(connection, side):
            return


def _read_handshake(connection: Connection, side: Side) -> bool:
    """Read once; False when the handshake is over."""
    handshake = connection.handshake
    if handshake is None:
        return False
    buffer = connection.relay.buffer
    try:
        count = side.read(buffer)
        if count < 0:
            return False
        answer = handshake.feed(buffer[:count].tobytes()) if count else b""
        if count == 0:
            handshake.feed_eof()  # raises
    except RefusedError as error:
        _refused(connection, error, heard=count > 0)
        return False
    except ProtocolError as error:
        connection.handshake_failed(str(error))
        return False
    except OSError as error:
        _refused(connection, _cut_short(handshake, error.errno or 0))
        return False
    return _go_on(connection, side, handshake, answer)


def _go_on(connection: Connection, side: Side, handshake: ClientHandshake, answer: bytes) -> bool:
    """After an answer of the server's; False when the handshake is over."""
    if answer:
        _send(connection, side, answer)
        if connection.server is not side:
            return False  # it took no more
    elif not (handshake.done and side.eof):
        _acknowledge_at_once(side)
    if handshake.done:
        connection.stream(handshake.leftover)
        return False
    return True


def _send(connection: Connection, server: Side, data: bytes) -> None:
    """Send a message; what does not fit now goes with the next EPOLLOUT."""
    data = bytes(server.pending) + data
    try:
        sent = server.sock.send(data)
    except BlockingIOError:
        sent = 0
    except OSError as error:
        connection.handshake_failed(why(say("the server"), error.errno or 0))
        return
    server.pending = data[sent:]
    if server.pending and server.events != EVENTS:
        connection.relay.pump.tell_when_writable(server)


def _refused(connection: Connection, error: RefusedError, *, heard: bool = False) -> None:
    if heard and error.kind is not Refusal.AUTHENTICATION:
        connection.ahead = Ahead.NOTHING  # the request was taken: that it was early did no harm
    unreachable = error.kind is Refusal.UNREACHABLE
    connection.handshake_failed(
        str(error),
        Failure.UNREACHABLE if unreachable else Failure.UPSTREAM,
        _DOUBTS.get(error.kind),
    )


# What a refusal says of the upstream, as far as it says anything (`Refusal`).
_DOUBTS = {Refusal.AUTHENTICATION: Doubt.DEAD, Refusal.FAILED: Doubt.UNSURE}


def _cut_short(handshake: ClientHandshake, error: int) -> RefusedError:
    """What a connection that failed has told until then. A server that resets after its refusal
    may lose the end of that: what was beyond its congestion window."""
    if error == errno.ECONNRESET:
        try:
            handshake.feed_eof(reset=True)
        except RefusedError as refused:
            return refused
    return RefusedError(why(say("the server"), error))
