"""A tray that shows nothing: the watcher that icons register with, and what a panel does with one.

StatusNotifierItem and com.canonical.dbusmenu, as Plasma, GNOME's extension and Waybar speak them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from dbus_fast import Message, MessageType, NameFlag, Variant
from dbus_fast.aio import MessageBus

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
_DBUS = "org.freedesktop.DBus"
_PROPERTIES = "org.freedesktop.DBus.Properties"
DEADLINE = 40.0


class TrayHost:
    """`items` are the bus names of those that have registered and are still there."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self.items: list[str] = []
        self._stirred = asyncio.Event()
        bus.add_message_handler(self._heard)

    async def arrive(self) -> None:
        """From now on there is a tray."""
        await self._bus.request_name(WATCHER, NameFlag.NONE)

    async def leave(self) -> None:
        await self._bus.release_name(WATCHER)
        self.items.clear()

    async def item(self, besides: TrayItem | None = None) -> TrayItem:
        """The one that is there, or the other one."""
        async with asyncio.timeout(DEADLINE):
            while True:
                for name in self.items:
                    if besides is None or name != besides.name:
                        return TrayItem(self._bus, name)
                self._stirred.clear()
                await self._stirred.wait()

    async def watch(self) -> None:
        """For the end of bus names, as a panel does."""
        rule = f"type='signal',sender='{_DBUS}',member='NameOwnerChanged'"
        await self._bus.call(Message(_DBUS, "/", _DBUS, "AddMatch", signature="s", body=[rule]))

    def _heard(self, message: Message) -> Message | bool:
        if message.member == "NameOwnerChanged":
            name, _, owner = message.body
            if not owner and name in self.items:
                self.items.remove(name)
            return False
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        if message.interface == WATCHER and message.member == "RegisterStatusNotifierItem":
            if (name := _owner(message)) not in self.items:
                self.items.append(name)
            self._stirred.set()
            return Message.new_method_return(message)
        if message.member == "Get" and message.body[0] == WATCHER:
            value = {
                "IsStatusNotifierHostRegistered": Variant("b", True),
                "ProtocolVersion": Variant("i", 0),
                "RegisteredStatusNotifierItems": Variant("as", self.items),
            }[message.body[1]]
            return Message.new_method_return(message, "v", [value])
        return False


def _owner(message: Message) -> str:
    """Some register a bus name, some a path at their own."""
    name = str(message.body[0])
    return str(message.sender) if name.startswith("/") else name


@dataclass(frozen=True, slots=True)
class Entry:
    """Of a menu."""

    id: int
    text: str = ""
    enabled: bool = True
    checked: bool = False
    children: tuple[Entry, ...] = field(default=())

    def find(self, *way: str) -> Entry:
        """The entry at the end of these texts; KeyError where there is none."""
        if not way:
            return self
        below = {each.text: each for each in self.children}
        return below[way[0]].find(*way[1:])

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.children]


class TrayItem:
    def __init__(self, bus: MessageBus, name: str) -> None:
        self._bus = bus
        self.name = name

    async def look(self) -> dict[str, Any]:
        """What its icon says: `ToolTip`, `IconPixmap` and so on."""
        body = await self._call(_PROPERTIES, "GetAll", "s", ITEM)
        return {key: value.value for key, value in body[0].items()}

    async def tooltip(self) -> str:
        return str((await self.look())["ToolTip"][2])

    async def picture(self) -> object:
        """Whatever the icon is, to be compared."""
        looks = await self.look()
        return looks.get("IconName"), looks.get("IconPixmap")

    async def activate(self) -> None:
        """A click."""
        await self._call(ITEM, "Activate", "ii", 0, 0)

    async def menu(self) -> Entry:
        """As it would open."""
        path = (await self.look())["Menu"]
        with contextlib.suppress(_Refused):
            await self._call(MENU, "AboutToShow", "i", 0, path=path)
        _, root = await self._call(MENU, "GetLayout", "iias", 0, -1, [], path=path)
        return _entry(root)

    async def choose(self, *way: str) -> None:
        entry = (await self.menu()).find(*way)
        assert entry.enabled, way
        path = (await self.look())["Menu"]
        clicked = (entry.id, "clicked", Variant("s", ""), 0)
        await self._call(MENU, "Event", "isvu", *clicked, path=path)

    async def until(self, holds: Callable[[TrayItem], Any], what: str) -> None:
        """For an awaitable answer: signals tell of changes, but not of all."""
        try:
            async with asyncio.timeout(DEADLINE):
                while not await holds(self):  # noqa: ASYNC110 - it is in another process
                    await asyncio.sleep(0.01)
        except TimeoutError:
            looks, menu = await self.look(), await self.menu()
            raise AssertionError(f"not {what}: {looks.get('ToolTip')} {menu}") from None

    async def _call(
        self, interface: str, member: str, signature: str, *body: Any, path: str = ""
    ) -> list[Any]:
        message = Message(
            self.name,
            path or "/StatusNotifierItem",
            interface,
            member,
            signature=signature,
            body=list(body),
        )
        async with asyncio.timeout(DEADLINE):
            reply = await self._bus.call(message)
        if reply.message_type is not MessageType.METHOD_RETURN:
            raise _Refused(f"{member}: {reply.error_name}: {reply.body}")
        return list(reply.body)


class _Refused(AssertionError):
    """It answers with an error."""


def _entry(layout: list[Any]) -> Entry:
    number, properties, children = layout
    value = {key: each.value for key, each in properties.items()}
    below = (_entry(child.value) for child in children if _is_shown(child.value))
    return Entry(
        number,
        value.get("label", "").replace("__", "\0").replace("_", "").replace("\0", "_"),
        bool(value.get("enabled", True)),
        value.get("toggle-state", 0) == 1,
        tuple(each for each in below if each.text),
    )


def _is_shown(layout: list[Any]) -> bool:
    shown = layout[1].get("visible")
    return shown is None or bool(shown.value)


@contextlib.asynccontextmanager
async def tray_host(address: str, *, there: bool = True) -> AsyncIterator[TrayHost]:
    """On the bus of that address; `there`: from the beginning."""
    bus = await MessageBus(bus_address=address).connect()
    try:
        host = TrayHost(bus)
        await host.watch()
        if there:
            await host.arrive()
        yield host
    finally:
        bus.disconnect()
