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
from byway_core.model.errors import BywayError
from byway_core.model.profile import LogLevel
from byway_core.relay.selector import RelaySelector

log = logging.getLogger(__name__)

_LEVELS = {
    LogLevel.DEBUG: logging.DEBUG,
    LogLevel.INFO: logging.INFO,
    LogLevel.WARNING: logging.WARNING,
    LogLevel.ERROR: logging.ERROR,
}


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
) -> AsyncIterator[asyncio.Event]:
    """The engine on this loop, with its control socket, until the block ends. The event is set by
    one of the signals."""
    logging.basicConfig(
        level=_LEVELS[engine.profile.general.log_level], format="byway: %(levelname)s: %(message)s"
    )
    loop = asyncio.get_running_loop()
    interrupted = asyncio.Event()
    for signum in signals:
        loop.add_signal_handler(signum, interrupted.set)
    engine.start(loop, selector)
    with _control(loop, engine):  # outside: whoever follows is told what the end ends
        try:
            yield interrupted
        finally:
            engine.close()


def _control(
    loop: asyncio.AbstractEventLoop, engine: Engine
) -> contextlib.AbstractContextManager[object]:
    """The control socket. Traffic does not depend on it, so neither does the engine."""
    try:
        return contextlib.closing(ControlServer.open(loop, engine))
    except (BywayError, OSError) as error:
        log.warning("`byway status` and `byway connections` will not see this engine: %s", error)
        return contextlib.nullcontext()
