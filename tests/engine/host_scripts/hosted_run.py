"""`byway run` without the command line: one program under the rules, on any loop.

Run as a program, `python hosted_run.py HOST PROFILE LEDGER PROGRAM…`, because a namespace is
started before there are threads or loops. HOST is how the engine is hosted:

    asyncio    the standard library's loop, with the relay on it by one descriptor
    selector   the same loop carried by the relay, as the commands have it
    qasync     Qt's loop, with the relay on it by one descriptor, as the desktop app has it

At the end the ledger is written to the file LEDGER, one flow a line. The exit status is PROGRAM's.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from byway_core.api import Engine, Identity, Kind
from byway_core.api.profiles import read_profile, reveal_passwords
from byway_core.api.wire import flow_to_json
from byway_core.intercept.namespace import Finished, NamespaceRun, NotExecuted, Preparation
from byway_core.relay.selector import RelaySelector


@contextmanager
def host(kind: str) -> Iterator[tuple[asyncio.AbstractEventLoop, RelaySelector | None]]:
    """The loop, and its selector where the relay carries it."""
    if kind == "qasync":
        import qasync
        from PySide6.QtWidgets import QApplication

        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        application = QApplication([])
        with qasync.QEventLoop(application) as loop:
            yield loop, None
        application.shutdown()
        return
    selector = RelaySelector() if kind == "selector" else None
    loop = asyncio.SelectorEventLoop(selector)
    try:
        yield loop, selector
    finally:
        loop.close()


def serve(
    loop: asyncio.AbstractEventLoop,
    selector: RelaySelector | None,
    engine: Engine,
    space: NamespaceRun,
) -> int:
    """The program's exit status, when nothing is left of it."""
    ended = loop.create_future()

    def look() -> None:
        for event in space.poll():
            match event:
                case NotExecuted(_, sentence):
                    print(sentence, file=sys.stderr)
                case Finished(status):
                    ended.set_result(status)

    engine.start(loop, selector)
    engine.intercept(space.interception)
    loop.add_reader(space.fileno(), look)
    space.release()
    status: int = loop.run_until_complete(ended)
    loop.remove_reader(space.fileno())
    return status


def main(kind: str, profile_path: str, ledger_path: str, argv: list[str]) -> int:
    space = Preparation(argv, workers=1).complete()
    profile = read_profile(Path(profile_path))
    engine = Engine(
        profile.value, reveal_passwords(profile), Identity(Kind.RUN, profile_path, argv[0])
    )
    with host(kind) as (loop, selector):
        status = serve(loop, selector, engine, space)
        engine.close()
    space.close()
    with open(ledger_path, "w") as file:
        for flow in engine.ledger.snapshots():
            print(json.dumps(flow_to_json(flow)), file=file)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
