"""`byway run`: a program in its own network namespace, under the rules, without root."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shlex
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byway_core.api import Engine
    from byway_core.intercept.namespace import Event, NamespaceRun
    from byway_core.relay.selector import RelaySelector

# A desktop app follows within milliseconds. If it cannot, the user still wants the program.
FOLLOWER_SECONDS = 5
# Connecting and the upstream's handshake have limits of their own, 10 and 20 s; what then remains
# is a server that does not read.
LAST_BYTES_SECONDS = 30


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
    parser.add_argument(
        "--await-follower",
        action="store_true",
        help="let PROGRAM start only when somebody follows its connections, so that none is "
        f"missed; at most {FOLLOWER_SECONDS} seconds later",
    )
    parser.add_argument("program", metavar="PROGRAM", help="the program to start")
    parser.add_argument(
        "arguments", metavar="ARGUMENT", nargs=argparse.REMAINDER, help="its arguments"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the program; its exit status, 128 + the signal that ended it, or 1 where it could not be
    started under the rules. Never starts it without them."""
    from byway_core.api import default_workers
    from byway_core.cli.profile import opened
    from byway_core.intercept.namespace import leave_terminal_to_program
    from byway_core.model.errors import InterceptError

    profile = opened(args.profile)
    if profile is None:
        return 1
    argv = [args.program, *args.arguments]
    workers = default_workers(profile.value)
    # The order matters: the program is to get signals and limits as they are now, and all that is
    # forked is forked before there is a loop.
    try:
        space = _prepared(argv, workers)
    except InterceptError as error:
        print(f"byway run: {error}", file=sys.stderr)
        return 1
    try:
        from byway_core.api import Engine, Identity, Kind
        from byway_core.cli.hosting import run_hosting

        leave_terminal_to_program()
        identity = Identity(Kind.RUN, str(profile.path), shlex.join(argv))
        engine = Engine(profile.value, profile.passwords, identity, workers=workers)
        for notice in space.notices:
            print(f"byway run: {notice}", file=sys.stderr)
        return run_hosting(partial(_supervise, engine, space, args.await_follower))
    finally:
        space.close()


def _prepared(argv: list[str], workers: int) -> NamespaceRun:
    """The program in its namespace, ready to execute; the engine is loaded meanwhile."""
    from byway_core.intercept.namespace import Preparation

    preparation = Preparation(argv, workers=workers)
    try:
        import byway_core.cli.hosting  # noqa: F401
    except BaseException:
        preparation.abandon()
        raise
    return preparation.complete()


async def _supervise(
    engine: Engine, space: NamespaceRun, await_follower: bool, selector: RelaySelector
) -> int:
    """Serve the program until nothing of it is left; its exit status."""
    from byway_core.cli.hosting import hosted

    loop = asyncio.get_running_loop()
    async with hosted(engine, selector, signals=()):
        ended: asyncio.Future[int] = loop.create_future()
        life = _Life(space, ended)
        # Ctrl-C reaches the program by itself, as it shares the terminal's foreground group. What
        # is sent to this process alone is passed on.
        for signum in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(signum, space.send_signal, signum)
        loop.add_reader(space.fileno(), life.look)
        engine.intercept(space.interception)
        if await_follower:
            await _followed(engine)
        space.release()
        try:
            status = await ended
        finally:
            loop.remove_reader(space.fileno())
        await _delivered(engine)
        return status


async def _followed(engine: Engine) -> None:
    followed = asyncio.Event()
    engine.ledger.when_followed(followed.set)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FOLLOWER_SECONDS):
            await followed.wait()


async def _delivered(engine: Engine) -> None:
    """A program may end as soon as its last bytes are the kernel's, and they arrive nonetheless:
    return when they are passed on, or a signal or LAST_BYTES_SECONDS say that it is enough."""
    loop = asyncio.get_running_loop()
    enough = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(signum, enough.set)
    engine.finish(enough.set)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LAST_BYTES_SECONDS):
            await enough.wait()


class _Life:
    """What is told of the program's life, and what follows."""

    def __init__(self, space: NamespaceRun, ended: asyncio.Future[int]) -> None:
        self._space = space
        self._ended = ended

    def look(self) -> None:
        for event in self._space.poll():
            self._follow(event)

    def _follow(self, event: Event) -> None:
        from byway_core.intercept import namespace

        match event:
            case namespace.NotExecuted(_, sentence):
                print(f"byway run: {sentence}", file=sys.stderr)
            case namespace.Stopped():
                self._space.suspend(event)
            case namespace.ProgramExited(_, remaining) if remaining:
                others = "another process" if remaining == 1 else f"{remaining} other processes"
                print(
                    f"byway run: the program has ended, but {others} that it started still "
                    "use this namespace; waiting for the end (Ctrl-C ends them)",
                    file=sys.stderr,
                )
                loop = asyncio.get_running_loop()
                loop.add_signal_handler(signal.SIGINT, self._space.send_signal, signal.SIGTERM)
            case namespace.Finished(status, lost):
                if lost:
                    print(
                        "byway run: the launcher was killed; the program has ended with it",
                        file=sys.stderr,
                    )
                if not self._ended.done():
                    self._ended.set_result(status)
