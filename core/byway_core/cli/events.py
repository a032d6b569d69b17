"""What a front end wants to know of a command that it has started, as JSON lines on its output."""

from __future__ import annotations

import argparse
import contextlib
import json

from byway_core.model.errors import HelperFault
from byway_core.model.sentence import with_parts

HELP = "say what happens on standard output, a JSON object a line, for a front end"


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--events", action="store_true", help=HELP)


def register_for_engine(parser: argparse.ArgumentParser) -> None:
    """The same, and what a front end wishes of an engine from the start."""
    register(parser)
    parser.add_argument(
        "--everything",
        metavar="TARGET",
        default="",
        help="send all connections to this target, whatever the rules say",
    )


class Events:
    """`in-force`, `failed` and `lost`, the last two with `text` and maybe the helper's `fault`. As
    on the control socket, `parts` has what a sentence was made of."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted

    def ended_by(self, how: str) -> str:
        """How it is ended, behind a line for people; that it is up to a front end, where there is
        one that shows the line, nobody need read."""
        return "" if self._wanted else f"; {how} ends it"

    def failed(self, text: str, fault: HelperFault | None = None) -> None:
        """It has come to nothing."""
        named = {} if fault is None else {"fault": fault.value}
        self.say("failed", text=text, **named)

    def say(self, event: str, **more: str) -> None:
        if self._wanted:
            with contextlib.suppress(OSError):  # whoever wanted to know has gone
                print(json.dumps(with_parts({"event": event, **more})), flush=True)
