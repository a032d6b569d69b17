"""The names on the system bus, and NetworkManager's word on the network; asks for nothing that a
password would be needed for, and starts nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from dbus_fast import BusType, DBusError, Message, MessageType
from dbus_fast.aio import MessageBus

from byway_core.coexistence.facts import NETWORK_MANAGER, Bus

_BUS = "org.freedesktop.DBus"
_PROPERTIES = "org.freedesktop.DBus.Properties"


async def look(seconds: float) -> Bus | None:
    """None where there is no system bus, or it does not answer in so many seconds."""
    bus: MessageBus | None = None
    try:
        async with asyncio.timeout(seconds):
            bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
            owned = await _names(bus, "ListNames")
            activatable = await _names(bus, "ListActivatableNames")
            return Bus(owned, activatable, await _connectivity(bus, owned))
    except (TimeoutError, OSError, EOFError, ValueError, DBusError):
        # ValueError: an address in the environment that is none.
        return None
    finally:
        if bus is not None:
            bus.disconnect()


async def owner(name: str, seconds: float) -> int | None:
    """The process id behind a name of the bus, as the bus knows it; None where it does not."""
    bus: MessageBus | None = None
    try:
        async with asyncio.timeout(seconds):
            bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
            found = await _asked(bus, _BUS, "/", _BUS, "GetConnectionUnixProcessID", [name])
            return found if isinstance(found, int) else None
    except (TimeoutError, OSError, EOFError, ValueError, DBusError):
        return None
    finally:
        if bus is not None:
            bus.disconnect()


async def _names(bus: MessageBus, member: str) -> frozenset[str]:
    found = await _asked(bus, _BUS, "/", _BUS, member, [])
    return frozenset(found) if isinstance(found, list) else frozenset()


async def _connectivity(bus: MessageBus, owned: frozenset[str]) -> int:
    if NETWORK_MANAGER not in owned:
        return 0
    place, words = "/org/freedesktop/NetworkManager", [NETWORK_MANAGER, "Connectivity"]
    try:
        async with asyncio.timeout(0.3):  # it may be busy; the rest does not depend on it
            found = await _asked(bus, NETWORK_MANAGER, place, _PROPERTIES, "Get", words)
    except TimeoutError:
        return 0
    value = getattr(found, "value", 0)
    return value if isinstance(value, int) else 0


async def _asked(
    bus: MessageBus, name: str, path: str, interface: str, member: str, words: Sequence[str]
) -> object:
    message = Message(name, path, interface, member, signature="s" * len(words), body=list(words))
    reply = await bus.call(message)
    return reply.body[0] if reply.message_type is MessageType.METHOD_RETURN else None
