"""What commands that host an engine share: logging, signals, the control socket, a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from typing import Any

from byway_core.api import Engine
from byway_core.api.control import ControlServer
from byway_core.api.reloading import Reloading
from byway_core.model.errors import BywayError
from byway_core.relay.selector import RelaySelector

log = logging.getLogger(__name__)


def run_hosting(main: Callable[[RelaySelector], Coroutine[Any, Any, int]]) -> int:
    """asyncio.run, on a loop that the relay carries; `main` passes the selector to `hosted`."""
    selector = RelaySelector()
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        return runner.run(main(selector))


@contextlib.asynccontextmanager
async def hosted(
    engine: Engine,
    selector: RelaySelector,
    signals: Iterable[int] = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
    reloading: Reloading | None = None,
) -> AsyncIterator[asyncio.Event]:
    """The engine on this loop, with its control socket, until the block ends. The event is set by
    one of the signals; SIGHUP too, for it is a terminal's end before it is a daemon's order."""
    logging.basicConfig(
        level=engine.profile.general.log_level.name, format="byway: %(levelname)s: %(message)s"
    )
    reloading = reloading or Reloading(engine)
    loop = asyncio.get_running_loop()
    interrupted = asyncio.Event()
    for signum in signals:
        loop.add_signal_handler(signum, interrupted.set)
    engine.start(loop, selector)
    with _control(loop, engine, reloading):  # outside: whoever follows is told what the end ends
        try:
            yield interrupted
        finally:
            try:
                await reloading.close()
            finally:
                engine.close()


def _control(
    loop: asyncio.AbstractEventLoop, engine: Engine, reloading: Reloading
) -> contextlib.AbstractContextManager[object]:
    """The control socket. Traffic does not depend on it, so neither does the engine."""
    try:
        methods = {"reload": reloading.asked}
        return contextlib.closing(ControlServer.open(loop, engine, methods))
    except (BywayError, OSError) as error:
        log.warning("`byway status` and `byway connections` will not see this engine: %s", error)
        return contextlib.nullcontext()
