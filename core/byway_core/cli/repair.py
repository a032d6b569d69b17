"""`byway repair`: whatever has happened, the machine's network as if Byway were not there."""

from __future__ import annotations

import argparse
import os
import sys

from byway_core.cli import events


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "repair",
        help="remove everything of Byway's from the machine's network",
        description="Removes rules, routes and the kill switch, whoever has them and whatever has "
        "become of that. Live connections through Byway end.",
    )
    events.register(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 once nothing is left."""
    return remove_everything(events.Events(wanted=args.events))


def remove_everything(told: events.Events) -> int:
    """0 once nothing is left."""
    import asyncio

    from byway_core.cli.agent import terminal_agent
    from byway_core.cli.helper_words import advice
    from byway_core.cli.standing import cleaned_by_root, end_helper
    from byway_core.helper_client.lease import Helper
    from byway_core.model.errors import HelperError, HelperFault

    async def repair() -> None:
        helper = await Helper.reached()
        try:
            await helper.repair()
        finally:
            helper.close()

    try:
        with terminal_agent():
            asyncio.run(repair())
    except HelperError as error:
        if os.geteuid() != 0:
            told.failed(str(error), error.fault)
            print(f"byway repair: {error}{advice(error.fault)}", file=sys.stderr)
            return 1
        print(f"byway repair: {error}; going on without it", file=sys.stderr)
        if error.fault is HelperFault.SILENT:
            asyncio.run(end_helper())
        if not cleaned_by_root():
            return 1
    print("nothing of Byway's is left in the machine's network", file=sys.stderr)
    return 0
