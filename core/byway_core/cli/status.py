"""`byway status`: each running engine, and what went through it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byway_core.api.wire import ActionStatus, EngineStatus


# A command line can be pages long.
_PROGRAM = 120


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "status",
        help="what runs, and what went through it",
        description="Shows each of your running engines: what it was started for, its profile, "
        "its connections and bytes by upstream. Exit status 3 if none runs.",
    )
    parser.add_argument("--json", action="store_true", help="a JSON list, one object each")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print; 0 if an engine runs, else 3."""
    from byway_core.api.wire import status_to_json
    from byway_core.cli.engines import NOTHING_RUNS, running_engines
    from byway_core.model.errors import BywayError

    found = []
    with running_engines() as engines:
        for engine in engines:
            try:
                found.append(engine.status())
            except (BywayError, OSError) as error:
                print(f"byway: process {engine.hello.pid}: {error}", file=sys.stderr)
    if args.json:
        print(json.dumps([status_to_json(status) for status in found], indent=2))
    else:
        print("\n\n".join("\n".join(_in_words(status)) for status in found), end="\n" * bool(found))
    return 0 if found else NOTHING_RUNS


def _in_words(status: EngineStatus) -> list[str]:
    from byway_core.cli.terminal import clock, duration, printable, row, shortened, widths

    now = time.time()
    lines = [
        f"byway {printable(status.kind)}, process {status.pid}, since "
        f"{clock(status.since, now)} ({duration(now - status.since)})"
    ]
    facts = [("profile", printable(status.profile))]
    if status.program:
        facts.insert(0, ("program", shortened(printable(status.program), _PROGRAM)))
    if status.mixed_port is not None:
        facts.append(("proxy port", f"127.0.0.1:{status.mixed_port} (SOCKS and HTTP)"))
    for name, value in facts:
        lines.append(f"  {name:<12}{value}")
    rows = [["connections", "live", "all", "up", "down"]]
    for name, action in status.actions.items():
        rows.append([printable(name), *_numbers(action)])
    if len(status.actions) > 1:
        rows.append(["all", *_numbers(status)])
    columns = widths(rows)
    lines += ["  " + row(each, columns, right=(1, 2, 3, 4)) for each in rows]
    return lines


def _numbers(counts: ActionStatus | EngineStatus) -> list[str]:
    from byway_core.cli.terminal import size

    return [str(counts.live), str(counts.flows), size(counts.up), size(counts.down)]
