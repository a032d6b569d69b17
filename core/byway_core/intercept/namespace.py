"""The engine's side of `byway run`: one program, in its own namespace, and its sockets.

Light on purpose: what needs ctypes or netlink is imported by the forked processes only. Once the
program runs, nothing here waits; `close` alone does, at the end.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from byway_core.intercept import kin, wire
from byway_core.intercept.checkpoints import Checkpoint, Point, walk_on
from byway_core.intercept.interception import Interception
from byway_core.intercept.launch import Launch
from byway_core.intercept.wire import Kind, Message
from byway_core.model.errors import InterceptError


@dataclass(frozen=True, slots=True)
class Started:
    """The program executes."""

    pid: int


@dataclass(frozen=True, slots=True)
class NotExecuted:
    """There is no such program, or it cannot be executed; Finished follows. `sentence` is for the
    user."""

    status: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The program was stopped (Ctrl-Z): to be answered by `NamespaceRun.suspend`. `number`
    counts the stops."""

    signum: int
    number: int


@dataclass(frozen=True, slots=True)
class ProgramExited:
    """The program has ended, and `remaining` processes that came of it live on."""

    status: int
    remaining: int


@dataclass(frozen=True, slots=True)
class Finished:
    """Nothing is left inside; `status` is the program's, 128+n where signal n ended it. `lost` is
    true where not all could be reported: the launcher was killed, and took all with it."""

    status: int
    lost: bool = False


Event = Started | NotExecuted | Stopped | ProgramExited | Finished


class Preparation:
    """A program on its way into a namespace, up to where only `NamespaceRun.release` is missing.

    It takes some 200 ms, of which this process is needed for the first few only: whoever has
    something else to load does so before `complete`.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        workers: int,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        checkpoint: Checkpoint = walk_on,
    ) -> None:
        """`env` None: this process's; its PATH is searched.

        Forks: to be called while there is one thread and no running loop, and before signal
        dispositions or limits are changed, because the program gets them as they are now.
        Standard input, output and error are the program's too; other descriptors are not.
        Raises InterceptError, in the user's words, where the machine forbids it.
        """
        if len(os.listdir("/proc/self/task")) > 1:
            raise RuntimeError("Preparation forks, and this process has threads")
        if not argv:
            raise ValueError("no program named")
        environment = dict(os.environ if env is None else env)
        self._launch = Launch(argv, workers, environment, cwd, checkpoint)
        with self._or_nothing():
            self._launch.begin()

    def complete(self) -> NamespaceRun:
        """Wait for the rest; raises InterceptError as well."""
        with self._or_nothing():
            return NamespaceRun(self._launch, *self._launch.complete())

    def abandon(self) -> None:
        """Instead of `complete`: leave nothing."""
        self._launch.abandon()

    @contextlib.contextmanager
    def _or_nothing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._launch.abandon()
            raise


class NamespaceRun:
    """One program. `notices` are sentences about what is not as on the host, for the user."""

    def __init__(
        self, launch: Launch, interception: Interception, notices: tuple[str, ...]
    ) -> None:
        self.interception = interception
        self.notices = notices
        self._launch = launch
        self._channel = launch.channel
        self._finished = False

    def release(self) -> None:
        """Let the program execute; to be called once, when the sockets are served."""
        with contextlib.suppress(OSError):  # a launcher that is gone shows in `poll`
            wire.send(self._channel, Message(Kind.RELEASE))
        self._launch.checkpoint(Point.RELEASED)

    def fileno(self) -> int:
        """Readable when `poll` has something."""
        return self._channel.fileno()

    def poll(self) -> list[Event]:
        """What happened since; never waits. After Finished there is nothing more."""
        events: list[Event] = []
        while not self._finished:
            try:
                message = wire.receive(self._channel)
            except BlockingIOError:
                break
            event = self._lost() if message is None else _event(message)
            self._finished = isinstance(event, Finished)
            events.append(event)
        return events

    def send_signal(self, signum: int) -> None:
        """To the program; to every process inside once it has ended."""
        with contextlib.suppress(OSError):
            wire.send(self._channel, Message(Kind.SIGNAL, signum))

    def suspend(self, stopped: Stopped) -> None:
        """Stop this process as the terminal's Ctrl-Z would, because the program stopped; returns
        when the shell continues it, after the program was told to go on.

        That is how the shell learns of it: it waits for this process, not for the program. In an
        orphaned process group the kernel ignores the stop, and the program goes on at once.
        """
        previous = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        try:
            os.kill(os.getpid(), signal.SIGTSTP)
        finally:
            signal.signal(signal.SIGTSTP, previous)
        with contextlib.suppress(OSError):
            wire.send(self._channel, Message(Kind.CONTINUE, stopped.number))

    def close(self) -> None:
        """Leave nothing: end the program and all that came of it (SIGTERM, after 5 s SIGKILL),
        wait for that, close the sockets. Immediate after Finished; may be called again."""
        if self._channel.fileno() < 0:
            return
        self._launch.end()
        self.interception.close()

    def _lost(self) -> Finished:
        """The launcher is gone without a word. The program has got SIGKILL with it; what came of
        the program gets it now."""
        kin.send_all(self._launch.namespace, signal.SIGKILL)
        return Finished(128 + signal.SIGKILL, lost=True)


def leave_terminal_to_program() -> None:
    """Ignore what the terminal sends to the whole foreground process group (Ctrl-C, Ctrl-\\,
    Ctrl-Z, reads and writes in the background): the program decides what it means, and `Stopped`
    tells. For the engine, between `complete` and its workers; the worker processes inherit it."""
    for number in (
        signal.SIGINT,
        signal.SIGQUIT,
        signal.SIGTSTP,
        signal.SIGTTIN,
        signal.SIGTTOU,
    ):
        signal.signal(number, signal.SIG_IGN)


def _event(message: Message) -> Event:
    match message.kind:
        case Kind.STARTED:
            return Started(message.first)
        case Kind.NOT_EXECUTED:
            return NotExecuted(message.first, message.text)
        case Kind.STOPPED:
            return Stopped(message.first, message.second)
        case Kind.EXITED:
            return ProgramExited(message.first, message.second)
        case Kind.FINISHED:
            return Finished(message.first)
        case _:
            raise InterceptError(f"the launcher said {message.kind.name} out of turn")
