"""Programs started under the rules: each is the child of a `byway run` of its own.

A GUI that dies takes none of them with it; one that quits ends them all.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from byway_core.api.own_program import command_line

# Of what a program has said last, kept to tell why it failed. Byway's own sentences are shorter.
_LAST_WORDS = 4096
# Seconds from the polite signal to the other one. A browser saves its session in less.
_PATIENCE = 5.0
_OURS = "byway run: "

# The limit on open files as a user's programs are to get it: an engine in this process raises it.
_FILES = resource.getrlimit(resource.RLIMIT_NOFILE)


class Program:
    """One of them. `status` is its exit status, once it has ended; `said` the end of what it, and
    Byway about it, have written to standard error."""

    def __init__(self, argv: tuple[str, ...]) -> None:
        self.argv = argv
        self.status: int | None = None
        self.said = b""

    @property
    def remark(self) -> str:
        """Byway's last sentence about it, with the lines that belong to it; "" where all was well.
        Why it could not be run is there."""
        _, found, sentence = self.said.decode(errors="replace").rpartition(_OURS)
        return sentence.strip() if found else ""


class Programs:
    """`started(program)` and `ended(program)` are called on the loop."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        started: Callable[[Program], None],
        ended: Callable[[Program], None],
    ) -> None:
        self._loop = loop
        self._started = started
        self._ended = ended
        self._running: dict[Program, subprocess.Popen[bytes]] = {}
        self._nobody = asyncio.Event()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, argv: tuple[str, ...], profile: Path) -> None:
        """OSError where no process can be made; that the program cannot be run shows later."""
        command = command_line("run", "--await-follower", "--profile", str(profile))
        process = subprocess.Popen(  # noqa: S603 - the user's own command line
            [*command, "--", *argv],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            # Ctrl-C in the terminal that the GUI was started from is the GUI's, which ends these.
            start_new_session=True,
        )
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, _FILES)
        program = Program(argv)
        self._running[program] = process
        assert process.stderr is not None  # noqa: S101 - piped above
        words = process.stderr.fileno()
        os.set_blocking(words, False)
        self._loop.add_reader(words, self._listen, program, words)
        death = os.pidfd_open(process.pid)
        self._loop.add_reader(death, self._bury, program, death)
        self._started(program)

    async def end_all(self) -> None:
        """Ask all to end, insist after some seconds, and return when none is left."""
        for signum in (signal.SIGTERM, signal.SIGKILL):
            for process in self._running.values():
                process.send_signal(signum)
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    while self._running:
                        self._nobody.clear()
                        await self._nobody.wait()
                return

    def _listen(self, program: Program, words: int) -> None:
        try:
            data = os.read(words, 65536)
        except BlockingIOError:
            return
        if not data:
            self._loop.remove_reader(words)
            return
        program.said = (program.said + data)[-_LAST_WORDS:]
        with suppress(OSError):  # ours may be closed; theirs goes where it would have gone
            os.write(2, data)

    def _bury(self, program: Program, death: int) -> None:
        self._loop.remove_reader(death)
        os.close(death)
        process = self._running.pop(program)
        assert process.stderr is not None  # noqa: S101 - piped
        self._listen(program, process.stderr.fileno())
        self._loop.remove_reader(process.stderr.fileno())
        process.stderr.close()
        program.status = process.wait()
        self._ended(program)
        if not self._running:
            self._nobody.set()
