"""`byway reload`: running engines read their profile again."""

from __future__ import annotations

import argparse
import contextlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byway_core.api.client import ControlClient
    from byway_core.api.wire import Reloaded
    from byway_core.model.errors import Problem

# What takes a changed key into force that `reload` cannot, by what an engine was started for.
_RESTART = {
    "machine": "`byway down` and `byway up`",
    "serve": "a new `byway serve`",
    "run": "a new `byway run`",
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "reload",
        help="let what runs take a changed profile",
        description="Lets each of your running engines read its profile again. New connections go "
        "by the new rules at once, live ones keep their way; a profile with errors changes "
        "nothing. Prints what is in force then, and which keys need a restart. Exit status 1 if "
        "an engine has not taken its profile, 3 if none runs.",
    )
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="only engines with this profile (default: all)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """One line for each engine; 0 where all have taken their profile."""
    from byway_core.cli.engines import NOTHING_RUNS, running_engines
    from byway_core.cli.terminal import printable
    from byway_core.model.errors import BywayError

    asked, failed = 0, False
    with running_engines(kept=True) as engines:
        for engine in engines:
            try:
                if args.file is not None and not _has(engine, args.file):
                    continue
                asked += 1
                failed |= not _reload(engine)
            except (BywayError, OSError) as error:
                failed = True
                said = printable(f"process {engine.hello.pid}: {error}")
                print(f"byway reload: {said}", file=sys.stderr)
    if engines and not asked and not failed:
        print(f"byway reload: no engine of yours runs with {args.file}", file=sys.stderr)
    if failed:
        return 1
    return 0 if asked else NOTHING_RUNS


def _has(engine: ControlClient, file: str) -> bool:
    with contextlib.suppress(ConnectionError):  # it has just ended
        return Path(engine.status().profile).resolve() == Path(file).resolve()
    return False


def _reload(engine: ControlClient) -> bool:
    """Whether it has taken its profile; what is in force now is printed."""
    from byway_core.api.wire import ControlError
    from byway_core.cli.check import report
    from byway_core.cli.terminal import printable

    try:
        said = engine.reload()
    except ControlError as error:
        if error.code == "unknown-method":  # the desktop app's, or of an older version
            raise ControlError(error.code, _BY_ITSELF) from None
        raise
    # The engine may be another user's, whom root need not trust with a terminal.
    report(printable(said.profile), map(_printable, said.problems))
    who = f"byway {printable(engine.hello.kind)}, process {engine.hello.pid}"
    print(f"{who}: {_in_words(said, engine.hello.kind)}", flush=True)
    return said.taken


_BY_ITSELF = "it cannot be told to; the desktop app has its own Reload profile (F5)"


def _printable(problem: Problem) -> Problem:
    from byway_core.cli.terminal import printable

    return replace(
        problem,
        message=printable(problem.message),
        expected=printable(problem.expected),
        nearest=printable(problem.nearest),
    )


def _in_words(said: Reloaded, kind: str) -> str:
    from byway_core.cli.terminal import printable

    parts = [f"{_count(said.rules, 'rule')}, {_count(said.upstreams, 'upstream')}"]
    if said.networks is not None:
        parts.append(f"{_count(said.networks, 'network')} direct in the kernel")
    if said.restart:
        verb = "needs" if len(said.restart) == 1 else "need"
        keys = printable(", ".join(said.restart))
        parts.append(f"{keys} {verb} {_RESTART.get(kind, 'a restart')}")
    stays = "" if said.taken else "not taken; as before: "
    return stays + "; ".join(parts)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
