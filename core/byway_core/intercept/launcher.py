"""The program's parent: makes its namespaces, starts it, and stays until everything in them ended.

Forked from the engine before that has a loop or a thread, and slim: it loads ctypes and this room.
Nothing waits here without also watching the engine; one that dies takes the launcher along, and
with it (PR_SET_PDEATHSIG) whatever the launcher has begun.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from byway_core.intercept import idmaps, kernel, kin, program, wire
from byway_core.intercept.checkpoints import Checkpoint, Point
from byway_core.intercept.forking import fork
from byway_core.intercept.obstacles import Stage
from byway_core.intercept.program import Command
from byway_core.intercept.supervisor import Supervisor
from byway_core.intercept.wire import Kind, Message

# A sentence about a program that could not be executed: a path (PATH_MAX is 4,096) and some words.
_MOST_GATE_BYTES = 8192

_FIRST_PORT = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
_DEFAULT_FIRST_PORT = "1024"


class _EngineGoneError(Exception):
    """Nobody wants this start any more."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to start. `uid` and `gid` are the caller's effective ones."""

    command: Command
    workers: int
    uid: int
    gid: int
    checkpoint: Checkpoint


def run_forked(order: Order, channel: socket.socket, engine: int) -> None:
    """The launcher's whole life. `engine` is a pidfd of the engine."""
    program.close_all_but({0, 1, 2, channel.fileno(), engine})
    ignored = program.ignored_signals()
    # The terminal's signals are the program's and the engine's business; the launcher ends when
    # they do, and not before.
    for number in _UNHEARD:
        signal.signal(number, signal.SIG_IGN)
    kernel.call_process("byway-launcher")
    kernel.adopt_orphans()
    start = _Start(order, channel, engine, ignored)
    try:
        with contextlib.suppress(_EngineGoneError):
            start.run()
    finally:
        start.end_child()


_UNHEARD = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGTSTP,
    signal.SIGTTIN,
    signal.SIGTTOU,
    signal.SIGUSR1,
    signal.SIGUSR2,
)


class _Start:
    """One start, step by step; every step either succeeds or tells the engine and exits."""

    def __init__(
        self, order: Order, channel: socket.socket, engine: int, ignored: frozenset[int]
    ) -> None:
        self._order = order
        self._channel = channel
        self._engine = engine
        self._ignored = ignored
        self._child: int | None = None  # the one that is to be reaped here
        self._gate, self._program_gate = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def run(self) -> None:
        # One that counts for the host: read before this process has a network of its own.
        first_port = _first_port(self._order.uid)
        whole = self._unshare()
        self._set_up(first_port)
        pid = self._nest(whole)
        self._tell(Message(Kind.READY))
        self._order.checkpoint(Point.WAITING)
        self._hear(Kind.RELEASE)
        # From here on there may be a program with children: if the engine is gone, the supervisor
        # finds it so and ends them all.
        with contextlib.suppress(_EngineGoneError):
            self._execute(pid)
        self._child = None
        self._order.checkpoint(Point.SUPERVISING)
        Supervisor(self._channel, self._engine, pid, kin.namespace_of(os.getpid())).run()

    def _unshare(self) -> bool:
        """Enter the namespaces; whether the engine could map all ids."""
        try:
            kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNET | kernel.CLONE_NEWNS)
        except OSError as error:
            self._give_up(Stage.UNSHARE, error.errno or 0)
        self._order.checkpoint(Point.UNSHARED)
        self._tell(Message(Kind.UNSHARED))
        return bool(self._hear(Kind.MAPPED).first)

    def _set_up(self, first_port: str) -> None:
        order = self._order

        def body() -> None:
            from byway_core.intercept import setup  # its libraries are not to stay in the launcher

            setup.run_forked(self._channel, order.workers, first_port, order.checkpoint)

        pid = self._fork(body)
        descriptor = os.pidfd_open(pid)
        self._await(descriptor)
        os.close(descriptor)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self._child = None
        if status == 1:  # it has told the engine itself
            raise SystemExit(1)
        if status:
            self._give_up(Stage.ENDED, 0, f"its set-up {_ended(status)}")

    def _nest(self, whole: bool) -> int:
        """Bring the program to where it only waits to be executed; its pid."""
        order = self._order

        def body() -> None:
            self._gate.close()
            program.run_forked(
                order.command,
                self._program_gate,
                whole=whole,
                ignored=self._ignored,
                checkpoint=order.checkpoint,
            )

        pid = self._fork(body)
        self._program_gate.close()
        order.checkpoint(Point.NESTING)
        self._hear_program(program.NESTED)
        try:
            if not whole:
                ids = (order.uid, order.gid)
                idmaps.write_single(pid, inside=ids, outside=(0, 0))
            elif not idmaps.write_whole(pid):
                self._give_up(Stage.NEST, 0, "its id map was refused")
        except OSError as error:
            self._give_up(Stage.NEST, error.errno or 0)
        self._say_program(program.MAPPED)
        self._hear_program(program.READY)
        return pid

    def _execute(self, pid: int) -> None:
        """Let it execute, and tell the engine how that went. A program that was killed on the
        way there shows in its exit status."""
        self._say_program(program.GO)
        _let_go_of_terminal()
        self._await(self._gate.fileno())
        answer = self._read_gate()
        self._gate.close()
        if answer.startswith(program.NOT_EXECUTED):
            status, _, sentence = answer[1:].decode("utf-8", "replace").partition(" ")
            self._tell(Message(Kind.NOT_EXECUTED, int(status), text=sentence))
        else:
            self._tell(Message(Kind.STARTED, pid))

    def _hear_program(self, expected: bytes) -> None:
        self._await(self._gate.fileno())
        answer = self._read_gate()
        if answer.startswith(program.REFUSED):
            self._give_up(Stage.NEST, int(answer[1:]))
        if answer != expected:
            self._give_up(Stage.ENDED, 0, "the program's process was ended")

    def _read_gate(self) -> bytes:
        try:
            return self._gate.recv(_MOST_GATE_BYTES)
        except ConnectionResetError:
            return b""

    def _say_program(self, word: bytes) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._gate.send(word)

    def _hear(self, expected: Kind) -> Message:
        """The engine's next message, which can only be `expected` or its end."""
        self._await(self._channel.fileno())
        message = wire.receive(self._channel)
        if message is None or message.kind is not expected:
            raise _EngineGoneError
        return message

    def _tell(self, message: Message) -> None:
        try:
            wire.send(self._channel, message)
        except OSError as error:
            raise _EngineGoneError from error

    def _give_up(self, stage: Stage, code: int, detail: str = "") -> NoReturn:
        self._tell(Message(Kind.OBSTACLE, stage.value, code, detail))
        raise SystemExit(1)

    def _await(self, descriptor: int) -> None:
        """Wait until `descriptor` is readable."""
        poller = select.poll()
        poller.register(self._engine, select.POLLIN)
        poller.register(descriptor, select.POLLIN)
        if self._engine in dict(poller.poll()):
            raise _EngineGoneError

    def _fork(self, body: Callable[[], None]) -> int:
        """A child that dies with this process."""
        parent = os.getpid()

        def bound() -> None:
            kernel.die_with_parent(signal.SIGKILL)
            if os.getppid() == parent:
                body()

        self._child = fork(bound)
        return self._child

    def end_child(self) -> None:
        """Kill and reap what a start that came to nothing has left."""
        if self._child is not None:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)


def _first_port(uid: int) -> str:
    """The first port that needs no privilege: as on the host, where root needs none at all."""
    if uid == 0:
        return "0"
    try:
        return _FIRST_PORT.read_text()
    except OSError:
        return _DEFAULT_FIRST_PORT


def _let_go_of_terminal() -> None:
    """Hold no copy of the program's standard streams: a pipe must end when the program does."""
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)


def _ended(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"failed with status {status}"
