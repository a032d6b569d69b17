"""The machine's traffic, for as long as this process's name is on the system bus.

The connection is the lease: the helper takes everything back when it ends, however it ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from dbus_fast import BusType, DBusError, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from byway_core.helper_client.handover import Handover
from byway_core.model.errors import HelperError, HelperFault
from byway_helper.contract import Plan
from byway_helper.protocol import (
    BUS_NAME,
    ENDED,
    INTERFACE,
    PATH,
    Option,
    Request,
    Verb,
    encoded_networks,
)

_BUS = "org.freedesktop.DBus"
# Everything but Start answers within the time that the kernel needs; Start may ask a person.
ANSWER_SECONDS = 10.0

_FAULTS = {f"{INTERFACE}.{fault.value}": fault for fault in HelperFault}
_FAULTS |= {
    f"{_BUS}.Error.{name}": HelperFault.MISSING
    for name in ("ServiceUnknown", "NameHasNoOwner", "Spawn.ServiceNotFound", "Spawn.ExecFailed")
}


class Helper:
    """One connection to the helper. Every method raises HelperError."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self._lost: Callable[[], None] | None = None

    @classmethod
    async def reached(cls) -> Helper:
        """A connection to the system bus; the helper is started by its first call."""
        try:
            bus = await MessageBus(bus_type=BusType.SYSTEM, negotiate_unix_fd=True).connect()
        except (TimeoutError, OSError, DBusError) as error:
            raise HelperError(HelperFault.NO_BUS, f"no system bus: {error}") from error
        return cls(bus)

    async def start(self, request: Request, lost: Callable[[], None]) -> Handover:
        """Take the machine's traffic. May wait for a person who is asked for a password. `lost`
        is called once, when the helper or the bus has gone without having been asked to."""
        rule = f"type='signal',sender='{_BUS}',member='NameOwnerChanged',arg0='{BUS_NAME}'"
        await self._bus.call(Message(_BUS, "/", _BUS, "AddMatch", signature="s", body=[rule]))
        mode, options = encoded(request)
        variants = {name: Variant(*option) for name, option in options.items()}
        # Before the call: what ends right after its answer is in the same breath of the bus.
        self._lost = lost
        self._bus.add_message_handler(self._heard)
        disconnected = self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
        self._watch = asyncio.ensure_future(disconnected)  # noqa: TID251 - the bus's own future
        self._watch.add_done_callback(self._ended)
        reply = await self._call(Verb.START, [mode, variants], seconds=None)
        fds = reply.unix_fds
        tcp, udp, answers, channels = reply.body
        return Handover(
            tcp=tuple(tuple(fds[place] for place in each) for each in tcp),
            udp=tuple(fds[place] for place in udp),
            answers=tuple(fds[place] for place in answers),
            channels=tuple(fds[place] for place in channels),
        )

    async def update(self, plan: Plan) -> None:
        """Other bypassed networks, for connections from now on."""
        await self._call(Verb.UPDATE, [encoded_networks(plan.bypass)])

    async def stop(self) -> None:
        """Give the machine's traffic back; `lost` is not called any more."""
        self._lost = None
        await self._call(Verb.STOP, [])

    async def repair(self) -> None:
        """Take back whatever there is, whoever has it. May ask a person."""
        await self._call(Verb.REPAIR, [], seconds=None)

    async def status(self) -> Mapping[str, object]:
        """What the helper says of itself."""
        reply = await self._call(Verb.STATUS, [])
        return {name: variant.value for name, variant in reply.body[0].items()}

    def close(self) -> None:
        """End the connection, and with it the lease."""
        self._lost = None
        self._bus.disconnect()

    async def _call(
        self, verb: Verb, body: list[Any], seconds: float | None = ANSWER_SECONDS
    ) -> Message:
        message = Message(BUS_NAME, PATH, INTERFACE, verb.member, signature=verb.takes, body=body)
        try:
            async with asyncio.timeout(seconds):
                reply = await self._bus.call(message)
        except TimeoutError as error:
            raise HelperError(HelperFault.FAILED, "the helper does not answer") from error
        except (OSError, EOFError) as error:
            raise HelperError(HelperFault.NO_BUS, f"the system bus is gone: {error}") from error
        if reply.message_type is MessageType.ERROR:
            fault = _FAULTS.get(str(reply.error_name), HelperFault.FAILED)
            raise HelperError(fault, str(reply.body[0]) if reply.body else str(reply.error_name))
        return reply

    def _heard(self, message: Message) -> bool:
        if message.member == "NameOwnerChanged" and message.sender == _BUS:
            if message.body[0] == BUS_NAME and not message.body[2]:
                self._tell()
        elif message.member == ENDED and message.interface == INTERFACE:
            self._tell()  # somebody's `byway repair`; from whomever: to believe it costs little
        return False

    def _ended(self, watch: asyncio.Future[None]) -> None:
        if not watch.cancelled():
            watch.exception()  # whatever the library could not read: the bus is gone for us
        self._tell()

    def _tell(self) -> None:
        lost, self._lost = self._lost, None
        if lost is not None:
            lost()


def encoded(request: Request) -> tuple[str, dict[str, Option]]:
    """The arguments of Start. What a plan has beyond them is the helper's own choice."""
    plan = request.plan
    return plan.mode.value, {
        "version": ("u", plan.version),
        "families": ("ay", bytes(family.value for family in plan.families)),
        "udp": ("s", plan.udp.value),
        "bypass": ("ay", encoded_networks(plan.bypass)),
        "lan": ("as", list(plan.lan)),
        "workers": ("u", request.workers),
        "kill-switch": ("b", request.kill_switch),
    }
