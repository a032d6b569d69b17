"""`byway close`: end connections."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byway_core.api.client import ControlClient


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "close",
        help="end a connection",
        description="Ends connections; their programs see a reset. The ids are those of "
        "`byway connections`. Exit status 1 if one of them could not be ended.",
    )
    parser.add_argument("ids", metavar="ID", nargs="+", help="a connection's id, such as 4711.12")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """End them all; 1 where one was not there, which is said."""
    from byway_core.cli.engines import running_engines
    from byway_core.cli.terminal import printable

    failed = False
    with running_engines(quiet=True) as engines:
        by_pid = {engine.hello.pid: engine for engine in engines}
        for flow_id in args.ids:
            problem = _close(by_pid, flow_id)
            if problem:
                print(f"byway close: {printable(problem)}", file=sys.stderr)
                failed = True
    return 1 if failed else 0


def _close(engines: Mapping[int, ControlClient], flow_id: str) -> str:
    """ "" when it is closed, else why it is not."""
    from byway_core.model.errors import BywayError

    pid, point, number = flow_id.partition(".")
    if not (point and _is_number(pid) and _is_number(number)):
        return f"{flow_id} is no connection's id; `byway connections` shows them (4711.12)"
    engine = engines.get(int(pid))
    if engine is None:
        return f"{flow_id}: no engine of yours has the process id {pid}"
    try:
        if engine.close_flow(flow_id):
            return ""
    except (BywayError, OSError) as error:
        return f"{flow_id}: {error}"
    return f"{flow_id} is not there (any more)"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20
