"""`byway down`: end what `byway up` began."""

from __future__ import annotations

import argparse
import os
import select
import signal
import sys
import time
from typing import TYPE_CHECKING

from byway_core.cli import events
from byway_core.flatpak import pid_of
from byway_core.model.sentence import say

if TYPE_CHECKING:
    from byway_core.api.client import ControlClient

# Stopping takes the kernel some 50 ms, and an engine with 10,000 connections some seconds.
_PATIENCE = 10.0


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "down",
        help="give every program's traffic back",
        description="Ends your `byway up`; returns once the machine's traffic is as before. Exit "
        "status 3 if none runs.",
    )
    events.register(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 once they have ended, 3 where there were none, 1 for one that does not end."""
    from byway_core.cli.engines import running_engines

    with running_engines(quiet=True) as engines:
        machines = [engine for engine in engines if engine.hello.kind == "machine"]
        told = events.Events(wanted=args.events)
        began = time.monotonic()
        ended = [_ended(engine, told) for engine in machines]
    if not machines:
        return _without_engine(told)
    if not all(ended):
        return 1
    seconds = time.monotonic() - began
    print(f"the machine's traffic goes its own ways again ({seconds:.2f} s)", file=sys.stderr)
    return 0


def _without_engine(told: events.Events) -> int:
    """Nothing of this user's runs; but a kill switch may stand, which ends so as well."""
    import asyncio

    from byway_core.cli import repair
    from byway_core.cli.engines import NOTHING_RUNS
    from byway_core.cli.standing import end_keeper, standing

    if os.geteuid() == 0 and end_keeper():
        return 0
    found = asyncio.run(standing())
    if found is not None and found.kill_switch and not found.pid:
        print("no `byway up` runs, and its kill switch is on: ending it", file=sys.stderr)
        return repair.remove_everything(told)
    said = found.in_words() if found is not None else ""
    print("`byway up` does not run" + (f" here; {said}" if said else ""), file=sys.stderr)
    return NOTHING_RUNS


def _ended(engine: ControlClient, told: events.Events) -> bool:
    number = engine.hello.pid
    pid = pid_of(number)
    if _end_elsewhere(engine) if pid is None else _end(pid):
        return True
    text = say("process {pid} does not end; `byway repair` goes past it", pid=number)
    told.failed(text)
    print(f"byway down: {text}", file=sys.stderr)
    return False


def _end(pid: int) -> bool:
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        # As Ctrl-C: of SIGTERM a kill switch thinks that the session has ended.
        signal.pidfd_send_signal(process, signal.SIGINT)
        poller = select.poll()
        poller.register(process, select.POLLIN)
        return bool(poller.poll(_PATIENCE * 1000))
    except ProcessLookupError:
        return True
    finally:
        os.close(process)


def _end_elsewhere(engine: ControlClient) -> bool:
    """One in another sandbox, which ends its control socket last."""
    from byway_core.api.wire import ControlError

    try:
        engine.end(_PATIENCE)
    except (OSError, ControlError):  # TimeoutError
        return False
    return True
