"""The service, as D-Bus starts it. `--clean-up` removes what a dead one may have left, but for a
kill switch; `--repair` that too, for a root without a bus."""

import asyncio
import logging
import signal
import sys

from dbus_fast import NameFlag, RequestNameReply

from byway_helper.apply import clean_up
from byway_helper.bus import Bus
from byway_helper.contract import Mode, Plan
from byway_helper.protocol import BUS_NAME
from byway_helper.service import Service


async def serve() -> int:
    """Until nobody needs it, the bus is gone, or SIGTERM."""
    bus = Bus()
    await bus.connect()
    ended = asyncio.Event()
    service = Service(bus, ended.set)
    await service.start()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, ended.set)
    flags = NameFlag.DO_NOT_QUEUE
    if await bus.request_name(BUS_NAME, flags) is not RequestNameReply.PRIMARY_OWNER:
        logging.error("another helper runs")
        return 1
    sys.setswitchinterval(0.0005)  # how long the loop may keep a channel's thread waiting
    gone = loop.create_task(bus.wait_for_disconnect())  # type: ignore[no-untyped-call]
    await asyncio.wait((gone, loop.create_task(ended.wait())), return_when=asyncio.FIRST_COMPLETED)
    if gone.done():
        logging.info("the bus is gone: %s", gone.exception() or "closed")
    await service.close()
    return 0


def main() -> int:
    logging.basicConfig(format="byway-helper: %(message)s", level=logging.INFO)
    if sys.argv[1:] in (["--clean-up"], ["--repair"]):
        clean_up(Plan(Mode.GLOBAL), keep_guard=sys.argv[1] == "--clean-up")
        return 0
    return asyncio.run(serve())


if __name__ == "__main__":
    sys.exit(main())
