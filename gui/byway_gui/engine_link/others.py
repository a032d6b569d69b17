"""Engines of other processes: found by their sockets, followed until they end."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from pathlib import Path

from byway_core.api.caller import Caller
from byway_core.api.follower import Follower, engine_folder, engine_sockets
from byway_core.api.wire import reloaded_from_json, status_from_json
from byway_core.model.errors import BywayError
from byway_gui.engine_link.inbox import Inbox
from byway_gui.presenters.standing import reload_words

_log = logging.getLogger(__name__)

# For an engine with a full queue of clients, which nothing announces the end of.
_AGAIN_SECONDS = 1.0
# The kind of an engine that is there for one program.
_RUN = "run"


class OtherEngines:
    """`look` finds those that are new; it is called when something has changed in `folder`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, inbox: Inbox) -> None:
        """RuntimeFolderError, a BywayError, where the folder is not the user's own."""
        self.folder = engine_folder()
        self._loop = loop
        self._inbox = inbox
        self._followers: dict[int, Follower] = {}
        self._again: asyncio.Handle | None = None

    def look(self) -> None:
        """Follow every engine there that is not followed yet. Never waits."""
        for pid, path in engine_sockets(self.folder).items():
            if pid not in self._followers:
                self._follow(pid, path)

    async def end_flow(self, flow_id: str) -> bool:
        """End a live connection of any engine; False where there is none of that id."""
        path = engine_sockets(self.folder).get(int(flow_id.partition(".")[0]))
        if path is None:
            return False
        try:
            caller = Caller(self._loop, path)
        except OSError:
            return False
        try:
            answer = await caller.request("close", id=flow_id)
            return bool(answer["closed"])
        except (OSError, BywayError):
            return False
        finally:
            caller.close()

    async def reload(self, profile: Path) -> None:
        """The file has been changed: programs that run by it (`byway run`) follow for their new
        connections, as what serves this desktop does. It is known to be valid, so that one which
        does not take it has a reason of its own, which is logged."""
        asked = [
            self._loop.create_task(self._reload(path, str(profile)))
            for path in engine_sockets(self.folder).values()
        ]
        for each in asked:  # gather would make a loop where there is none of them
            await each

    async def _reload(self, path: Path, profile: str) -> None:
        try:
            caller = Caller(self._loop, path)
        except OSError:  # one that has died
            return
        try:
            status = status_from_json(await caller.request("status"))
            if status.kind == _RUN and status.profile == profile:
                said = reload_words(reloaded_from_json(await caller.request("reload")))
                if said:
                    _log.warning("process %d: %s", status.pid, said)
        except (OSError, BywayError) as error:
            _log.debug("not told: %s: %s", path, error)
        finally:
            caller.close()

    def close(self) -> None:
        for follower in self._followers.values():
            follower.close()
        self._followers.clear()
        if self._again is not None:
            self._again.cancel()

    def _follow(self, pid: int, path: Path) -> None:
        source = self._inbox.new_source()
        try:
            self._followers[pid] = Follower(
                self._loop,
                path,
                tell=partial(self._inbox.put, source),
                missed=partial(self._inbox.void, source),
                ended=partial(self._ended, pid, source),
            )
        except (ConnectionError, PermissionError) as error:
            _log.debug("not followed: %s", error)
        except OSError as error:
            _log.debug("not followed yet: %s: %s", path, error)
            if self._again is None:
                self._again = self._loop.call_later(_AGAIN_SECONDS, self._look_again)

    def _look_again(self) -> None:
        self._again = None
        self.look()

    def _ended(self, pid: int, source: int) -> None:
        del self._followers[pid]
        self._inbox.end(source)
