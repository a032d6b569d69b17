"""A private system bus on which anybody may have any name, in the folder that is given."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

from dbus_fast import BusType, Message, MessageType, NameFlag, Variant
from dbus_fast.aio import MessageBus

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_type="method_call"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
  </policy>
  <servicedir>{folder}/services</servicedir>
</busconfig>
"""


@contextlib.asynccontextmanager
async def system_bus(folder: Path) -> AsyncIterator[MessageBus]:
    """A connection to it; DBUS_SYSTEM_BUS_ADDRESS is set meanwhile."""
    config = folder / "bus.conf"
    config.write_text(_CONFIG.format(folder=folder))
    (folder / "services").mkdir(exist_ok=True)
    command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--nosyslog"]
    before = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={folder}/bus"
    daemon = subprocess.Popen(  # noqa: ASYNC220 - a stage for one test
        [*command, "--print-address"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert daemon.stdout is not None
        assert await asyncio.to_thread(daemon.stdout.readline)
        bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        try:
            yield bus
        finally:
            bus.disconnect()
    finally:
        daemon.kill()
        daemon.wait()
        assert daemon.stdout is not None
        daemon.stdout.close()
        if before is None:
            del os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
        else:
            os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = before


async def owns(bus: MessageBus, *names: str) -> None:
    for name in names:
        await bus.request_name(name, NameFlag.NONE)


def says_connectivity(bus: MessageBus, value: object | None) -> None:
    """Answer as NetworkManager does for its property; None: never answer."""

    def heard(message: Message) -> Message | bool:
        if message.message_type is MessageType.METHOD_CALL and message.member == "Get":
            assert message.body == ["org.freedesktop.NetworkManager", "Connectivity"]
            if value is None:
                return True
            variant = Variant("s" if isinstance(value, str) else "u", value)
            return Message.new_method_return(message, "v", [variant])
        return False

    bus.add_message_handler(heard)
