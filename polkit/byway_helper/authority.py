"""May this caller do that? polkit decides, and asks its user where its policy says so.

The subject is the caller's name on the bus and never a process id, which may be another process's
by the time polkit looks.
"""

from __future__ import annotations

import itertools

from dbus_fast import Message, MessageType, Variant

from byway_helper.bus import Bus
from byway_helper.protocol import Action, Fault, RefusedError

_POLKIT = "org.freedesktop.PolicyKit1"
_PATH = "/org/freedesktop/PolicyKit1/Authority"
_AUTHORITY = "org.freedesktop.PolicyKit1.Authority"
_MAY_ASK_THE_USER = 1  # CheckAuthorizationFlags

_numbers = itertools.count(1)


class Question:
    """One question; `withdraw` closes the user's dialog when nobody waits for it any more."""

    def __init__(self, bus: Bus, caller: str, action: Action) -> None:
        self._bus = bus
        self._caller = caller
        self._action = action
        self._id = f"byway-{next(_numbers)}"

    async def answer(self) -> None:
        """Returns where the answer is yes; else RefusedError says which no it is."""
        subject = ["system-bus-name", {"name": Variant("s", self._caller)}]
        reply = await self._call(
            "CheckAuthorization",
            "(sa{sv})sa{ss}us",
            [subject, self._action.value, {}, _MAY_ASK_THE_USER, self._id],
        )
        if reply.message_type is MessageType.ERROR:
            raise RefusedError(Fault.DENIED, f"polkit gave no answer: {reply.body}")
        allowed, challenge, details = reply.body[0]
        if allowed:
            return
        if details.get("polkit.dismissed"):
            raise RefusedError(Fault.DISMISSED, "the question for a password was dismissed")
        if challenge:
            raise RefusedError(
                Fault.NO_AGENT, "a password is needed, and no polkit agent runs that could ask"
            )
        raise RefusedError(Fault.DENIED, f"polkit does not allow {self._action.value}")

    async def withdraw(self) -> None:
        await self._call("CancelCheckAuthorization", "s", [self._id])

    async def _call(self, member: str, signature: str, body: list[object]) -> Message:
        called = Message(_POLKIT, _PATH, _AUTHORITY, member, signature=signature, body=body)
        return await self._bus.call(called)
