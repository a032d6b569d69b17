"""One client of the control socket: its requests in, answers and events out.

Never blocks and never does much at once: answers are made line by line, as fast as the client
reads, and a follower that is too slow is told how much it has missed. It must not know how clients
get here.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from byway_core.api.door import EnginePort
from byway_core.api.wire import (
    LONGEST_REQUEST,
    ControlError,
    ErrorCode,
    Request,
    RequestId,
    error_to_json,
    flow_to_json,
    line,
    parse_request,
    status_to_json,
)
from byway_core.model.errors import BywayError, ProtocolError
from byway_core.model.events import EventKind
from byway_core.model.flow import FlowSnapshot
from byway_core.model.sentence import say

# A method that the host adds: parameters in, a JSON value out, or a future of one; BywayError
# becomes an error.
Method = Callable[[Mapping[str, Any]], Any]

# Requests of one client that are not answered yet; more are left in the kernel's buffer.
_PENDING = 16
# Bytes made ahead of what the client has read.
_AHEAD = 64 * 1024
# Lines made before the loop has its turn again: half a millisecond.
_LINES_AT_ONCE = 32
# Flows in one line of an answer.
_FLOWS_A_LINE = 16
# Events that wait for a follower: at most about 3 MB of flows that would be forgotten otherwise,
# and at a thousand connections a second two seconds of a stalled terminal.
EVENTS = 4096


class Conversation:
    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        engine: EnginePort,
        methods: Mapping[str, Method],
        ended: Callable[[Conversation], None],
    ) -> None:
        """Takes over `sock`, which must not block; `ended` is called when it is closed."""
        self._loop = loop
        self._sock = sock
        self._fd = sock.fileno()
        self._engine = engine
        self._extra = methods
        self._ended = ended
        self._input = bytearray()
        self._output = bytearray()
        self._answers: deque[Iterator[bytes]] = deque()
        self._awaited: asyncio.Future[Any] | None = None  # what the first answer waits for
        self._events: deque[tuple[EventKind, Callable[[], FlowSnapshot]] | int] = deque()
        self._missed = 0
        self._leave: Callable[[], None] | None = None
        self._reading = False
        self._writing = False
        self._heard_all = False
        self._is_ending = False
        self._watch_input(True)

    def say(self, message: Mapping[str, Any], *, last: bool = False) -> None:
        """Put a line of our own after what is already on its way; `last`: then hang up."""
        self._answers.append(iter((line(message),)))
        if last:
            self._heard_all = True
        self._pump()

    def farewell(self) -> None:
        """The engine ends: no more is taken from the client, and it is hung up as soon as it has
        been given what waits for it. That is `say_on`'s, when the client has read."""
        if self._leave is not None:
            self._leave()
            self._leave = None
            self._answers.append(self._waiting_events())
            self._answers.append(iter((line({"event": "end"}),)))
        self._heard_all = True
        self._is_ending = True
        self._input.clear()
        self._awaited = None
        self.say_on()

    def say_on(self) -> bool:
        """Give the client what it takes without waiting; False once it is hung up."""
        while self._fd >= 0:
            self._pump()
            if self._output:
                return self._fd >= 0
        return False

    def fileno(self) -> int:
        """-1 once it is hung up."""
        return self._fd

    def close(self) -> None:
        if self._fd < 0:
            return
        if self._leave is not None:
            self._leave()
            self._leave = None
        self._watch_input(False)
        self._watch_output(False)
        self._fd = -1
        self._awaited = None
        self._sock.close()
        self._ended(self)

    # -- in

    def _readable(self) -> None:
        try:
            data = self._sock.recv(LONGEST_REQUEST)
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        if not data:
            self._heard_all = True
        self._input += data
        self._take_requests()
        self._pump()

    def _take_requests(self) -> None:
        while len(self._answers) < _PENDING:
            end = self._input.find(b"\n")
            if end < 0:
                break
            text = bytes(self._input[:end])
            del self._input[: end + 1]
            if not text.strip():
                continue
            try:
                self._answers.append(self._answer(parse_request(text)))
            except ProtocolError as error:
                self._reject(str(error))
                return
        if len(self._input) >= LONGEST_REQUEST and b"\n" not in self._input:
            self._reject(
                say(
                    "a request is longer than {n} bytes",
                    n=LONGEST_REQUEST,
                )
            )

    def _reject(self, why: str) -> None:
        """No client of ours: an error, and no more."""
        self._input.clear()
        self._heard_all = True
        self._answers.append(iter((_error(None, ErrorCode.BAD_REQUEST, why),)))

    # -- answers, line by line

    def _answer(self, request: Request) -> Iterator[bytes]:
        """Runs when it is its turn: the answers keep the order of the requests."""
        try:
            yield from self._dispatch(request)
        except ControlError as error:
            yield line({"id": request.id, "error": error_to_json(error.code, str(error))})
        except BywayError as error:
            yield _error(request.id, ErrorCode.FAILED, str(error))

    def _dispatch(self, request: Request) -> Iterator[bytes]:
        id_, method, params = request
        match method:
            case "status":
                yield _result(id_, status_to_json(self._engine.status()))
            case "connections":
                yield from self._connections(id_, params)
            case "rules":
                rules = (
                    {"index": index, "rule": text, "hits": hits}
                    for index, text, hits in self._engine.rules()
                )
                yield from _parts(id_, rules)
            case "reset-hits":
                self._engine.reset_hits()
                yield _result(id_, {})
            case "follow":
                yield from self._follow(id_, params)
            case "close":
                closed = self._engine.close_flow(_text(params, "id"))
                yield _result(id_, {"closed": closed})
            case _ if method in self._extra:
                answer = self._extra[method](params)
                if isinstance(answer, asyncio.Future):
                    yield from self._until(answer)
                    answer = answer.result()
                yield _result(id_, answer)
            case _:
                raise ControlError(
                    ErrorCode.UNKNOWN_METHOD.value,
                    say("there is no method {method}", method=repr(method)),
                )

    def _until(self, future: asyncio.Future[Any]) -> Iterator[bytes]:
        """Nothing, and no other answer, until it is done. Events go on meanwhile."""
        if self._is_ending:  # nobody would wait for it
            future.cancel()
        else:
            self._awaited = future
            future.add_done_callback(self._arrived)
            yield b""
        if not future.done() or future.cancelled():
            raise ControlError(ErrorCode.FAILED.value, say("the engine ends"))

    def _arrived(self, future: asyncio.Future[Any]) -> None:
        if self._awaited is future:
            self._awaited = None
            self._pump()
        elif not future.cancelled():
            future.exception()  # nobody waits any more

    def _connections(self, id_: RequestId, params: Mapping[str, Any]) -> Iterator[bytes]:
        flows = self._engine.snapshots(
            live=_flag(params, "live"), closed=_flag(params, "closed"), limit=_limit(params)
        )
        yield from _parts(id_, map(flow_to_json, flows))

    def _follow(self, id_: RequestId, params: Mapping[str, Any]) -> Iterator[bytes]:
        """With `live`, flows that live already come first, as if they had just opened: no gap and
        no doubles between what is and what happens."""
        live = _flag(params, "live", default=False)
        already = self._engine.snapshots(live=live, closed=False)
        if self._leave is None:
            self._leave = self._engine.subscribe(self._happened)
        yield _result(id_, {})
        for flow in already:
            yield _event(EventKind.OPENED, flow)

    # -- events

    def _happened(self, kind: EventKind, render: Callable[[], FlowSnapshot]) -> None:
        """On the way of a connection: no more than an append."""
        if len(self._events) >= EVENTS:
            self._missed += 1
            return
        if self._missed:
            self._events.append(self._missed)
            self._missed = 0
        self._events.append((kind, render))
        if not self._writing:
            self._watch_output(True)

    def _waiting_events(self) -> Iterator[bytes]:
        while self._events or self._missed:
            if not self._events:
                event: tuple[EventKind, Callable[[], FlowSnapshot]] | int = self._missed
                self._missed = 0
            else:
                event = self._events.popleft()
            if isinstance(event, int):
                yield line({"event": "lost", "count": event})
            else:
                yield _event(event[0], event[1]())

    # -- out

    def _pump(self) -> None:
        """Make some lines and send what goes; come back for more when the client has read."""
        if self._fd < 0:
            return
        lines = islice(self._lines(), _LINES_AT_ONCE)
        while len(self._output) < _AHEAD and (text := next(lines, None)):
            self._output += text
        if not self._send():
            self.close()
            return
        self._take_requests()
        if self._heard_all and not (self._output or self._answers):
            self.close()
            return
        self._watch_input(not self._heard_all and len(self._answers) < _PENDING)
        answers = self._answers and self._awaited is None
        self._watch_output(bool(self._output or answers or self._events or self._missed))

    def _send(self) -> bool:
        """False where the client is gone."""
        if not self._output:
            return True
        try:
            sent = self._sock.send(self._output)
        except BlockingIOError:
            return True
        except OSError:
            return False
        del self._output[:sent]
        return True

    def _lines(self) -> Iterator[bytes]:
        """Answers first, in their order; events while there is nothing to answer."""
        while self._answers and self._awaited is None:
            text = next(self._answers[0], None)
            if text is None:
                self._answers.popleft()
            elif text:
                yield text
        yield from self._waiting_events()

    def _watch_input(self, on: bool) -> None:
        if on and not self._reading:
            self._loop.add_reader(self._fd, self._readable)
        elif self._reading and not on:
            self._loop.remove_reader(self._fd)
        self._reading = on

    def _watch_output(self, on: bool) -> None:
        if on and not self._writing:
            self._loop.add_writer(self._fd, self._pump)
        elif self._writing and not on:
            self._loop.remove_writer(self._fd)
        self._writing = on


def _result(id_: RequestId, result: Any) -> bytes:
    return line({"id": id_, "result": result})


def _error(id_: RequestId | None, code: ErrorCode, message: str) -> bytes:
    return line({"id": id_, "error": error_to_json(code.value, message)})


def _event(kind: EventKind, flow: FlowSnapshot) -> bytes:
    return line({"event": kind.value, "flow": flow_to_json(flow)})


def _parts(id_: RequestId, values: Iterable[Any]) -> Iterator[bytes]:
    """An answer of any length in lines of bounded length; how many values there were at its end."""
    values, count = iter(values), 0
    while part := list(islice(values, _FLOWS_A_LINE)):
        count += len(part)
        yield line({"id": id_, "part": part})
    yield _result(id_, {"count": count})


def _bad(name: str, expected: str) -> ControlError:
    return ControlError(
        ErrorCode.BAD_PARAMS.value, say('"{name}" must be {expected}', name=name, expected=expected)
    )


def _flag(params: Mapping[str, Any], name: str, *, default: bool = True) -> bool:
    value = params.get(name, default)
    if not isinstance(value, bool):
        raise _bad(name, say("true or false"))
    return value


def _limit(params: Mapping[str, Any]) -> int | None:
    value = params.get("limit")
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _bad("limit", say("a number from 0"))
    return value


def _text(params: Mapping[str, Any], name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str):
        raise _bad(name, say("a text"))
    return value
