"""An engine, as far as groups ask something of it."""

from __future__ import annotations

from collections.abc import Callable


class GroupEngine:
    """Keeps what it is told; `is_on`: there is one."""

    def __init__(self) -> None:
        self.is_on = True
        self.told: list[tuple[str, ...]] = []
        self.looks = 0

    def choose(self, group: str, member: str, said: Callable[[str], None]) -> bool:
        self.told.append((group, member))
        return self.is_on

    def test(self, group: str, said: Callable[[str], None]) -> bool:
        self.told.append((group,))
        if self.is_on:
            said("")
        return self.is_on

    def look(self) -> None:
        self.looks += 1
