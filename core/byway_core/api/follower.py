"""What happens in an engine of another process, told to a front end on its own event loop.

The command line may wait for an answer (`client`); a front end's loop never does: an engine that
says nothing, because its terminal has suspended it, costs nothing and is heard when it goes on.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from byway_core.api.rendezvous import connect, peer_uid, socket_paths
from byway_core.api.wire import flow_from_json, hello_from_json, line, parse
from byway_core.config.paths import runtime_dir
from byway_core.model.errors import ProtocolError
from byway_core.model.flow import FlowSnapshot

_log = logging.getLogger(__name__)

# Flows told in one turn of the loop: about 100 of them, 2 ms.
_READ_AT_ONCE = 32 * 1024
# A line holds 16 flows of a few hundred bytes. More than this without an end is no engine of ours.
_LONGEST_LINE = 1024 * 1024
_LIST = "connections"


def engine_folder() -> Path:
    """Where engines have their sockets, for a watcher of files. RuntimeFolderError where the
    folder is not the user's own."""
    return runtime_dir()


def engine_sockets(folder: Path) -> dict[int, Path]:
    """The sockets in there by their engines' process ids; engines that have died leave theirs."""
    return {int(path.stem): path for path in socket_paths(folder) if path.stem.isdecimal()}


class Follower:
    """Follows one engine until `close`. `tell(flow)` gets each flow as it is now, the ended ones
    too that the engine still knows; `missed()` says that some changes were lost and all flows will
    be told anew; `ended()` that the engine has."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        path: Path,
        *,
        tell: Callable[[FlowSnapshot], None],
        missed: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        """ConnectionError where no engine listens there (any more), another OSError where it
        cannot be reached now."""
        sock = connect(path, timeout=0)
        if sock is None:
            raise ConnectionRefusedError(f"{path}: the engine has ended")
        if peer_uid(sock) not in (os.getuid(), 0):
            sock.close()
            raise PermissionError(f"{path} belongs to somebody else")
        self._loop = loop
        self._sock = sock
        self._tell = tell
        self._missed = missed
        self._ended = ended
        self._input = bytearray()
        self._greeted = False
        self._listing = False  # the engine owes us the end of a list of its flows
        self._list_again = False
        loop.add_reader(sock.fileno(), self._readable)
        self._ask("follow", live=True)
        self._list(live=False)

    def close(self) -> None:
        """Follow no more; nothing is told after that."""
        if self._sock.fileno() >= 0:
            self._loop.remove_reader(self._sock.fileno())
            self._sock.close()

    def _list(self, *, live: bool) -> None:
        self._listing = True
        self._ask(_LIST, live=live)

    def _ask(self, method: str, **params: bool) -> None:
        # Two short lines at most are on their way at once: a socket's buffer takes them.
        with suppress(OSError):  # an engine that is gone shows in `_readable`
            self._sock.send(line({"id": method, "method": method, "params": params}))

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
                raise ProtocolError("a line without an end")
        except ProtocolError as error:
            _log.warning("an engine is not followed any more: %s", error)
            data = b""
        if not data and self._sock.fileno() >= 0:
            self.close()
            self._ended()

    def _take_lines(self) -> None:
        *texts, rest = self._input.split(b"\n")
        self._input = rest
        for text in texts:
            if self._sock.fileno() < 0:
                return  # closed by whoever was told
            self._take(parse(bytes(text)))

    def _take(self, message: dict[str, Any]) -> None:
        if not self._greeted:
            hello_from_json(message)
            self._greeted = True
        elif "flow" in message:
            self._tell(flow_from_json(message["flow"]))
        elif isinstance(message.get("part"), list):
            for flow in message["part"]:
                self._tell(flow_from_json(flow))
        elif message.get("event") == "lost":
            self._list_again = True
        elif message.get("id") == _LIST:
            self._listing = False
        if self._list_again and not self._listing:
            self._list_again = False
            self._missed()
            self._list(live=True)
