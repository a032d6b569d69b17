"""The other end of the control socket, for the command line: plain, blocking sockets."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections import deque
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from byway_core.api.rendezvous import connect, peer_uid, socket_paths
from byway_core.api.wire import (
    ControlError,
    EngineStatus,
    Hello,
    Reloaded,
    error_from_json,
    flow_from_json,
    group_from_json,
    hello_from_json,
    line,
    parse,
    reloaded_from_json,
    status_from_json,
)
from byway_core.model.errors import ProtocolError
from byway_core.model.events import EventKind, FlowEvent
from byway_core.model.flow import FlowSnapshot
from byway_core.model.group import GroupStanding
from byway_core.model.sentence import say

# An engine answers within milliseconds; one that does not in this many seconds is stopped or stuck.
PATIENCE = 5.0
# But for this: a profile of 200,000 rules takes some seconds, a helper as much, and a keyring may
# ask its user for a password, who reads first.
RELOAD_PATIENCE = 120.0
# Each member may need ten seconds, eight are tested at a time, and a group may have 256.
TEST_PATIENCE = 330.0
_READ_AT_ONCE = 65_536
# Reads before what came is handed on: an engine that tells without end must not fill our memory.
_READS_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Lost:
    """This many events were dropped because the follower was too slow."""

    count: int


class ControlClient:
    """One connection to one engine. Not for several threads.

    Its methods raise ControlError where the engine says no, TimeoutError where it does not answer,
    ConnectionError where it has ended, and ProtocolError where it is none.
    """

    def __init__(self, sock: socket.socket, *, timeout: float = PATIENCE) -> None:
        """Takes over a connected socket and reads the greeting."""
        self._sock = sock
        self._timeout = timeout
        self._input = bytearray()
        self._early: deque[dict[str, Any]] = deque()  # events that came before an answer
        self._next_id = 0
        self._ended = False
        try:
            self.hello: Hello = hello_from_json(self._message())
        except BaseException:
            sock.close()
            raise

    def fileno(self) -> int:
        """For a selector: readable when more arrives. What came together with an answer is in no
        socket any more, so look into `events` before waiting."""
        return self._sock.fileno()

    def close(self) -> None:
        self._sock.close()

    def __enter__(self) -> ControlClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def request(self, method: str, **params: Any) -> Any:
        """The result of a method with a short answer."""
        *_, result = self._answers(method, params)
        return result

    def status(self) -> EngineStatus:
        return status_from_json(self.request("status"))

    def connections(
        self, *, live: bool = True, closed: bool = True, limit: int | None = None
    ) -> Iterator[FlowSnapshot]:
        """Ended flows first, then live ones; of all these the last `limit`."""
        params: dict[str, Any] = {"live": live, "closed": closed, "limit": limit}
        for part in self._answers("connections", params):
            if isinstance(part, list):
                yield from map(flow_from_json, part)

    def reset_hits(self) -> None:
        """Let it count from zero how many flows each rule decides."""
        self.request("reset-hits")

    def close_flow(self, flow_id: str) -> bool:
        """End a live flow; False where there is none of that id."""
        return bool(self.request("close", id=flow_id).get("closed"))

    def reload(self) -> Reloaded:
        """Let it read its profile again; a profile that it does not take is an answer too."""
        patience, self._timeout = self._timeout, RELOAD_PATIENCE
        try:
            return reloaded_from_json(self.request("reload"))
        finally:
            self._timeout = patience

    def end(self, patience: float) -> None:
        """As Ctrl-C; returns when it has ended. For one that no signal reaches from here."""
        with contextlib.suppress(ConnectionError):
            self.request("signal", name="SIGINT")
            self._sock.settimeout(patience)
            while self._receive():
                self._input.clear()

    def choose(self, group: str, member: str) -> str:
        """Let a select group have that member. A sentence where that will not be so after the next
        start, else ""."""
        return str(self.request("choose", group=group, member=member).get("not_kept", ""))

    def test(self, group: str) -> GroupStanding:
        """Let all members of a group be tested, and wait for it."""
        patience, self._timeout = self._timeout, TEST_PATIENCE
        try:
            return group_from_json(self.request("test", group=group))
        except (KeyError, TypeError, ValueError) as error:
            raise ProtocolError(
                say("an answer that cannot be read: {error}", error=error)
            ) from error
        finally:
            self._timeout = patience

    def follow(self, *, live: bool = False) -> None:
        """From here on `events` tells what happens; with `live`, first what is."""
        self.request("follow", live=live)

    def events(self) -> Iterator[FlowEvent | Lost]:
        """After `follow`: what has arrived by now, without waiting. ConnectionError, after the
        last of them, once the engine has ended."""
        self._sock.setblocking(False)
        try:
            for _ in range(_READS_AT_ONCE):
                if self._ended or not self._receive():
                    break
        except BlockingIOError:
            pass
        except ConnectionError:
            self._ended = True
        finally:
            self._sock.settimeout(self._timeout)
        while (message := self._next_event()) is not None:
            event = _event(message)
            if event is not None:
                yield event
        if self._ended:
            raise ConnectionResetError(say("the engine has ended"))

    # -- lines

    def _answers(self, method: str, params: dict[str, Any]) -> Iterator[Any]:
        """The parts of an answer, then its result."""
        self._next_id += 1
        self._sock.sendall(line({"id": self._next_id, "method": method, "params": params}))
        while True:
            message = self._message()
            error = message.get("error")
            if error is not None and message.get("id") in (self._next_id, None):
                raise error_from_json(error)
            if "event" in message:
                self._early.append(message)
            if message.get("id") != self._next_id:
                continue
            if "result" in message:
                yield message["result"]
                return
            yield message.get("part")

    def _message(self) -> dict[str, Any]:
        deadline = time.monotonic() + self._timeout
        while (message := self._buffered()) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(say("the engine does not answer"))
            self._sock.settimeout(left)
            if not self._receive():
                raise ConnectionResetError(say("the engine has ended"))
        return message

    def _receive(self) -> bool:
        data = self._sock.recv(_READ_AT_ONCE)
        self._input += data
        self._ended = not data
        return bool(data)

    def _next_event(self) -> dict[str, Any] | None:
        return self._early.popleft() if self._early else self._buffered()

    def _buffered(self) -> dict[str, Any] | None:
        end = self._input.find(b"\n")
        if end < 0:
            return None
        text = bytes(self._input[:end])
        del self._input[: end + 1]
        return parse(text)


def _event(message: dict[str, Any]) -> FlowEvent | Lost | None:
    """None for what this version does not know, and for the announced end: the real one follows."""
    match message.get("event"):
        case "lost":
            return Lost(int(message.get("count", 0)))
        case ("opened" | "updated" | "closed") as kind:
            return FlowEvent(EventKind(kind), flow_from_json(message.get("flow", {})))
    return None


@dataclass(frozen=True, slots=True)
class Found:
    """The user's engines: those that answer, and of those that do not the process ids, each with
    why not."""

    engines: tuple[ControlClient, ...]
    silent: Mapping[int, str]

    def close(self) -> None:
        for engine in self.engines:
            engine.close()


def find_engines(
    folder: Path,
    *,
    timeout: float = PATIENCE,
    known: Container[str] = (),
    uid: int | None = None,
) -> Found:
    """Connect to every engine that has a socket in the folder (`paths.runtime_dir`), but for those
    whose process ids, as text, are `known`. `uid`: whose they are, for root who looks for them."""
    engines: list[ControlClient] = []
    silent: dict[int, str] = {}
    for path in socket_paths(folder):
        if path.stem in known:
            continue
        try:
            sock = connect(path, timeout)
            if sock is None:
                continue
            if peer_uid(sock) not in (os.getuid() if uid is None else uid, 0):
                sock.close()
                continue
            engines.append(ControlClient(sock, timeout=timeout))
        except ConnectionError:
            continue  # it has ended while we came
        except (OSError, ProtocolError, ControlError) as error:
            if path.stem.isdecimal():
                of_another = isinstance(error, ProtocolError)
                silent[int(path.stem)] = str(error) if of_another else say("it does not answer")
    return Found(tuple(engines), silent)
