"""The child that becomes the program.

It is born with every power over the namespaces. Before it executes anything it goes one user
namespace deeper, where it has the caller's own id again and those powers are out of its reach
(user_namespaces(7): powers count in one's own namespace and those below), and drops what is left.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from byway_core.intercept import kernel
from byway_core.intercept.checkpoints import Checkpoint, Point
from byway_core.intercept.execution import NOT_EXECUTABLE, NotExecuted, execute

# Over the gate, a SOCK_SEQPACKET pair between launcher and child. The child's end closes on exec:
# the end of file after GO means that there is a program.
NESTED = b"n"  # child: the namespace is made, write its maps
MAPPED = b"m"  # launcher: they are written
READY = b"r"  # child: nothing is left to do but to execute
GO = b"g"  # launcher
REFUSED = b"e"  # child: no nested namespace; then the errno in decimal
NOT_EXECUTED = b"x"  # child: then the status in decimal, a space, and a sentence


@dataclass(frozen=True, slots=True)
class Command:
    """What to execute. `cwd` None: where the caller is."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: str | None


def run_forked(
    command: Command,
    gate: socket.socket,
    *,
    whole: bool,
    ignored: frozenset[int],
    checkpoint: Checkpoint,
) -> NoReturn:
    """The child's whole life as Python: ends in the program, or in an exit with its status.

    `whole`: all ids are mapped, the caller is root and stays so over files. Otherwise nothing
    executed can gain a power, setuid programs neither. `ignored` signals stay ignored (nohup).
    """
    kernel.call_process("byway-program")
    try:
        kernel.unshare(kernel.CLONE_NEWUSER)
    except OSError as error:
        gate.sendall(REFUSED + str(error.errno).encode())
        raise SystemExit(1) from error
    checkpoint(Point.NESTED)
    _ask(gate, NESTED, MAPPED)
    if not whole:
        kernel.renounce_privileges()
    _restore_signals(ignored)
    checkpoint(Point.READY)
    _ask(gate, READY, GO)
    checkpoint(Point.EXECUTING)
    failure = _execute(command, gate.fileno())
    gate.sendall(NOT_EXECUTED + f"{failure.status} {failure.sentence}".encode("utf-8", "replace"))
    raise SystemExit(failure.status)


def _ask(gate: socket.socket, question: bytes, answer: bytes) -> None:
    gate.sendall(question)
    if gate.recv(1) != answer:  # the launcher is gone
        raise SystemExit(NOT_EXECUTABLE)


def _execute(command: Command, gate: int) -> NotExecuted:
    if command.cwd is not None:
        try:
            os.chdir(command.cwd)
        except OSError as error:
            return NotExecuted(NOT_EXECUTABLE, f"{command.cwd}: {error.strerror}")
    close_all_but({0, 1, 2, gate})
    return execute(command.argv, command.env)


def _restore_signals(ignored: frozenset[int]) -> None:
    """Dispositions as the caller had them before Python: default, but for what was ignored."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        keep = number in ignored
        signal.signal(number, signal.SIG_IGN if keep else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def ignored_signals() -> frozenset[int]:
    """What this process was started to ignore; Python's own two are not meant."""
    own = {signal.SIGPIPE, signal.SIGXFSZ}
    return frozenset(
        number
        for number in signal.valid_signals() - own
        if signal.getsignal(number) is signal.SIG_IGN
    )


def close_all_but(kept: set[int]) -> None:
    """Close every descriptor of this process that is not in `kept`."""
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        if descriptor not in kept:
            try:
                os.close(descriptor)
            except OSError:  # the one that listed the directory
                continue
