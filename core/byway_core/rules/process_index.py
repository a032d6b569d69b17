"""Rules filed under a program or its user.

A machine has some hundred of them and asks for each again and again: what holds of a process is
found out once, names and paths by one look-up a word, patterns and users one by one.
"""

from __future__ import annotations

from byway_core.model.decision import Process, Query
from byway_core.model.rule import ProcessName, ProcessPath
from byway_core.rules.entries import Entry
from byway_core.rules.predicates import Asked, first_of, of_process
from byway_core.rules.processes import names_of

# Who starts programs under ever new names shall not fill the memory; when full, all are forgotten.
MOST_REMEMBERED = 1024


class ProcessIndex:
    def __init__(self, filed: list[Entry], nothing: int) -> None:
        """`filed` in the order of the rules."""
        self._nothing = nothing
        self._names: dict[str, list[Entry]] = {}
        self._paths: dict[str, list[Entry]] = {}
        self._others = []
        for entry in filed:
            match entry.key:
                case ProcessName(name):
                    self._names.setdefault(name, []).append(entry)
                case ProcessPath(path):
                    self._paths.setdefault(path, []).append(entry)
                case _:
                    self._others.append((entry, of_process(entry.key)))
        self._known: dict[Process, tuple[int, Asked]] = {}

    def first(self, query: Query, best: int) -> int:
        """The lowest index, below `best`, of the rules that match; else `best`."""
        process = query.process
        if process is None:
            return best
        known = self._known.get(process)
        if known is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            known = self._known[process] = self._of(process)
        plain, asked = known
        return first_of(asked, query, min(best, plain))

    def _of(self, process: Process) -> tuple[int, Asked]:
        """The first rule that holds of it without further questions, and those before it that
        have one."""
        found = [entry for entry, holds in self._others if holds(process)]
        found += self._paths.get(process.path.lower(), ())
        for name in {name.lower() for name in names_of(process)}:
            found += self._names.get(name, ())
        found.sort(key=lambda entry: entry.index)
        asked: Asked = []
        for entry in found:
            if entry.check is None:
                return entry.index, asked
            asked.append((entry.index, entry.check))
        return self._nothing, asked
