"""Everything directly for some minutes, then as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from byway_gui.presenters.standing import Mode, Standing


class Pause:
    """`over` is called when its time has come; what a standing is to become is returned."""

    def __init__(self, loop: asyncio.AbstractEventLoop, over: Callable[[], None]) -> None:
        self._loop = loop
        self._over = over
        self._timer: asyncio.TimerHandle | None = None
        self._before = Mode.RULES, ""

    @property
    def is_on(self) -> bool:
        return self._timer is not None

    def begin(self, standing: Standing, seconds: float, now: float) -> dict[str, object]:
        """From `now`, a Unix time; one that is there already is prolonged."""
        if self._timer is None:
            self._before = standing.mode, standing.through
        else:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._over)
        return {"mode": Mode.DIRECT, "through": "", "paused_until": now + seconds}

    def end(self) -> dict[str, object]:
        """How it was before it; nothing where there is none."""
        if self._timer is None:
            return {}
        self._timer.cancel()
        self._timer = None
        mode, through = self._before
        return {"mode": mode, "through": through, "paused_until": 0.0}
