"""Following several engines, also those that start meanwhile, until the last has ended."""

from __future__ import annotations

import contextlib
import selectors
import sys
import time
from typing import TYPE_CHECKING

from byway_core.api.client import find_engines
from byway_core.config.paths import runtime_dir
from byway_core.model.errors import BywayError

if TYPE_CHECKING:
    from byway_core.api.client import ControlClient
    from byway_core.cli.connections import Printer

# Seconds between looks for engines that have started since.
LOOK_AGAIN = 0.5


def follow(engines: tuple[ControlClient, ...], printer: Printer) -> None:
    """Print what lives, then what happens. An engine that ends is said on stderr."""
    printer.print_head()
    with (
        selectors.DefaultSelector() as selector,
        contextlib.closing(_Following(selector, printer)) as following,
    ):
        for engine in engines:
            following.add(engine)
        while selector.get_map():
            for key, _ in selector.select(LOOK_AGAIN):
                following.show(key.fileobj)  # type: ignore[arg-type]  # we registered no other kind
            following.look_for_more()


class _Following:
    def __init__(self, selector: selectors.BaseSelector, printer: Printer) -> None:
        self._selector = selector
        self._printer = printer
        self._folder = runtime_dir()
        self._known: set[str] = set()
        self._own: list[ControlClient] = []  # found here, and to be closed here
        self._looked = time.monotonic()

    def add(self, engine: ControlClient) -> None:
        self._known.add(str(engine.hello.pid))
        self._selector.register(engine, selectors.EVENT_READ)
        try:
            engine.follow(live=True)
        except (BywayError, OSError) as error:
            self._drop(engine, f": {error}")
        else:
            self.show(engine)  # what came together with the answer

    def look_for_more(self) -> None:
        """Add the engines that are new, if it is time to look. One that does not answer is not
        asked again."""
        if time.monotonic() < self._looked + LOOK_AGAIN:
            return
        self._looked = time.monotonic()
        found = find_engines(self._folder, timeout=LOOK_AGAIN, known=self._known)
        self._known.update(map(str, found.silent))
        self._own += found.engines
        for engine in found.engines:
            self.add(engine)

    def show(self, engine: ControlClient) -> None:
        """Print what has arrived."""
        try:
            for event in engine.events():
                self._printer.print_event(event)
        except BrokenPipeError:
            raise  # not the engine's end, but our reader's
        except ConnectionError:
            self._known.discard(str(engine.hello.pid))  # the number may come again
            self._drop(engine, " has ended")
        except BywayError as error:
            self._drop(engine, f": {error}")

    def close(self) -> None:
        for engine in self._own:
            engine.close()

    def _drop(self, engine: ControlClient, why: str) -> None:
        print(f"byway: process {engine.hello.pid}{why}", file=sys.stderr)
        self._selector.unregister(engine)
