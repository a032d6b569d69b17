"""Requests to an engine of another process, on a front end's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from byway_core.api.line_link import LineLink
from byway_core.api.wire import error_from_json
from byway_core.model.sentence import say

# An engine answers within milliseconds; a reload of a long profile takes seconds.
PATIENCE = 30.0


class Caller:
    """One engine, until `close`, or its end, of which `told_of_end` is called."""

    def __init__(self, loop: asyncio.AbstractEventLoop, path: Path) -> None:
        """ConnectionError where no engine listens there (any more), another OSError where it
        cannot be reached now."""
        self._loop = loop
        self.told_of_end: Callable[[], None] = lambda: None
        self._last = 0
        self._waiting: dict[int, tuple[asyncio.Future[Any], list[Any]]] = {}
        self._link = LineLink(loop, path, self._take, self._ended)

    @property
    def is_open(self) -> bool:
        return self._link.is_open

    def close(self) -> None:
        self._link.close()
        self._fail_all()

    async def request(self, method: str, **params: Any) -> Any:
        """The result of a method, or the list of its parts where it has some. ControlError where
        the engine says no, TimeoutError where it does not answer, ConnectionError where it has
        ended."""
        if not self.is_open:
            raise ConnectionResetError(say("the engine has ended"))
        self._last = number = self._last + 1
        answer = self._loop.create_future()
        self._waiting[number] = answer, []
        self._link.say(method, params, number)
        # No asyncio.timeout: a loop of Qt's may run us without being asyncio's running one.
        timer = self._loop.call_later(PATIENCE, _late, answer)
        try:
            return await answer
        finally:
            timer.cancel()
            self._waiting.pop(number, None)

    def _take(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        answer, parts = self._waiting.get(number, (None, [])) if number else (None, [])
        if answer is None or answer.done():
            return
        if "part" in message:
            parts += message["part"]
        elif isinstance(error := message.get("error"), dict):
            answer.set_exception(error_from_json(error))
        else:
            answer.set_result(parts or message.get("result"))

    def _ended(self) -> None:
        self._fail_all()
        self.told_of_end()

    def _fail_all(self) -> None:
        for answer, _ in self._waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError(say("the engine has ended")))


def _late(answer: asyncio.Future[Any]) -> None:
    if not answer.done():
        answer.set_exception(TimeoutError())
