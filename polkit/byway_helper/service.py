"""The helper on the system bus: who may do what, who has the machine, and since when not any more.

One caller at a time is the owner, by its unique name on the bus, which is never given to anybody
else. When that name goes, everything is taken back; the kill switch, where the owner had asked for
it, stays. No lock is held while polkit asks a user: what was true before is looked at again after.
"""

import asyncio
import itertools
import logging
import socket
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from dbus_fast import Message, MessageFlag, MessageType, Variant

from byway_helper.apply import Force, clean_up, guard_stands, no_nftables
from byway_helper.authority import ask
from byway_helper.bus import Bus
from byway_helper.contract import VERSION, Mode, Plan
from byway_helper.pool import Pool
from byway_helper.protocol import (
    ENDED,
    INTERFACE,
    PATH,
    Action,
    Fault,
    RefusedError,
    Request,
    Verb,
    decoded,
    decoded_networks,
)

MOST_CALLS_OF_ONE = 2  # one that it waits for, and a Status meanwhile
MOST_QUESTIONS = 16  # of all; an owner is never kept from giving back what it has
IDLE_SECONDS = 60.0

_VERBS = {verb.member: verb for verb in Verb}
_ASKING = (Verb.START, Verb.REPAIR)
_BUS = "org.freedesktop.DBus"


@dataclass(eq=False, slots=True)
class Lease:
    """The machine in somebody's hands, from the moment when nobody else may have it any more."""

    sender: str
    request: Request
    pool: Pool
    force: Force | None = None


class Service:
    """`idle` is called when nothing is in force and nobody has called for IDLE_SECONDS."""

    def __init__(self, bus: Bus, idle: Callable[[], None]) -> None:
        self._bus = bus
        self._idle = idle
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1)  # one change of the kernel's tables after the other
        self._looks = ThreadPoolExecutor(1)  # for everybody's Status, which no change waits for
        self._calls: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._asking: dict[asyncio.Task[None] | None, str] = {}
        self._lease: Lease | None = None
        self._timer = self._loop.call_later(IDLE_SECONDS, self._rest)

    async def start(self) -> None:
        """Listen; then the bus name can be requested."""
        self._bus.add_message_handler(self._heard)
        rule = f"type='signal',sender='{_BUS}',member='NameOwnerChanged',arg2=''"
        message = Message(_BUS, "/", _BUS, "AddMatch", signature="s", body=[rule])
        await self._bus.call(message)

    async def close(self) -> None:
        """As if the owner had gone."""
        await self._end(self._lease, keep_guard=True)
        self._thread.shutdown()

    # -- messages

    def _heard(self, message: Message) -> Message | bool:
        if message.message_type is MessageType.SIGNAL:
            if message.sender == _BUS and message.member == "NameOwnerChanged":
                self._gone(message.body[0])
            return False
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        if message.flags & MessageFlag.NO_REPLY_EXPECTED:
            return True  # nothing is of use to who wants no answer
        verb = _VERBS.get(str(message.member))
        sender = str(message.sender)
        if message.path != PATH or message.interface != INTERFACE or verb is None:
            no = Message.new_error(message, f"{_BUS}.Error.UnknownMethod", "there is no such")
        elif message.signature != verb.takes:
            no = _refusal(message, RefusedError(Fault.INVALID, f"{verb.member} ({verb.takes})"))
        elif self._calls[sender] >= MOST_CALLS_OF_ONE or (
            verb in _ASKING and len(self._asking) >= MOST_QUESTIONS
        ):
            no = _refusal(message, RefusedError(Fault.OVERLOADED, "too many calls at once"))
        else:
            self._calls[sender] += 1
            self._run(self._serve(message, verb, sender))
            return True
        return self._bus.full or no  # who does not read could have us keep any number of them

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)  # noqa: TID251 - the helper's one place that makes tasks
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, message: Message, verb: Verb, sender: str) -> None:
        sent: list[socket.socket] = []
        try:
            try:
                body = await self._answer(verb, sender, message.body, sent)
                descriptors = [each.fileno() for each in sent]
                reply = Message.new_method_return(message, verb.gives, body, descriptors)
            except RefusedError as error:
                reply = _refusal(message, error)
            except OSError as error:
                reply = _refusal(message, RefusedError(Fault.FAILED, str(error)))
            except Exception:
                logging.exception("an error in the helper")
                reply = _refusal(message, RefusedError(Fault.FAILED, "an error in the helper"))
            await self._bus.send(reply)
        finally:
            self._calls -= Counter({sender: 1})
            for each in sent:
                each.close()
            self._be_idle_later()

    async def _answer(
        self, verb: Verb, sender: str, body: list[Any], sent: list[socket.socket]
    ) -> list[object]:
        match verb:
            case Verb.START:
                options = {key: (value.signature, value.value) for key, value in body[1].items()}
                return await self._start(sender, decoded(body[0], options), sent)
            case Verb.UPDATE:
                networks = decoded_networks(body[0])
                await self._in_thread(self._owned(sender).update, networks)
            case Verb.STOP:
                self._owned(sender)
                await self._end(self._lease, keep_guard=False)
            case Verb.REPAIR:
                await self._repair(sender)
            case Verb.STATUS:
                return [await self._status()]
        return []

    # -- verbs

    async def _start(self, sender: str, request: Request, sent: list[socket.socket]) -> list[Any]:
        for name in request.plan.lan:
            socket.if_nametoindex(name)  # OSError: no such interface
        self._is_free()
        await self._ask(sender, request.actions)
        self._is_free()
        pool = Pool(request.plan.marks.bypass)
        sent.extend(pool.open() for _ in range(request.workers))
        lease = self._lease = Lease(sender, request, pool)
        asked = request.plan, request.workers
        try:
            force = await self._in_thread(Force, *asked, guarded=request.kill_switch)
        except BaseException:
            if self._lease is lease:
                self._lease = None
            raise
        if self._lease is not lease:  # it ended while the kernel worked, and there was nothing yet
            await self._in_thread(force.end, keep_guard=False)
            raise RefusedError(Fault.DENIED, "the caller is gone")
        lease.force = force
        made = force.take_sockets()
        sent.extend(made)
        # Places in the message's list of descriptors, which has the channels first.
        numbers = itertools.count(request.workers)
        tcp = [[next(numbers) for _ in listeners] for listeners in made.tcp]
        rest = ([next(numbers) for _ in each] for each in (made.udp, made.answers))
        return [tcp, *rest, list(range(request.workers))]

    async def _repair(self, sender: str) -> None:
        await self._ask(sender, ())
        lease = self._lease
        if lease is not None and lease.sender != sender:
            ended = Message(lease.sender, PATH, INTERFACE, ENDED, MessageType.SIGNAL)
            self._bus.send(ended)
        # One job in the thread, which a Start can only come before or after: nothing is awaited.
        await self._in_thread(_cleaned, self._taken_from(lease))

    async def _status(self) -> dict[str, Variant]:
        lease = self._lease
        force = lease.force if lease is not None else None
        plan = lease.request.plan if lease is not None and force else None
        look = partial(self._loop.run_in_executor, self._looks)
        why = force.why if force else await look(no_nftables)
        return {
            "version": Variant("u", VERSION),
            "mode": Variant("s", plan.mode.value if plan else ""),
            "families": Variant("ay", bytes(f.value for f in plan.families) if plan else b""),
            "kill-switch": Variant("b", await look(guard_stands)),
            "owner": Variant("s", lease.sender if lease is not None else ""),
            "backend": Variant("s", "iptables" if why else "nftables"),
            "why": Variant("s", why),
        }

    # -- who has the machine

    def _is_free(self) -> None:
        if self._lease:
            raise RefusedError(Fault.BUSY, "another program has the machine's traffic already")

    def _owned(self, sender: str) -> Force:
        lease = self._lease
        if lease is None or lease.sender != sender or lease.force is None:
            raise RefusedError(Fault.NOT_OWNER, "this is for the program that has started it")
        return lease.force

    async def _ask(self, sender: str, wanted: tuple[Action, ...]) -> None:
        """For what is wanted and what is taken away with it, which may change meanwhile. Until it
        returns, `_gone` cancels it."""
        asked: list[Action] = []
        task = asyncio.current_task()
        self._asking[task] = sender
        try:
            while left := [each for each in await self._needed(wanted) if each not in asked]:
                await ask(self._bus, sender, left[0])
                asked.append(left[0])
        finally:
            del self._asking[task]

    async def _needed(self, wanted: tuple[Action, ...]) -> list[Action]:
        guard = [Action.KILL_SWITCH] if await self._in_thread(guard_stands) else []
        ended = self._lease.request.actions if self._lease is not None else ()
        return [*wanted, *ended, *guard] or [Action.INTERCEPT]

    def _gone(self, name: str) -> None:
        """A name has left the bus."""
        for task, asker in self._asking.items():
            if asker == name and task is not None:
                task.cancel()
        lease = self._lease
        if lease is not None and name == lease.sender:
            logging.info("the owner is gone: taking everything back")
            self._run(self._end(lease, keep_guard=True))

    async def _end(self, lease: Lease | None, *, keep_guard: bool) -> None:
        force = self._taken_from(lease)
        if lease is not None and force is not None:
            await self._in_thread(force.end, keep_guard=keep_guard and lease.request.kill_switch)

    def _taken_from(self, lease: Lease | None) -> Force | None:
        """The lease is nobody's from here on; what of it is to be ended."""
        if lease is None or self._lease is not lease:
            return None
        self._lease = None
        lease.pool.close()
        self._be_idle_later()
        return lease.force

    def _be_idle_later(self) -> None:
        self._timer.cancel()
        self._timer = self._loop.call_later(IDLE_SECONDS, self._rest)

    async def _in_thread(self, call: Callable[..., Any], *args: Any, **how: Any) -> Any:
        return await self._loop.run_in_executor(self._thread, lambda: call(*args, **how))

    def _rest(self) -> None:
        if self._lease is None and not self._calls:
            self._idle()


def _cleaned(force: Force | None) -> None:
    if force is not None:
        force.end(keep_guard=False)
    clean_up(Plan(Mode.GLOBAL))


def _refusal(message: Message, error: RefusedError) -> Message:
    return Message.new_error(message, f"{INTERFACE}.{error.fault.value}", str(error))
