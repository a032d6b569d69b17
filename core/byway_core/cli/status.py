"""`byway status`: each running engine, and what went through it; with --explain, why the machine's
traffic goes as it does, and what else on it has a say."""

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
        "its connections and bytes by upstream. Exit status 3 if none runs. --explain adds the "
        "privileged helper's state, what is taken and what is left alone, and what else on this "
        "machine has a say in its network (firewalls, VPNs, containers), conflicts first; its exit "
        "status is 0.",
    )
    parser.add_argument(
        "--explain", action="store_true", help="what is taken, and what else has a say in it"
    )
    parser.add_argument(
        "--json", action="store_true", help="a JSON list, one object each; --explain: an object"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print; 0 if an engine runs, else 3."""
    from byway_core.api.wire import status_to_json
    from byway_core.cli.engines import NOTHING_RUNS, running_engines
    from byway_core.model.errors import BywayError

    found: list[EngineStatus] = []
    with running_engines(quiet=args.explain) as engines:
        for engine in engines:
            try:
                found.append(engine.status())
            except (BywayError, OSError) as error:
                print(f"byway: process {engine.hello.pid}: {error}", file=sys.stderr)
    if args.explain:
        return _explain(found, as_json=args.json)
    if args.json:
        print(json.dumps([status_to_json(status) for status in found], indent=2))
    else:
        print("\n\n".join("\n".join(_in_words(status)) for status in found), end="\n" * bool(found))
    if not found:
        _say_what_stands()
    return 0 if found else NOTHING_RUNS


def _say_what_stands() -> None:
    """Others' engines are not seen, but what they do to this user's traffic is."""
    import asyncio

    from byway_core.cli.helper_words import advice
    from byway_core.cli.standing import standing

    there = asyncio.run(standing())
    if there is None:
        return
    if said := there.in_words():
        print(f"byway: {said}", file=sys.stderr)
    if (wrong := there.other_version) is not None:
        print(f"byway: {wrong}{advice(wrong.fault)}", file=sys.stderr)


def _explain(found: list[EngineStatus], *, as_json: bool) -> int:
    from byway_core.api.wire import status_to_json
    from byway_core.cli import status_explain

    known = status_explain.explained(found)
    if as_json:
        engines = [status_to_json(status) for status in found]
        print(json.dumps({"engines": engines, **status_explain.as_json(known)}, indent=2))
        return 0
    from byway_core.cli.status_words import in_words

    blocks = [*(_in_words(status) for status in found), in_words(known)]
    print("\n\n".join("\n".join(block) for block in blocks))
    return 0


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
    lines += [f"  {'problem':<12}{printable(each)}" for each in status.problems]
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
