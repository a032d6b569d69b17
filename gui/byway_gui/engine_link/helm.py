"""What one engine is asked over its control socket, and what it says of itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from byway_core.api.caller import Caller
from byway_core.api.wire import EngineStatus, reloaded_from_json, status_from_json
from byway_core.model.errors import BywayError
from byway_core.model.sentence import without_parts
from byway_gui.presenters.standing import reload_words
from byway_gui.words import tr, translated

_log = logging.getLogger(__name__)


class Helm:
    """Until `close`, or the engine's end. `took(status, hits)` is how it is, each rule's
    connections counted; what is older than a wish of ours is kept back, it would contradict it."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        path: Path,
        took: Callable[[EngineStatus, list[int]], None],
    ) -> None:
        """OSError where it cannot be reached."""
        self._caller = Caller(loop, path)
        self._took = took
        self._looks = 0  # questions that wait for their answers
        self._wishes = 0  # wishes that do
        self._last = 0  # how many wishes there were

    @property
    def is_open(self) -> bool:
        return self._caller.is_open

    @property
    def is_looking(self) -> bool:
        return self._looks > 0

    def close(self) -> None:
        self._caller.close()

    def wish(self, everything: str, profile: Path | None = None) -> Coroutine[Any, Any, str]:
        """That it reads its profile again, or another one, and sends all where `everything` says,
        "" for where the rules do. What is to be said of that, or ""."""
        self._wishes += 1
        self._last += 1
        params = {"everything": everything}
        return self._wish(params if profile is None else params | {"profile": str(profile)})

    async def look(self) -> None:
        """How it is, unless there is no answer."""
        self._looks += 1
        last = None if self._wishes else self._last
        try:
            status = status_from_json(await self._caller.request("status"))
            rules = await self._caller.request("rules")
        except (OSError, BywayError) as error:
            if self.is_open:
                _log.warning("the engine does not say how it is: %s", _why(error))
            return
        finally:
            self._looks -= 1
        if self.is_open and last == self._last:
            # Where a profile has no rules there are no parts, but the count alone.
            hits = [int(each["hits"]) for each in rules] if isinstance(rules, list) else []
            self._took(status, hits)

    async def reset_hits(self) -> None:
        try:
            await self._caller.request("reset-hits")
        except (OSError, BywayError) as error:
            _log.warning("the counts could not be reset: %s", _why(error))
        await self.look()

    async def choose(self, group: str, member: str, said: Callable[[str], None]) -> None:
        """Let a select group have that member. `said` gets what is to be said of that, or ""."""
        self._wishes += 1
        self._last += 1
        try:
            answer = without_parts(await self._caller.request("choose", group=group, member=member))
            why = translated(str(answer.get("not_kept", "")))
            said(tr("The choice holds until Byway ends: {why}", why=why) if why else "")
        except (OSError, BywayError) as error:
            said(tr("The engine could not be told: {why}", why=_why(error)))
        finally:
            self._wishes -= 1
        await self.look()

    async def test(self, group: str, said: Callable[[str], None]) -> None:
        """Let all members of a group be tested. `said` as above, once that is done."""
        try:
            await self._caller.request("test", group=group)
            said("")
        except (OSError, BywayError) as error:
            said(tr("The group could not be tested: {why}", why=_why(error)))
        await self.look()

    async def _wish(self, params: dict[str, str]) -> str:
        try:
            answer = await self._caller.request("reload", **params)
            return reload_words(reloaded_from_json(answer))
        except (OSError, BywayError) as error:
            return tr("The engine could not be told: {why}", why=_why(error))
        finally:
            self._wishes -= 1


def _why(error: Exception) -> str:
    return str(error) or tr("it does not answer")  # a timeout has no words
