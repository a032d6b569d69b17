"""What happens in an engine of another process, told to a front end on its own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from byway_core.api.line_link import LineLink
from byway_core.api.rendezvous import socket_paths
from byway_core.api.wire import flow_from_json
from byway_core.config.paths import runtime_dir
from byway_core.model.flow import FlowSnapshot

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
        self._link = LineLink(loop, path, self._take, ended)
        self._tell = tell
        self._missed = missed
        self._listing = False  # the engine owes us the end of a list of its flows
        self._list_again = False
        self._link.say("follow", {"live": True}, "follow")
        self._list(live=False)

    def close(self) -> None:
        """Follow no more; nothing is told after that."""
        self._link.close()

    def _list(self, *, live: bool) -> None:
        self._listing = True
        self._link.say(_LIST, {"live": live}, _LIST)

    def _take(self, message: dict[str, Any]) -> None:
        if "flow" in message:
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
