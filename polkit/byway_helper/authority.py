"""May this caller do that? polkit decides, and asks its user where its policy says so.

The subject is the caller's name on the bus and never a process id, which may be another process's
by the time polkit looks.
"""

import asyncio
import itertools
from typing import Any

from dbus_fast import Message, MessageType, Variant

from byway_helper.bus import Bus
from byway_helper.protocol import Action, Fault, RefusedError

_POLKIT = "org.freedesktop.PolicyKit1"
_PATH = "/org/freedesktop/PolicyKit1/Authority"
_AUTHORITY = "org.freedesktop.PolicyKit1.Authority"
_MAY_ASK_THE_USER = 1  # CheckAuthorizationFlags
_SECONDS = 120.0  # for a user to answer
_numbers = itertools.count(1)


async def ask(bus: Bus, caller: str, action: Action) -> None:
    """Returns where the answer is yes; else RefusedError says which no it is. Cancelled, or late,
    it closes the user's dialog."""
    this = f"byway-{next(_numbers)}"
    subject = ["system-bus-name", {"name": Variant("s", caller)}]
    try:
        async with asyncio.timeout(_SECONDS):
            body: tuple[Any, ...] = (subject, action.value, {}, _MAY_ASK_THE_USER, this)
            reply = await bus.call(_call("CheckAuthorization", "(sa{sv})sa{ss}us", *body))
    except (TimeoutError, asyncio.CancelledError) as error:
        bus.send(_call("CancelCheckAuthorization", "s", this))
        if isinstance(error, TimeoutError):
            raise RefusedError(Fault.DISMISSED, "nobody has answered the question") from None
        raise
    if reply.message_type is MessageType.ERROR:
        raise RefusedError(Fault.DENIED, f"polkit gave no answer: {reply.body}")
    allowed, challenge, details = reply.body[0]
    if allowed:
        return
    if details.get("polkit.dismissed"):
        raise RefusedError(Fault.DISMISSED, "the question for a password was dismissed")
    if challenge:
        raise RefusedError(Fault.NO_AGENT, "a password is needed, and no polkit agent could ask")
    raise RefusedError(Fault.DENIED, f"polkit does not allow {action.value}")


def _call(member: str, signature: str, *body: Any) -> Message:
    return Message(_POLKIT, _PATH, _AUTHORITY, member, signature=signature, body=[*body])
