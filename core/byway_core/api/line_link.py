"""A connection to an engine's control socket on a front end's own event loop: lines in, lines out.

It never waits: an engine that says nothing, because its terminal has suspended it, costs nothing,
and is heard when it goes on.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from byway_core.api.rendezvous import connect, peer_uid
from byway_core.api.wire import hello_from_json, line, parse
from byway_core.model.errors import ProtocolError
from byway_core.model.sentence import say

_log = logging.getLogger(__name__)

# Taken in one turn of the loop: about 100 flows, 2 ms.
_READ_AT_ONCE = 32 * 1024
# A line holds 16 flows of a few hundred bytes. More than this without an end is no engine of ours.
_LONGEST_LINE = 1024 * 1024


class LineLink:
    """Until `close`: `take(message)` gets what comes after the greeting, `ended()` is told once,
    where the engine has gone or is none."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        path: Path,
        take: Callable[[dict[str, Any]], None],
        ended: Callable[[], None],
    ) -> None:
        """ConnectionError where no engine listens there (any more), another OSError where it
        cannot be reached now."""
        sock = connect(path, timeout=0)
        if sock is None:
            raise ConnectionRefusedError(say("{path}: the engine has ended", path=path))
        if peer_uid(sock) not in (os.getuid(), 0):
            sock.close()
            raise PermissionError(say("{path} belongs to somebody else", path=path))
        self._loop = loop
        self._sock = sock
        self._take = take
        self._ended = ended
        self._input = bytearray()
        self._greeted = False
        loop.add_reader(sock.fileno(), self._readable)

    @property
    def is_open(self) -> bool:
        return self._sock.fileno() >= 0

    def close(self) -> None:
        """Nothing is told after that."""
        if self.is_open:
            self._loop.remove_reader(self._sock.fileno())
            self._sock.close()

    def say(self, method: str, params: Mapping[str, Any], number: int | str) -> None:
        """A request. A few short lines are on their way at once, which a socket's buffer takes;
        an engine that takes none, or is gone, shows by its silence or its end."""
        with suppress(OSError):
            self._sock.send(line({"id": number, "method": method, "params": dict(params)}))

    def _readable(self) -> None:
        try:
            data = self._sock.recv(_READ_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._input += data
        try:
            self._take_lines()
            if len(self._input) > _LONGEST_LINE:
                raise ProtocolError(say("a line without an end"))
        except ProtocolError as error:
            _log.warning("an engine is not listened to any more: %s", error)
            data = b""
        if not data and self.is_open:
            self.close()
            self._ended()

    def _take_lines(self) -> None:
        *texts, rest = self._input.split(b"\n")
        self._input = rest
        for text in texts:
            if not self.is_open:
                return  # closed by whoever was told
            message = parse(bytes(text))
            if self._greeted:
                self._take(message)
            else:
                hello_from_json(message)
                self._greeted = True
