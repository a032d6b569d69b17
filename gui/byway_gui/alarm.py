"""A notification of what has gone wrong while nobody looks."""

from __future__ import annotations

from collections.abc import Callable

from byway_gui.notifier import Notifier
from byway_gui.presenters.standing import Phase, Standing, detail, headline
from byway_gui.words import tr


class Alarm:
    """However often it is tried, once. `is_seen`: whether the window is, which says it already."""

    def __init__(self, notifier: Notifier, is_seen: Callable[[], bool]) -> None:
        self._notifier = notifier
        self._is_seen = is_seen
        self._told_of: Phase | None = None

    def take(self, standing: Standing) -> None:
        trouble = standing.phase in {Phase.RESTARTING, Phase.FAILED}
        if trouble and standing.phase is not self._told_of:
            self._told_of = standing.phase
            if not self._is_seen():
                state = headline(standing)
                self._notifier.say(tr("Byway: {state}", state=state), detail(standing))
        elif not trouble and standing.phase is not Phase.STARTING:
            self._told_of = None
