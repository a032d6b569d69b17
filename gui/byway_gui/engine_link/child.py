"""An engine as a child process: `byway up` or `byway serve`, told on by its own JSON lines.

It lives on when the window's process dies, so that nothing that a rule sends through an upstream
goes directly at that moment; the next window finds it by its control socket.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from byway_core.api.own_program import command_line
from byway_core.flatpak import number_of

Told = Callable[[dict[str, Any]], None]
Said = Callable[[str], None]
Ended = Callable[[int], None]

_LONGEST = 64 * 1024
# The limit on open files as a user's programs are to get it: an engine in this process raises it.
_FILES = resource.getrlimit(resource.RLIMIT_NOFILE)


class Child:
    """`told(event)` for what it announces, `said(line)` for each line of its standard error,
    `ended(status)` last; all on the loop."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        arguments: list[str],
        told: Told,
        said: Said,
        ended: Ended,
    ) -> None:
        """OSError where no process can be made."""
        self._loop = loop
        self._ended = ended
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command_line(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Ctrl-C in the terminal that the window was started from is the window's.
            start_new_session=True,
        )
        self.pid = number_of(self._process.pid)
        resource.prlimit(self._process.pid, resource.RLIMIT_NOFILE, _FILES)
        self._out = _Lines(loop, self._process.stdout, lambda text: _event(text, told))
        self._err = _Lines(loop, self._process.stderr, said)
        self._death = os.pidfd_open(self._process.pid)
        loop.add_reader(self._death, self._bury)

    def end(self, signum: int = signal.SIGINT) -> None:
        """Ask it to end: by SIGINT explicitly, kill switch and all."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signum)

    def _bury(self) -> None:
        self._loop.remove_reader(self._death)
        os.close(self._death)
        for lines in (self._out, self._err):
            lines.read()
            lines.close()
        self._ended(self._process.wait())


class _Lines:
    """The lines of a pipe, as they come."""

    def __init__(self, loop: asyncio.AbstractEventLoop, pipe: Any, take: Said) -> None:
        self._loop = loop
        self._pipe = pipe
        self._take = take
        self._rest = b""
        os.set_blocking(pipe.fileno(), False)
        loop.add_reader(pipe.fileno(), self.read)

    def read(self) -> None:
        try:
            data = self._pipe.read(_LONGEST)
        except (BlockingIOError, ValueError):
            return
        if data is None:
            return
        if not data:
            self.close()
            return
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[-_LONGEST:]
        for line in lines:
            self._take(line.decode(errors="replace"))

    def close(self) -> None:
        if not self._pipe.closed:
            self._loop.remove_reader(self._pipe.fileno())
            self._pipe.close()


def _event(text: str, told: Told) -> None:
    try:
        event = json.loads(text)
    except ValueError:
        return  # a library's own words, which are nobody's event
    if isinstance(event, dict):
        told(event)


def arguments(reach: str, profile: Path, everything: str) -> list[str]:
    """`reach`: "machine" or "port"."""
    command = "up" if reach == "machine" else "serve"
    return [command, "--events", "--profile", str(profile), f"--everything={everything}"]
