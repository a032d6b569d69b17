"""`byway check`: everything that is wrong with a profile, each with its place and its cure."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from byway_core.model.errors import Problem


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "check",
        help="say everything that is wrong with a profile",
        description="Reads a profile and prints each error and warning with its line and column, "
        "what was expected, and the nearest valid form. Exit status 1 if there are errors.",
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="the profile (default: your own)")
    parser.add_argument("--json", action="store_true", help="one JSON object with all problems")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from byway_core.config.load import load
    from byway_core.config.paths import default_profile
    from byway_core.model.errors import ProfileError

    file = args.file if args.file is not None else str(default_profile())
    try:
        profile, problems = load(file)
    except ProfileError as error:
        problems, summary = error.problems, ""
    else:
        summary = f"{len(profile.rules)} rules, {len(profile.upstreams)} upstreams"
        if profile.groups:
            summary += f", {len(profile.groups)} groups"
    if args.json:
        found = [_as_json(problem) for problem in problems]
        print(json.dumps({"file": file, "valid": bool(summary), "problems": found}, indent=2))
    else:
        report(file, problems, sys.stdout)
        print(f"{file}: valid ({summary})" if summary else _count(file, problems))
    return 0 if summary else 1


def report(file: str, problems: Iterable[Problem], stream: TextIO | None = None) -> None:
    """Print problems as compilers do, so that editors can jump to them; by default to stderr."""
    out = sys.stderr if stream is None else stream
    for problem in problems:
        place = f"{file}:{problem.line}:{problem.column}" if problem.line else file
        kind = "warning" if problem.warning else "error"
        print(f"{place}: {kind}: {problem.message}", file=out)
        if problem.expected:
            print(f"    expected: {problem.expected}", file=out)
        if problem.nearest:
            print(f"    nearest:  {problem.nearest}", file=out)


def _count(file: str, problems: Sequence[Problem]) -> str:
    errors = sum(not problem.warning for problem in problems)
    return f"{file}: {errors} error{'s' if errors != 1 else ''}"


def _as_json(problem: Problem) -> dict[str, object]:
    return {
        "line": problem.line,
        "column": problem.column,
        "severity": "warning" if problem.warning else "error",
        "message": problem.message,
        "expected": problem.expected,
        "nearest": problem.nearest,
    }
