"""One `[[upstream]]` while it is being edited: what is wrong with each of its keys, and its
password once it is right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from byway_core.config.findings import Findings
from byway_core.config.secrets import KEYRING_SERVICE, reveal
from byway_core.config.upstream_section import read_upstreams
from byway_core.model.errors import Problem
from byway_core.model.upstream import Upstream

__all__ = ["KEYRING_SERVICE", "CheckedUpstream", "check_upstream", "password_of"]


@dataclass(frozen=True, slots=True)
class CheckedUpstream:
    """`value` is None where there is an error; `problems` are by key, "" for the table itself,
    and have no lines."""

    value: Upstream | None
    problems: Mapping[str, tuple[Problem, ...]]

    @property
    def errors(self) -> Mapping[str, tuple[Problem, ...]]:
        """Without the warnings."""
        wrong = {
            key: tuple(problem for problem in problems if not problem.warning)
            for key, problems in self.problems.items()
        }
        return {key: problems for key, problems in wrong.items() if problems}


def check_upstream(table: Mapping[str, object], others: Iterable[str] = ()) -> CheckedUpstream:
    """Read the table as the profile's reader does. `others`: the names of the other upstreams."""
    before: list[object] = [{"name": name} for name in others]
    findings = Findings()
    upstreams, _ = read_upstreams(findings, [*before, dict(table)])
    problems: dict[str, list[Problem]] = {}
    for path, _, problem in findings.by_path():
        if path[1] == len(before):
            key = str(path[2]) if len(path) > 2 else ""
            problems.setdefault(key, []).append(problem)
    wrong = any(not problem.warning for found in problems.values() for problem in found)
    value = None if wrong else upstreams[-1]
    return CheckedUpstream(value, {key: tuple(found) for key, found in problems.items()})


def password_of(upstream: Upstream, folder: Path) -> str | None:
    """Its password, None where it has none. `folder` is the profile's. SecretError where it cannot
    be had. May wait for a keyring, which may ask its user."""
    return None if upstream.password is None else reveal(upstream.password, base_dir=folder)
