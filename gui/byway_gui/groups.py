"""The groups of the open profile as they stand: as the engine says, or as they were chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from byway_core.api.groups import keep_choice, resting_groups
from byway_core.api.wire import EngineStatus
from byway_core.model.errors import BywayError
from byway_core.model.group import GroupKind, GroupStanding
from byway_core.model.profile import Profile
from byway_gui.words import tr


class Engine(Protocol):
    """What is asked of it (`engine_link.steering`)."""

    def choose(self, group: str, member: str, said: Callable[[str], None]) -> bool: ...
    def test(self, group: str, said: Callable[[str], None]) -> bool: ...
    def look(self) -> None: ...


class Groups(QObject):
    """`changed` whenever `standings` have; `said` what could not be done; `tested` when the tests
    of a group are over."""

    changed = Signal()
    said = Signal(str)
    tested = Signal(str)

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._profile: Profile | None = None
        self._path = Path()
        self._is_on = False
        self.standings: tuple[GroupStanding, ...] = ()

    def of(self, name: str) -> GroupStanding | None:
        return next((each for each in self.standings if each.name == name), None)

    def chosen(self) -> dict[str, str]:
        """What is chosen in select groups."""
        selects = (each for each in self.standings if each.kind is GroupKind.SELECT)
        return {each.name: each.current for each in selects}

    def show_profile(self, profile: Profile | None, path: Path) -> None:
        """Another profile, or a changed one; what the engine makes of it, it says itself."""
        self._profile, self._path = profile, path
        if not self._is_on:
            self._rest()

    def see(self, status: EngineStatus | None) -> None:
        """How the engine stands; None where none is on."""
        self._is_on = status is not None
        if status is None:
            self._rest()
        else:
            self._become(status.groups)

    def look(self) -> None:
        """Somebody looks."""
        self._engine.look()

    def choose(self, group: str, member: str) -> None:
        """For new connections, and for the next start."""
        if self._is_on and self._engine.choose(group, member, self._say):
            return
        found = self.of(group)
        if found is None:
            return
        try:
            keep_choice(self._path, found, member)
        except (BywayError, OSError) as error:
            self._say(tr("The choice could not be kept: {why}", why=error))
        self._rest()

    def test(self, group: str) -> None:
        """All its members, now. Only an engine can."""

        def done(sentence: str) -> None:
            self._say(sentence)
            self.tested.emit(group)

        if not self._engine.test(group, done):
            self._say(tr("Groups are tested by Byway itself: turn it on first."))
            self.tested.emit(group)

    def _say(self, sentence: str) -> None:
        if sentence:
            self.said.emit(sentence)

    def _rest(self) -> None:
        profile = self._profile
        self._become(() if profile is None else tuple(resting_groups(profile, self._path)))

    def _become(self, standings: tuple[GroupStanding, ...]) -> None:
        if standings != self.standings:
            self.standings = standings
            self.changed.emit()
