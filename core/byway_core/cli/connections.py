"""`byway connections`: what went where, by which rule, and how it ended."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from byway_core.api.client import ControlClient, Lost
    from byway_core.model.events import FlowEvent
    from byway_core.model.flow import FlowSnapshot


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "connections",
        help="what went where, and why",
        description="Lists the live connections of your running engines: since when, of which "
        "application (as far as that can be known), from which program or port, to where (and how "
        "the name was learned), by which action and rule, in which state, how many bytes, and why "
        "it ended. Exit status 3 if no engine runs.",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--closed", action="store_true", help="ended connections instead")
    which.add_argument("--all", action="store_true", help="ended connections too")
    parser.add_argument("--limit", type=_count, metavar="N", help="only the last N")
    parser.add_argument(
        "--follow", action="store_true", help="go on with a line for each that opens or closes"
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line, with everything known"
    )
    parser.set_defaults(run=run, usage_error=parser.error)


def run(args: argparse.Namespace) -> int:
    """List, or follow until interrupted or the last engine has ended; 3 where none runs."""
    from byway_core.cli.engines import NOTHING_RUNS, running_engines

    if args.follow and args.limit is not None:
        args.usage_error("--limit is for lists; --follow has no end")
    with running_engines() as engines:
        if not engines:
            return NOTHING_RUNS
        if args.follow:
            from byway_core.cli.following import follow

            follow(engines, Printer(args))
        else:
            _list(engines, args)
    return 0


def _list(engines: tuple[ControlClient, ...], args: argparse.Namespace) -> None:
    from byway_core.model.errors import BywayError

    flows: list[FlowSnapshot] = []
    for engine in engines:
        try:
            flows += engine.connections(
                live=not args.closed, closed=args.closed or args.all, limit=args.limit
            )
        except (BywayError, OSError) as error:
            print(f"byway: process {engine.hello.pid}: {error}", file=sys.stderr)
    flows.sort(key=lambda flow: flow.opened)
    if args.limit is not None:
        flows = flows[len(flows) - min(args.limit, len(flows)) :]
    Printer(args).print_all(flows)
    if not (flows or args.closed or args.all or args.json):
        print("none is live; `byway connections --all` has those that have ended", file=sys.stderr)


class Printer:
    """Flows and events as lines on stdout."""

    # While following, later rows are not known yet: widths that most rows fit.
    _FOLLOWED = (1, 8, 10, 15, 15, 40, 8, 4, 10, 7, 7, 0)

    def __init__(self, args: argparse.Namespace) -> None:
        self._json = args.json
        self._only_ended = args.closed

    def print_all(self, flows: list[FlowSnapshot]) -> None:
        from byway_core.cli.terminal import row, widths

        if self._json:
            for flow in flows:
                print(_json(flow))
            return
        rows = [_HEAD[1:], *(_cells(flow) for flow in flows)]
        columns = widths(rows)
        for cells in rows:
            print(row(cells, columns, right=(8, 9)))

    def print_head(self) -> None:
        """Above the events."""
        from byway_core.cli.terminal import row

        if not self._json:
            print(row(_HEAD, self._FOLLOWED, right=(9, 10)), flush=True)

    def print_event(self, event: FlowEvent | Lost) -> None:
        """At once, also into a pipe. Byte counts that have changed are for programs alone."""
        from byway_core.api.client import Lost
        from byway_core.cli.terminal import row
        from byway_core.model.events import EventKind

        if isinstance(event, Lost):
            if self._json:
                print(json.dumps({"event": "lost", "count": event.count}), flush=True)
            else:
                print(f"! {event.count} events were lost: too many to show", flush=True)
        elif self._only_ended and event.kind is not EventKind.CLOSED:
            return
        elif self._json:
            print(_json(event.flow, event=event.kind.value), flush=True)
        elif event.kind is not EventKind.UPDATED:
            mark = "+" if event.kind is EventKind.OPENED else "-"
            print(row([mark, *_cells(event.flow)], self._FOLLOWED, right=(9, 10)), flush=True)


# A command line can be pages long; its beginning tells which it is.
_PROGRAM = 24
_HEAD = ["", "TIME", "ID", "APPLICATION", "FROM", "TO", "BY", "RULE", "STATE", "UP", "DOWN"]
_HEAD += ["WHY IT ENDED"]


def _cells(flow: FlowSnapshot) -> list[str]:
    from byway_core.cli.terminal import clock, endpoint, printable, shortened, size

    to = endpoint(flow.host or flow.address, flow.port)
    if flow.host_source.value:
        to += f" ({flow.host_source.value})"
    if flow.network.value != "tcp":
        to += f"/{flow.network.value}"
    rule = "" if not flow.action else "-" if flow.rule_index is None else f"#{flow.rule_index + 1}"
    return [
        clock(flow.opened),
        flow.id,
        shortened(printable(_application(flow)), _PROGRAM),
        shortened(printable(flow.program), _PROGRAM) or endpoint(flow.source, flow.source_port),
        printable(to),
        printable(f"{flow.action} → {flow.member}" if flow.member else flow.action),
        rule,
        flow.state.value,
        size(flow.up),
        size(flow.down),
        printable(flow.reason),
    ]


def _application(flow: FlowSnapshot) -> str:
    """Its process as PROCESS-NAME has it; whose it is, where only that is known."""
    from byway_core.rules.suggestion import program_of

    if flow.process is None:
        return "?"
    return program_of(flow.process) or f"user {flow.process.uid}"


def _json(flow: FlowSnapshot, **more: Any) -> str:
    from byway_core.api.wire import flow_to_json

    return json.dumps({**more, **flow_to_json(flow)})


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text} is no number of connections")
    return int(text)
