"""Private system buses, each in the folder that is given."""

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
    {policy}
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
  </policy>
  {rest}
</busconfig>
"""
_ANYBODY = '<allow own="*"/><allow send_destination="*"/>'


@contextlib.asynccontextmanager
async def bus_daemon(
    folder: Path, policy: str, rest: str
) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A bus in this folder, with this in its default policy and in its configuration;
    DBUS_SYSTEM_BUS_ADDRESS is set meanwhile."""
    config = folder / "bus.conf"
    config.write_text(_CONFIG.format(folder=folder, policy=policy, rest=rest))
    command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--nosyslog"]
    before = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={folder}/bus"
    daemon = subprocess.Popen(  # noqa: ASYNC220 - a stage for one test
        [*command, "--print-address"], stdout=subprocess.PIPE
    )
    try:
        assert daemon.stdout is not None
        assert await asyncio.to_thread(daemon.stdout.readline)
        yield daemon
    finally:
        daemon.kill()
        daemon.wait()
        assert daemon.stdout is not None
        daemon.stdout.close()
        if before is None:
            del os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
        else:
            os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = before


@contextlib.asynccontextmanager
async def system_bus(folder: Path) -> AsyncIterator[MessageBus]:
    """A connection to a bus on which anybody may have any name."""
    services = folder / "services"
    services.mkdir(exist_ok=True)
    async with bus_daemon(folder, _ANYBODY, f"<servicedir>{services}</servicedir>"):
        bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        try:
            yield bus
        finally:
            bus.disconnect()


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
