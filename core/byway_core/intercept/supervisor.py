"""The launcher's long part: passes signals on, reports, and ends with the last process inside.

Orphans inside become this process's children, so waitpid(2) says exactly when nobody is left.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Callable

from byway_core.intercept import kin, wire
from byway_core.intercept.wire import Kind, Message

# When the engine is gone: SIGTERM, and after so many seconds SIGKILL. Nothing works any more
# without the engine; this is for what a program wants to save (browsers take a second or two).
GRACE_SECONDS = 5.0
# A process that has not gone so many seconds after SIGKILL hangs in the kernel, and will go when
# that lets it.
_KILLING_SECONDS = 10.0
# How often to look for what was forked after the last look and has got no signal yet.
_LOOK_AGAIN_SECONDS = 0.05
# A program often ends a moment before its own children do. Only who outlives it by this much is
# reported as remaining.
_SETTLE_SECONDS = 0.1


class Supervisor:
    """`channel` leads to the engine and `engine` is its pidfd; `namespace` is the user namespace
    whose inhabitants, this process aside, are the program and all that came of it."""

    def __init__(self, channel: socket.socket, engine: int, program: int, namespace: int) -> None:
        self._channel = channel
        self._engine = engine
        self._program = program
        self._namespace = namespace
        self._stops = 0  # how often the program was stopped
        self._status: int | None = None  # the program's, once it has ended
        self._settled_at: float | None = None
        # SIGCHLD does nothing but wake the poll below.
        self._awake, wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._poller = select.poll()
        for descriptor in (self._awake, engine, channel.fileno()):
            self._poller.register(descriptor, select.POLLIN)

    def run(self) -> None:
        """Returns when nothing is left in the namespace, or was left to the kernel to end."""
        while self._reap():
            ready = self._wait(self._until_settled())
            if self._engine in ready:
                self._end_all()
                return
            if self._channel.fileno() in ready and not self._obey():
                self._end_all()
                return
            self._report_remaining()
        self._tell(Message(Kind.FINISHED, self._status or 0))

    def _reap(self) -> bool:
        """Collect what has ended; False once there is no child left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid != self._program:
                continue
            if os.WIFSTOPPED(status):
                self._stops += 1
                self._tell(Message(Kind.STOPPED, os.WSTOPSIG(status), self._stops))
            else:
                code = os.waitstatus_to_exitcode(status)
                self._status = code if code >= 0 else 128 - code
                self._settled_at = time.monotonic() + _SETTLE_SECONDS

    def _until_settled(self) -> float | None:
        return None if self._settled_at is None else self._settled_at - time.monotonic()

    def _report_remaining(self) -> None:
        if self._settled_at is None or self._settled_at > time.monotonic():
            return
        self._settled_at = None
        remaining = len(kin.members(self._namespace))
        self._tell(Message(Kind.EXITED, self._status or 0, remaining))

    def _obey(self) -> bool:
        """The engine's next message; False if it wants all to end."""
        message = wire.receive(self._channel)
        if message is None:
            return False
        if message.kind is Kind.SIGNAL:
            self._signal(message.first)
        elif message.kind is Kind.CONTINUE and self._status is None:
            self._continue(message.first)
        return True

    def _signal(self, signum: int) -> None:
        if self._status is None:
            kin.send(self._program, signum)
        else:
            kin.send_all(self._namespace, signum)

    def _continue(self, stop: int) -> None:
        """Let the program go on after its `stop`th stop, if that is not over: with its whole
        process group, since a shell suspends itself so. The terminal's own group was continued by
        the outer shell before, and may even have been stopped again by now."""
        with contextlib.suppress(OSError):
            is_stopped = kin.state(self._program) == "T"
            self._reap()  # after the look: a later stop, if it was that, counts by now
            if is_stopped and stop == self._stops:
                os.killpg(os.getpgid(self._program), signal.SIGCONT)

    def _end_all(self) -> None:
        self._poller = select.poll()  # the engine is not waited for any more
        self._poller.register(self._awake, select.POLLIN)
        asked: set[int] = set()
        if self._outlast(GRACE_SECONDS, lambda: self._ask_to_end(asked)):
            return
        self._outlast(_KILLING_SECONDS, lambda: kin.send_all(self._namespace, signal.SIGKILL))

    def _ask_to_end(self, asked: set[int]) -> None:
        """SIGTERM to every member, but once: to some programs a second one means haste. A stopped
        one hears it only when it goes on."""
        for pid in set(kin.members(self._namespace)) - asked:
            kin.send(pid, signal.SIGTERM)
            kin.send(pid, signal.SIGCONT)
            asked.add(pid)

    def _outlast(self, seconds: float, act: Callable[[], object]) -> bool:
        """`act` again and again until nothing is left; False if that took too long."""
        deadline = time.monotonic() + seconds
        while self._reap():
            if time.monotonic() >= deadline:
                return False
            act()
            self._wait(_LOOK_AGAIN_SECONDS)
        return True

    def _wait(self, seconds: float | None) -> set[int]:
        milliseconds = None if seconds is None else max(0, int(seconds * 1000) + 1)
        ready = {descriptor for descriptor, _ in self._poller.poll(milliseconds)}
        if self._awake in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._awake, 4096)
        return ready

    def _tell(self, message: Message) -> None:
        # An engine that is gone shows in the poll; there is nobody to tell then.
        with contextlib.suppress(OSError):
            wire.send(self._channel, message)
