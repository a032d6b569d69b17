"""Following several engines at a time until the last has ended."""

from __future__ import annotations

import selectors
import sys
from typing import TYPE_CHECKING

from byway_core.model.errors import BywayError

if TYPE_CHECKING:
    from byway_core.api.client import ControlClient
    from byway_core.cli.connections import Printer


def follow(engines: tuple[ControlClient, ...], printer: Printer) -> None:
    """Print what lives, then what happens. An engine that ends is said on stderr."""
    printer.print_head()
    with selectors.DefaultSelector() as selector:
        for engine in engines:
            try:
                engine.follow(live=True)
            except (BywayError, OSError) as error:
                print(f"byway: process {engine.hello.pid}: {error}", file=sys.stderr)
                continue
            if _show(engine, printer):  # what came together with the answer
                selector.register(engine, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                engine = key.fileobj  # type: ignore[assignment]  # we registered no other kind
                if not _show(engine, printer):
                    selector.unregister(engine)


def _show(engine: ControlClient, printer: Printer) -> bool:
    """Print what has arrived; False when that was all there will be."""
    try:
        for event in engine.events():
            printer.print_event(event)
    except BrokenPipeError:
        raise  # not the engine's end, but our reader's
    except ConnectionError:
        print(f"byway: process {engine.hello.pid} has ended", file=sys.stderr)
        return False
    except BywayError as error:
        print(f"byway: process {engine.hello.pid}: {error}", file=sys.stderr)
        return False
    return True
