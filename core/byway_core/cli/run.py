"""`byway run`: a program in its own network namespace, under the rules, without root."""

from __future__ import annotations

import argparse
import asyncio
import shlex
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byway_core.api import Engine
    from byway_core.intercept.namespace import NamespaceRun

# What a program may take to end after SIGTERM before it is killed; systemd gives 90 s, but nobody
# waits for that at a terminal.
GRACE_SECONDS = 10.0


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "run",
        help="start a program under the rules, in its own network namespace",
        description="Starts PROGRAM in a network namespace of its own. Each of its TCP "
        "connections, and of its children's, goes where the profile's rules say; the program "
        "needs no proxy setting, and Byway no root.",
        epilog="example: byway run --profile my.toml -- curl https://example.com",
    )
    parser.add_argument("--profile", metavar="FILE", help="the profile (default: your own)")
    parser.add_argument("program", metavar="PROGRAM", help="the program to start")
    parser.add_argument(
        "arguments", metavar="ARGUMENT", nargs=argparse.REMAINDER, help="its arguments"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the program; its exit status, 128 + the signal that ended it, or 1 where it could not be
    started under the rules. Never starts it without them."""
    from byway_core.api import Engine, Identity, Kind, default_workers
    from byway_core.cli.profile import opened
    from byway_core.intercept.namespace import NamespaceRun
    from byway_core.model.errors import InterceptError

    profile = opened(args.profile)
    if profile is None:
        return 1
    argv = [args.program, *args.arguments]
    workers = default_workers(profile.value)
    engine = Engine(
        profile.value,
        profile.passwords,
        Identity(Kind.RUN, str(profile.path), shlex.join(argv)),
        workers=workers,
    )
    try:
        space = NamespaceRun.start(argv, workers=workers)
    except InterceptError as error:
        engine.abandon()
        print(f"byway run: {error}", file=sys.stderr)
        return 1
    try:
        return asyncio.run(_supervise(engine, space))
    finally:
        space.close()
