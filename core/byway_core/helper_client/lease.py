"""The machine's traffic, for as long as this process's name is on the system bus.

The connection is the lease: the helper takes everything back when it ends, however it ends. And
without its channels of marked sockets an engine has nothing but what it has taken: when one of them
ends, that is as good as the helper's end.
"""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dbus_fast import DBusError, Message, MessageType, Variant

from byway_core.helper_client.handover import Handover
from byway_core.model.errors import HelperError, HelperFault
from byway_core.model.sentence import say
from byway_helper.bus import Bus
from byway_helper.contract import VERSION, Plan
from byway_helper.protocol import (
    BUS_NAME,
    ENDED,
    INTERFACE,
    PATH,
    Network,
    Option,
    Request,
    Verb,
)

_BUS = "org.freedesktop.DBus"
# Everything but Start answers within the time that the kernel needs; Start may ask a person.
ANSWER_SECONDS = 10.0
# What a message of a system bus may have.
MOST_DESCRIPTORS = 16

_FAULTS = {f"{INTERFACE}.{fault.value}": fault for fault in HelperFault}
_FAULTS |= {
    f"{_BUS}.Error.{name}": HelperFault.MISSING
    for name in ("ServiceUnknown", "NameHasNoOwner", "Spawn.ServiceNotFound", "Spawn.ExecFailed")
}
# It is there, and does not start.
_BROKEN = f"{_BUS}.Error.Spawn."


# What the helper says in English, where it always says the same.
_WORDS = {
    HelperFault.MISSING: say("the privileged helper is not there"),
    HelperFault.BUSY: say("another program has the machine's traffic already"),
    HelperFault.NOT_OWNER: say("this is for the program that has started it"),
    HelperFault.NO_AGENT: say("a password is needed, and no polkit agent could ask"),
    HelperFault.OVERLOADED: say("the helper has too many calls at once"),
}


class _Line(Bus):
    """Keeps the descriptors of replies to its own calls, and nobody else's."""

    def _process_message(self, message: Message) -> None:
        awaited = message.reply_serial in self._method_return_handlers
        super()._process_message(message)
        for descriptor in message.unix_fds if not awaited else ():
            os.close(descriptor)


class Helper:
    """One connection to the helper. Every method raises HelperError."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._helper: str | None = None  # its name on the bus, which nobody else will ever have
        self._channels: _Ends | None = None
        self._lost: Callable[[], None] | None = None

    @classmethod
    async def reached(cls) -> Helper:
        """A connection to the system bus; the helper is started by its first call."""
        try:
            bus = _Line(MOST_DESCRIPTORS)
            await bus.connect()
        except (TimeoutError, OSError, EOFError, DBusError) as error:
            raise HelperError(
                HelperFault.NO_BUS, say("no system bus: {error}", error=_words(error))
            ) from error
        return cls(bus)

    async def start(self, request: Request, lost: Callable[[], None]) -> Handover:
        """Take the machine's traffic. May wait for a person who is asked for a password. `lost`
        is called once, when the helper, the bus or a channel has gone without having been asked."""
        other = other_version((await self.status()).get("version"))
        if other is not None:
            raise other
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
        try:
            handover = _handover(reply)
        except (ValueError, LookupError, TypeError) as error:  # over our limit, for example
            for descriptor in reply.unix_fds:
                os.close(descriptor)
            raise HelperError(
                HelperFault.FAILED, say("the helper's sockets did not arrive")
            ) from error
        self._channels = _Ends(handover.channels, self._tell)
        return handover

    async def update(self, plan: Plan) -> None:
        """Other bypassed networks, for connections from now on."""
        await self._call(Verb.UPDATE, [encoded_networks(plan.bypass)])

    async def stop(self) -> None:
        """Give the machine's traffic back; `lost` is not called any more."""
        self._lost = None
        await self._call(Verb.STOP, [])

    async def repair(self) -> None:
        """Take back whatever there is, whoever has it. May ask a person."""
        await self.status()  # which a helper that hangs does not answer either, but for so long
        await self._call(Verb.REPAIR, [], seconds=None)

    async def status(self) -> Mapping[str, object]:
        """What the helper says of itself."""
        reply = await self._call(Verb.STATUS, [])
        return {name: variant.value for name, variant in reply.body[0].items()}

    def close(self) -> None:
        """End the connection, and with it the lease."""
        self._lost = None
        if self._channels is not None:
            self._channels.close()
        self._bus.disconnect()

    async def _call(
        self, verb: Verb, body: list[Any], seconds: float | None = ANSWER_SECONDS
    ) -> Message:
        if not self._bus.connected:  # the library would leave an error that nobody fetches
            raise HelperError(HelperFault.NO_BUS, say("the system bus is gone"))
        message = Message(BUS_NAME, PATH, INTERFACE, verb.member, signature=verb.takes, body=body)
        try:
            async with asyncio.timeout(seconds):
                reply = await self._bus.call(message)
        except TimeoutError as error:
            raise HelperError(HelperFault.SILENT, say("the helper does not answer")) from error
        except (OSError, EOFError) as error:
            raise HelperError(
                HelperFault.NO_BUS, say("the system bus is gone: {error}", error=_words(error))
            ) from error
        self._helper = reply.sender
        if reply.message_type is MessageType.ERROR:
            name = str(reply.error_name)
            broken = HelperFault.BROKEN if name.startswith(_BROKEN) else HelperFault.FAILED
            fault = _FAULTS.get(name, broken)
            said = str(reply.body[0]) if reply.body else name
            raise HelperError(fault, _WORDS.get(fault, said))
        return reply

    def _heard(self, message: Message) -> bool:
        if message.member == "NameOwnerChanged" and message.sender == _BUS:
            if message.body[0] == BUS_NAME and not message.body[2]:
                self._tell()
        elif message.member == ENDED and message.sender == self._helper:
            self._tell()  # somebody's `byway repair`
        return False

    def _ended(self, watch: asyncio.Future[None]) -> None:
        if not watch.cancelled():
            watch.exception()  # whatever the library could not read: the bus is gone for us
        self._tell()

    def _tell(self) -> None:
        lost, self._lost = self._lost, None
        if lost is not None:
            lost()


class _Ends:
    """Calls `ended`, once or more, when a channel has lost its other end: the helper's, or ours,
    which MarkedSockets shuts down where the helper does not answer; in whatever process it is."""

    def __init__(self, channels: Iterable[int], ended: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._copies = [os.dup(channel) for channel in channels]
        # An epoll of its own: the loop's would wake at each answer, which is not for this process.
        self._epoll = select.epoll()
        for copy in self._copies:
            self._epoll.register(copy, select.EPOLLRDHUP | select.EPOLLHUP)
        self._ended = ended
        self._loop.add_reader(self._epoll.fileno(), self._wake)

    def _wake(self) -> None:
        self.close()
        self._ended()

    def close(self) -> None:
        if self._epoll.closed:
            return
        self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()
        for copy in self._copies:
            os.close(copy)


def _handover(reply: Message) -> Handover:
    fds = reply.unix_fds
    tcp, udp, answers, channels = reply.body
    return Handover(
        tcp=tuple(tuple(fds[place] for place in each) for each in tcp),
        udp=tuple(fds[place] for place in udp),
        answers=tuple(fds[place] for place in answers),
        channels=tuple(fds[place] for place in channels),
    )


def _words(error: Exception) -> str:
    """Without the number that an OSError's text has before them."""
    return getattr(error, "strerror", None) or str(error)


def other_version(helpers: object) -> HelperError | None:
    """What is wrong where the helper's contract, as its Status has it, is not ours; None where it
    is. Asked before Start, whose arguments may be others in another version; `status` and `repair`
    are for every version."""
    if helpers == VERSION:
        return None
    older = not isinstance(helpers, int) or helpers < VERSION
    return HelperError(
        HelperFault.OLD_HELPER if older else HelperFault.OLD_BYWAY,
        say(
            "the installed helper is older than this Byway (version {theirs} of their "
            "contract, not {ours})",
            theirs=helpers,
            ours=VERSION,
        )
        if older
        else say(
            "the installed helper is newer than this Byway (version {theirs} of their "
            "contract, not {ours})",
            theirs=helpers,
            ours=VERSION,
        ),
    )


def encoded_networks(networks: Iterable[Network]) -> bytes:
    """As `byway_helper.protocol.decoded_networks` reads them."""
    return b"".join(
        bytes((each.version, each.prefixlen)) + each.network_address.packed for each in networks
    )


def encoded(request: Request) -> tuple[str, dict[str, Option]]:
    """The arguments of Start. What a plan has beyond them is the helper's own choice."""
    plan = request.plan
    return plan.mode.value, {
        "version": ("u", VERSION),
        "families": ("ay", bytes(family.value for family in plan.families)),
        "udp": ("s", plan.udp.value),
        "bypass": ("ay", encoded_networks(plan.bypass)),
        "lan": ("as", list(plan.lan)),
        "workers": ("u", request.workers),
        "kill-switch": ("b", request.kill_switch),
    }
