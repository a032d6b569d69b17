"""Problems as they are found: by key, before anybody knows line and column.

Most profiles have none, so the text is searched for places only when there are some.
"""

from __future__ import annotations

from dataclasses import dataclass

from byway_core.config.positions import Path, Positions, scan
from byway_core.model.errors import Problem


@dataclass(frozen=True, slots=True)
class _Finding:
    path: Path
    about: Path
    at_key: bool
    offset: int | None
    message: str
    expected: str
    nearest: str
    warning: bool


class Findings:
    def __init__(self) -> None:
        self._found: list[_Finding] = []
        self.has_errors = False

    def error(
        self,
        path: Path,
        message: str,
        *,
        expected: str = "",
        nearest: str = "",
        at_key: bool = False,
        offset: int | None = None,
        about: Path | None = None,
    ) -> None:
        """Something that makes the profile invalid. `path` () means the whole file; `at_key` is
        for a problem with the key rather than with its value; `offset` counts characters into a
        string value, from 0; `about` is the key that is meant where `path` is another, since that
        key is not there."""
        self.has_errors = True
        finding = _Finding(path, about or path, at_key, offset, message, expected, nearest, False)
        self._found.append(finding)

    def warn(
        self,
        path: Path,
        message: str,
        *,
        expected: str = "",
        nearest: str = "",
        at_key: bool = False,
        offset: int | None = None,
        about: Path | None = None,
    ) -> None:
        """Something valid but unwise; the arguments are those of `error`."""
        finding = _Finding(path, about or path, at_key, offset, message, expected, nearest, True)
        self._found.append(finding)

    def by_path(self) -> tuple[tuple[Path, bool, Problem], ...]:
        """All of them as they were found: in the place of line and column the path of the key
        that is meant, and whether the key itself is."""
        found = []
        for each in self._found:
            problem = Problem(0, 0, each.message, each.expected, each.nearest, each.warning)
            found.append((each.about, each.at_key, problem))
        return tuple(found)

    def problems(self, text: str) -> tuple[Problem, ...]:
        """All of them with their places in `text`, in its order."""
        if not self._found:
            return ()
        positions = scan(text)
        problems = [_placed(finding, positions) for finding in self._found]
        return tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))

    def problems_of_line(self) -> tuple[Problem, ...]:
        """All of them, where nothing but one line of text was read, in its order."""
        problems = [
            Problem(
                1, (each.offset or 0) + 1, each.message, each.expected, each.nearest, each.warning
            )
            for each in self._found
        ]
        return tuple(sorted(problems, key=lambda problem: problem.column))


def _placed(finding: _Finding, positions: Positions) -> Problem:
    if finding.at_key:
        line, column = positions.place_of_key(finding.path)
    else:
        line, column = positions.place_of_value(finding.path, finding.offset)
    return Problem(
        line, column, finding.message, finding.expected, finding.nearest, finding.warning
    )
