"""An engine's groups, as the control socket steers them: choosing a member, testing them all.

What was chosen is kept for the next start, beside the profile (`config.group_choices`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from byway_core.api.wire import ControlError, ErrorCode, group_to_json
from byway_core.config.group_choices import keep_choices
from byway_core.model.sentence import say

if TYPE_CHECKING:
    from byway_core.api.conversation import Method
    from byway_core.engine.engine import Engine

log = logging.getLogger(__name__)


class Grouping:
    """Of one engine, on its loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.methods: Mapping[str, Method] = {"choose": self.choose, "test": self.test}

    def choose(self, params: Mapping[str, Any]) -> dict[str, str]:
        """For new connections, at once; `not_kept` says why it will not be so after the next
        start. NotTakenError where there is no such choice."""
        engine = self._engine
        engine.groups.choose(_text(params, "group"), _text(params, "member"))
        try:
            # A file of a few lines, when somebody clicks: not worth a thread.
            keep_choices(Path(engine.identity.profile_path), engine.groups.chosen)
        except OSError as error:
            why = say("it is not kept for the next start: {error}", error=error)
            log.warning("the choice of %s: %s", params["group"], why)
            return {"not_kept": why}
        return {"not_kept": ""}

    def test(self, params: Mapping[str, Any]) -> asyncio.Future[dict[str, Any]]:
        """The group, once all its members are tested. NotTakenError where there is none."""
        name = _text(params, "group")
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._engine.groups.test(name, partial(self._tested, name, answer))
        return answer

    def _tested(self, name: str, answer: asyncio.Future[dict[str, Any]]) -> None:
        if answer.done():
            return
        found = next((each for each in self._engine.groups.standing() if each.name == name), None)
        if found is None:
            why = say("there is no group {group}", group=repr(name))
            answer.set_exception(ControlError(ErrorCode.FAILED.value, why))
        else:
            answer.set_result(group_to_json(found))


def _text(params: Mapping[str, Any], name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str):
        expected = say('"{name}" must be {expected}', name=name, expected=say("a text"))
        raise ControlError(ErrorCode.BAD_PARAMS.value, expected)
    return value
