"""What commands that host an engine share: logging, signals, the control socket, a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from typing import Any

from byway_core.api import Engine
from byway_core.api.control import ControlServer
from byway_core.api.conversation import Method
from byway_core.api.reloading import Reloading
from byway_core.api.wire import ControlError, ErrorCode
from byway_core.model.errors import BywayError
from byway_core.model.sentence import say
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
    signals: Collection[int] = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
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
    # Outside: whoever follows is told what the end ends.
    with _control(loop, engine, reloading, signals=bool(signals)):
        try:
            yield interrupted
        finally:
            try:
                await reloading.close()
            finally:
                engine.close()


def _control(
    loop: asyncio.AbstractEventLoop, engine: Engine, reloading: Reloading, *, signals: bool
) -> contextlib.AbstractContextManager[object]:
    """The control socket. Traffic does not depend on it, so neither does the engine."""
    try:
        methods: dict[str, Method] = {"reload": reloading.asked}
        if signals:
            methods["signal"] = _signalled
        return contextlib.closing(ControlServer.open(loop, engine, methods))
    except (BywayError, OSError) as error:
        log.warning("`byway status` and `byway connections` will not see this engine: %s", error)
        return contextlib.nullcontext()


# What ends an engine, for those who cannot send it a signal: a process of another Flatpak's sandbox
# has no process id for this one. The control socket asks for no more than kill(2) would.
_SIGNALS = {each.name: each for each in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)}


def _signalled(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The control socket's method "signal"."""
    wanted = _SIGNALS.get(str(params.get("name")))
    if wanted is None:
        names = ", ".join(_SIGNALS)
        raise ControlError(
            ErrorCode.BAD_PARAMS.value,
            say('"{name}" must be {expected}', name="name", expected=names),
        )
    signal.raise_signal(wanted)
    return {}
