"""One desktop app for each user: a second start raises the window of the first.

A lock that the kernel drops with its process, and a socket beside it for the request.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import socket
from collections.abc import Callable
from pathlib import Path

_SECONDS = 2.0


class OnlyOne:
    """The first of them; the others' `ask` calls `asked`."""

    def __init__(self, folder: Path) -> None:
        """BlockingIOError where there is one already. The folder must be the user's own."""
        self._path = folder / "desktop"
        self._lock = os.open(folder / "desktop.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()  # of one that has died
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self._path))
        self._listener.listen()
        self._listener.setblocking(False)

    def listen(self, loop: asyncio.AbstractEventLoop, asked: Callable[[], None]) -> None:
        loop.add_reader(self._listener.fileno(), self._accept, asked)
        self._loop = loop

    def close(self) -> None:
        self._loop.remove_reader(self._listener.fileno())
        self._path.unlink(missing_ok=True)
        self._listener.close()
        os.close(self._lock)

    def _accept(self, asked: Callable[[], None]) -> None:
        with contextlib.suppress(OSError):
            self._listener.accept()[0].close()
            asked()


def ask(folder: Path) -> bool:
    """Ask the one that runs for its window; False where it does not answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(_SECONDS)
        try:
            asking.connect(str(folder / "desktop"))
            return asking.recv(1) == b""  # it hangs up once it has heard
        except OSError:
            return False
