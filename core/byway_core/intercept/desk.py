"""Where it is asked which process a connection comes from, without anybody waiting in line.

Asking the kernel for a socket's inode takes microseconds, finding the process that has it
milliseconds. So a thread does it, several questions at a time, and the answers come back by a
descriptor that the relay watches. Two kinds of questions:

    pressing   a decision waits: looked at at once
    idle       for display: together at most a tenth of the time, so that no number of short
               connections costs more; the oldest are dropped where there are too many

It must not know what flows, rules or relays are.
"""

from __future__ import annotations

import logging
import os
import queue
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from byway_core.flatpak import is_here
from byway_core.intercept.datagrams import Endpoint
from byway_core.intercept.diagnosis import Diagnosis, Holder
from byway_core.intercept.processes import ProcessFinder
from byway_core.model.decision import Network, Process
from byway_core.model.sentence import say

log = logging.getLogger(__name__)

# Pressing questions that are looked at together. One walk over /proc answers them all; the first
# has its answer before the last was asked for.
AT_ONCE = 128
# Idle ones: with the rest between, some 1,500 a second, which nobody reads any more…
IDLE_AT_ONCE = 32
# … and as many wait, of which most will have ended under such a load. The oldest are dropped.
MOST_IDLE = 256
# After idle questions, the desk rests so many times as long as they have taken…
REST = 9
# … and at least so long in seconds: a thread that wakes up takes the interpreter from the relay.
LEAST_REST = 0.02
# A thread that is within a walk over /proc is through by then.
_END_SECONDS = 2.0


class Question(Protocol):
    """What the desk is asked. `near` is the program's end of the connection, `far` the other as
    the program has it."""

    @property
    def network(self) -> Network: ...

    @property
    def near(self) -> Endpoint: ...

    @property
    def far(self) -> Endpoint: ...

    @property
    def wanted(self) -> bool:
        """Whether anybody still wants to know; asked by the desk's thread."""

    def answered(self, process: Process | None) -> None:
        """Called once or, where it was asked twice, twice, on the relay's thread; None where it
        cannot be known."""


class Desk:
    """One process's. `fd` is readable while there are answers, which `step` hands out: the relay
    watches it. `obstacle` says why processes cannot be known at all, "" where they can."""

    def __init__(self) -> None:
        self._finder = ProcessFinder()
        self._diagnosis: Diagnosis | None = None
        try:
            self._diagnosis = Diagnosis.here()
            self.obstacle = self._diagnosis.obstacle()
        except OSError as error:
            self.obstacle = say("the kernel cannot be asked ({why})", why=error.strerror)
        if is_here():  # the kernel answers, and /proc has nobody that it could be
            self.obstacle = say("this Byway is a Flatpak, whose sandbox shows no other programs")
        self.fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._uid = os.geteuid()
        self._thread: threading.Thread | None = None
        # None: look what there is to do, or whether to end.
        self._pressing: queue.SimpleQueue[Question | None] = queue.SimpleQueue()
        self._idle: deque[Question] = deque(maxlen=MOST_IDLE)
        self._stirred = False  # the thread knows of idle questions
        self._ending = False
        self._was_late = False
        self._answers: deque[tuple[Question, Process | None]] = deque()

    def look_inside(self, sock: socket.socket) -> None:
        """From now on, programs are those of an own namespace, where `sock` was made; it is the
        desk's. To be called before there are questions."""
        if self._diagnosis is not None:
            self._diagnosis.close()
        self._diagnosis = Diagnosis.inside(sock)

    def ask(self, question: Question) -> None:
        """A decision waits for the answer. Where there is an obstacle, there will be none."""
        if not self.obstacle:
            self._start()
            self._pressing.put(question)

    def ask_idly(self, question: Question) -> None:
        """Somebody may want to see it."""
        if self.obstacle:
            return
        self._idle.append(question)
        if not self._stirred:
            self._stirred = True
            self._start()
            self._pressing.put(None)

    def given_up(self) -> None:
        """A pressing question was decided without its answer. Said once: where it happens once, it
        happens to many."""
        if not self._was_late:
            self._was_late = True
            log.warning(
                "It takes too long to find out which processes connections come from: rules that "
                "ask for it were passed over for one, and may be for more."
            )

    def step(self, _: object, mask: int) -> None:
        """Hand out answers."""
        os.eventfd_read(self.fd)
        try:
            while self._answers:
                question, process = self._answers.popleft()
                question.answered(process)
        finally:
            if self._answers:  # one went wrong, which is not the others' fault
                os.eventfd_write(self.fd, 1)

    def close(self) -> None:
        """No more answers come."""
        if self._thread is not None:
            self._ending = True
            self._pressing.put(None)
            self._thread.join(_END_SECONDS)
            if self._thread.is_alive():
                return  # /proc does not answer; what the thread holds goes with the process
        os.close(self.fd)
        if self._diagnosis is not None:
            self._diagnosis.close()

    # -- the thread

    def _start(self) -> None:
        """Late: a process that nobody asks has none."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="byway-desk", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        rest_ends = 0.0
        while not self._ending:
            patience = max(0.0, rest_ends - time.monotonic()) if self._stirred else None
            self._look(self._next(patience))
            began = time.monotonic()
            if self._stirred and began >= rest_ends:
                self._stirred = False
                count = min(IDLE_AT_ONCE, len(self._idle))
                self._look([self._idle.popleft() for _ in range(count)])
                self._stirred = self._stirred or bool(self._idle)
                now = time.monotonic()
                rest_ends = now + max(LEAST_REST, REST * (now - began))

    def _next(self, patience: float | None) -> list[Question]:
        """Pressing questions, as soon as there is one; none when it is time for others."""
        questions: list[Question] = []
        try:
            question = self._pressing.get(timeout=patience)
            while True:
                if question is not None:
                    questions.append(question)
                if len(questions) == AT_ONCE:
                    break
                question = self._pressing.get_nowait()
        except queue.Empty:
            pass
        return questions

    def _look(self, questions: Sequence[Question]) -> None:
        try:
            self._answer([question for question in questions if question.wanted])
        except Exception:
            log.exception("An error in Byway itself: some connections' processes stay unknown")
            self._say([(question, None) for question in questions])

    def _answer(self, questions: Sequence[Question]) -> None:
        known: list[tuple[Question, Process | None]] = []
        asking: dict[int, list[tuple[Question, Holder]]] = {}
        for question in questions:
            holder = self._holder(question)
            if holder is None:
                known.append((question, None))
            elif self._uid not in (0, holder.uid):  # root may have kept what it takes to look
                known.append((question, Process("", "", holder.uid)))
            else:
                asking.setdefault(holder.inode, []).append((question, holder))
        self._say(known)
        for inode, program in self._finder.find(tuple(asking)):
            self._say([(each, Process(*program, by.uid)) for each, by in asking.pop(inode)])
        for left in asking.values():
            self._say([(each, Process("", "", by.uid)) for each, by in left])

    def _holder(self, question: Question) -> Holder | None:
        assert self._diagnosis is not None  # noqa: S101 - without one nobody asks
        try:
            return self._diagnosis.holder(question.network, question.near, question.far)
        except OSError as error:
            log.debug("the kernel was asked for a socket: %s", error)
            return None

    def _say(self, answers: Sequence[tuple[Question, Process | None]]) -> None:
        if answers:
            self._answers.extend(answers)
            os.eventfd_write(self.fd, 1)
