"""One table of a list while it is being edited: what is wrong with each of its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from byway_core.config.findings import Findings
from byway_core.model.errors import Problem

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Checked(Generic[T]):
    """`value` is None where there is an error; `problems` are by key, "" for the table itself,
    and have no lines."""

    value: T | None
    problems: Mapping[str, tuple[Problem, ...]]

    @property
    def errors(self) -> Mapping[str, tuple[Problem, ...]]:
        """Without the warnings."""
        wrong = {
            key: tuple(problem for problem in problems if not problem.warning)
            for key, problems in self.problems.items()
        }
        return {key: problems for key, problems in wrong.items() if problems}


def check_last(
    tables: Iterable[Mapping[str, object]],
    read: Callable[[Findings, list[Mapping[str, object]]], tuple[T, ...]],
) -> Checked[T]:
    """The last of the tables, as `read` reads all of them; it gives the right ones."""
    listed = list(tables)
    findings = Findings()
    values = read(findings, listed)
    problems: dict[str, list[Problem]] = {}
    for path, _, problem in findings.by_path():
        if path[1] == len(listed) - 1:
            key = str(path[2]) if len(path) > 2 else ""
            problems.setdefault(key, []).append(problem)
    wrong = any(not problem.warning for found in problems.values() for problem in found)
    value = None if wrong or not values else values[-1]
    return Checked(value, {key: tuple(found) for key, found in problems.items()})
