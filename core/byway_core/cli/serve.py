"""`byway serve`: only the local proxy port, for programs that do obey proxy settings."""

from __future__ import annotations

import argparse
import sys

from byway_core.cli import events


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "serve",
        help="open the local SOCKS and HTTP port, and nothing else",
        description="Opens the profile's general.mixed_port on loopback and sends what comes "
        "there where the rules say, until Ctrl-C. `byway env` prints the variables that point "
        "programs to it.",
    )
    parser.add_argument("--profile", metavar="FILE", help="the profile (default: your own)")
    events.register_for_engine(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted; 1 where the profile or the port forbids it."""
    from byway_core.api import Engine, Identity, Kind, default_workers
    from byway_core.cli.hosting import hosted, run_hosting
    from byway_core.cli.profile import opened_with_port
    from byway_core.model.errors import BywayError
    from byway_core.relay.selector import RelaySelector

    told = events.Events(wanted=args.events)
    found = opened_with_port(args.profile, args.everything, told.failed)
    if found is None:
        return 1
    profile, port = found
    engine = Engine(
        profile.value,
        profile.passwords,
        Identity(Kind.SERVE, str(profile.path)),
        workers=default_workers(profile.value),
    )

    engine.everything = args.everything

    async def serve(selector: RelaySelector) -> int:
        async with hosted(engine, selector) as interrupted:
            try:
                engine.open_mixed_port(port)
            except (BywayError, OSError) as error:
                text = getattr(error, "strerror", None) or str(error)  # not "[Errno 98] port …"
                told.failed(text)
                print(f"byway serve: {text}", file=sys.stderr)
                return 1
            end = told.ended_by("Ctrl-C")
            print(f"serving SOCKS and HTTP on 127.0.0.1:{port}{end}", file=sys.stderr)
            told.say("in-force")
            await interrupted.wait()
        return 0

    return run_hosting(serve)
