"""The launcher process as the engine sees it: forked, served until it has delivered, waited for.

What needs ctypes or netlink is imported by the forked process only.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Mapping, Sequence

from byway_core.intercept import idmaps, kin, wire
from byway_core.intercept.checkpoints import Checkpoint, Point
from byway_core.intercept.forking import fork
from byway_core.intercept.interception import Interception
from byway_core.intercept.obstacles import Facts, Stage, explain
from byway_core.intercept.wire import Kind, Message
from byway_core.model.errors import InterceptError

# A start takes some 30 ms. A machine under load, or one that loads kernel modules from a slow
# disk, may take a hundred times that; whoever waits longer wants to know.
START_SECONDS = 20.0
# What the launcher gives the program (supervisor: 5 s of grace, 10 s of killing), and a little.
_END_SECONDS = 16.0
# How long to look for processes that a killed launcher left behind.
_SWEEP_SECONDS = 5.0
_SWEEP_AGAIN_SECONDS = 0.01


class Launch:
    """One launcher. `namespace` is its user namespace (see `kin`), 0 before there is one; no other
    gets that number before `end`."""

    def __init__(
        self,
        argv: Sequence[str],
        workers: int,
        env: Mapping[str, str],
        cwd: str | None,
        checkpoint: Checkpoint,
    ) -> None:
        """Forks it."""
        self.namespace = 0
        self._hold: int | None = None
        self.checkpoint = checkpoint
        self._received: list[Message] = []
        _occupy_standard_descriptors()
        self.channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        engine = os.pidfd_open(os.getpid())

        def body() -> None:
            from byway_core.intercept import launcher
            from byway_core.intercept.program import Command

            order = launcher.Order(
                command=Command(tuple(argv), env, cwd),
                workers=workers,
                uid=os.geteuid(),
                gid=os.getegid(),
                checkpoint=checkpoint,
            )
            launcher.run_forked(order, theirs, engine)

        self._pid = fork(body)
        self._pidfd = os.pidfd_open(self._pid)
        theirs.close()
        os.close(engine)

    def begin(self) -> None:
        """Serve the launcher until it needs nothing from this process for a while. Raises
        InterceptError where there will be no namespace."""
        self.checkpoint(Point.FORKED)
        self._hear_until(Kind.UNSHARED)
        self._map_ids()

    def complete(self) -> tuple[Interception, tuple[str, ...]]:
        """After `begin`: wait until the launcher is ready to execute the program. The sockets, and
        notices for the user. Raises InterceptError where it will never be."""
        self._hear_until(Kind.READY)
        self.checkpoint(Point.RECEIVED)
        self.channel.setblocking(False)
        *listeners, diagnoses, datagrams = self._received
        self._received = []
        interception = Interception.of(
            [m.descriptors for m in listeners], datagrams.descriptors, diagnoses.descriptors
        )
        return interception, tuple(datagrams.text.splitlines())

    def abandon(self) -> None:
        """Undo a start that failed, and wait until nothing is left of it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        for message in self._received:
            for descriptor in message.descriptors:
                os.close(descriptor)
        self.end()

    def end(self) -> None:
        """Close the channel, upon which the launcher ends all that is inside and then itself; wait
        for that, and kill it if it takes too long."""
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)  # worker processes have copies
        self.channel.close()
        poller = select.poll()
        poller.register(self._pidfd, select.POLLIN)
        if not poller.poll(_END_SECONDS * 1000):
            os.kill(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        os.close(self._pidfd)
        if status:
            self._sweep()
        if self._hold is not None:
            os.close(self._hold)

    def _sweep(self) -> None:
        """A launcher that was killed or has crashed could not see to it that nothing is left. One
        that never said UNSHARED had no children."""
        if self._hold is None:
            return
        deadline = time.monotonic() + _SWEEP_SECONDS
        while kin.send_all(self.namespace, signal.SIGKILL) and time.monotonic() < deadline:
            time.sleep(_SWEEP_AGAIN_SECONDS)  # they are not our children: nothing to wait on

    def _hear_until(self, awaited: Kind) -> None:
        deadline = time.monotonic() + START_SECONDS
        while (message := self._next(deadline)).kind is not awaited:
            if message.kind is Kind.OBSTACLE:
                raise _obstacle(Stage(message.first), message.second, message.text)
            self._received.append(message)

    def _next(self, deadline: float) -> Message:
        poller = select.poll()
        poller.register(self.channel, select.POLLIN)
        if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise InterceptError(
                f"byway run could not start the program: preparing its namespace took more than "
                f"{START_SECONDS:.0f} seconds."
            )
        message = wire.receive(self.channel)
        if message is None:
            raise _obstacle(Stage.ENDED, 0, _LAUNCHER_ENDED)
        return message

    def _map_ids(self) -> None:
        try:
            self._hold = kin.hold(self._pid)
            self.namespace = os.fstat(self._hold).st_ino
            whole = os.geteuid() == 0 and idmaps.write_whole(self._pid)
            if not whole:
                own = (os.geteuid(), os.getegid())
                idmaps.write_single(self._pid, inside=(0, 0), outside=own)
        except (FileNotFoundError, ProcessLookupError) as error:
            raise _obstacle(Stage.ENDED, 0, _LAUNCHER_ENDED) from error
        except OSError as error:
            raise _obstacle(Stage.MAPS, error.errno or 0, "") from error
        with contextlib.suppress(OSError):  # its end shows when the next message is read
            wire.send(self.channel, Message(Kind.MAPPED, int(whole)))
        self.checkpoint(Point.MAPPED)


_LAUNCHER_ENDED = "its launcher was ended"


def _obstacle(stage: Stage, code: int, detail: str) -> InterceptError:
    return InterceptError(explain(stage, code, detail, Facts.read()))


def _occupy_standard_descriptors() -> None:
    """Put /dev/null where the caller has closed standard input, output or error, or the next
    socket that is made would take its place and be the program's."""
    for standard in (0, 1, 2):
        try:
            os.fstat(standard)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
