"""The worker processes, from the main process's side."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import select
import signal
import socket
from collections.abc import Callable, Sequence
from functools import partial

from byway_core.engine.channel import Channel
from byway_core.engine.messages import Listen, Silent
from byway_core.engine.worker import TERMINAL_SIGNALS, run_forked
from byway_core.model.profile import Profile
from byway_core.relay.listener import Entrance
from byway_core.relay.routing import Routing

log = logging.getLogger(__name__)

# A worker with 10,000 connections has reset and reported them in a tenth of this.
LAST_WORDS_SECONDS = 2.0


class Member:
    """One worker. `listening` are our copies of its listeners, for the case that it dies."""

    def __init__(self, number: int, pid: int, channel: Channel) -> None:
        self.number = number
        self.pid = pid
        self.channel = channel
        self.listening: list[tuple[socket.socket, Entrance, str]] = []


class Crew:
    """Workers that were forked at once. Numbers count from 1."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = list(members)

    @classmethod
    def fork(cls, profile: Profile, routing: Routing, size: int, *, as_asked: bool = False) -> Crew:
        """Fork `size` workers; `as_asked` is `OwnNames`'. The calling process must have neither
        threads nor a running loop yet: a forked copy of either would be in an unknown state."""
        members: list[Member] = []
        # None of the terminal's signals may find a worker that does not ignore them yet.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, TERMINAL_SIGNALS)
        for number in range(1, size + 1):
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            pid = os.fork()
            if pid == 0:
                ours.close()
                for member in members:
                    member.channel.close()  # or it would not see its channel's end
                run_forked(theirs, profile, routing, number, size + 1, as_asked=as_asked)
            theirs.close()
            members.append(Member(number, pid, Channel(ours)))
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return cls(members)

    def __len__(self) -> int:
        return len(self._members)

    @property
    def numbers(self) -> list[int]:
        return [member.number for member in self._members]

    @property
    def pids(self) -> list[int]:
        return [member.pid for member in self._members]

    def attach(
        self,
        loop: asyncio.AbstractEventLoop,
        receive: Callable[[int, object, list[int]], None],
        lost: Callable[[Member], None],
    ) -> None:
        """`receive(number, message, descriptors)` gets what workers send; `lost(member)` is called
        for one that died, after it has left the crew."""

        def gone(member: Member) -> None:
            self._members.remove(member)
            member.channel.close()
            _reap(member.pid)
            lost(member)

        for member in self._members:
            member.channel.attach(loop, partial(receive, member.number), partial(gone, member))

    def tell(self, message: object) -> None:
        """Send to all."""
        for member in self._members:
            member.channel.send(message)

    def tell_silent(self, destination: tuple[str, int], is_silent: bool) -> None:
        """What the main process's relay has found out: `SilentDestinations.on_change`."""
        self.tell(Silent(destination, is_silent))

    def member(self, number: int) -> Member | None:
        """The worker of that number, None where it is gone."""
        return next((member for member in self._members if member.number == number), None)

    def listen(
        self, number: int, listening: socket.socket, entrance: Entrance, program: str
    ) -> bool:
        """Give a listener to a worker; False where that worker is gone."""
        member = self.member(number)
        if member is None:
            return False
        member.listening.append((listening, entrance, program))
        member.channel.send(Listen(entrance, program), [listening.fileno()])
        return True

    def give(self, number: int, message: object, descriptor: int) -> None:
        """Send a descriptor to a worker, if it is there; it is closed here."""
        member = self.member(number)
        if member is not None:
            member.channel.send(message, [descriptor])
        os.close(descriptor)

    def close(self) -> None:
        """Let all end, and wait for it: each resets its connections, tells the ledger, and goes."""
        for member in self._members:
            member.channel.say_no_more()
            for listening, _entrance, _program in member.listening:
                listening.close()
        for member in self._members:
            member.channel.hear_out(LAST_WORDS_SECONDS)
            member.channel.close()
            _reap(member.pid)
        self._members.clear()


def _reap(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        # Its channel is closed: a worker that still runs is stuck, and holds users' connections.
        if not _ended(pid, seconds=2.0):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _ended(pid: int, seconds: float) -> bool:
    """Wait for a child to end; True once it was reaped."""
    descriptor = os.pidfd_open(pid)
    try:
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        if not poller.poll(seconds * 1000):
            return False
    finally:
        os.close(descriptor)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)
    return True
