"""One desktop app for each user: a second start tells the first what it was started for.

A lock that the kernel drops with its process, and a socket beside it for the wish: one word, which
is heard once the first hangs up.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import socket
import time
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path

# For the first one to hear: it may still be starting.
_SECONDS = 5.0
_AGAIN_SECONDS = 0.05
_NAME = "desktop"
_LONGEST = 64  # bytes of a wish; no word is half as long


class Wish(Enum):
    """What a second start is for."""

    SHOW = b"show"
    TOGGLE = b"toggle"


class OnlyOne:
    """The first of them; the others' `ask` calls `asked` with their wish."""

    def __init__(self, folder: Path) -> None:
        """BlockingIOError where there is one already. The folder must be the user's own."""
        self._path = folder / _NAME
        self._lock = os.open(folder / "desktop.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()  # of one that has died
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _reachable(folder) as address:
            self._listener.bind(address)
        self._listener.listen()
        self._listener.setblocking(False)
        self._asking: set[socket.socket] = set()

    def listen(self, loop: asyncio.AbstractEventLoop, asked: Callable[[Wish], None]) -> None:
        loop.add_reader(self._listener.fileno(), self._accept, asked)
        self._loop = loop

    def close(self) -> None:
        self._loop.remove_reader(self._listener.fileno())
        for asking in tuple(self._asking):
            self._forget(asking)
        self._path.unlink(missing_ok=True)
        self._listener.close()
        os.close(self._lock)

    def _accept(self, asked: Callable[[Wish], None]) -> None:
        with contextlib.suppress(OSError):
            asking = self._listener.accept()[0]
            asking.setblocking(False)
            self._asking.add(asking)
            self._loop.add_reader(asking.fileno(), self._hear, asking, asked)

    def _hear(self, asking: socket.socket, asked: Callable[[Wish], None]) -> None:
        """A word is written in one piece, and comes in one; nothing is one who has gone."""
        try:
            said = asking.recv(_LONGEST)
        except OSError:
            said = b""
        self._forget(asking)
        wish = next((each for each in Wish if each.value == said), None)
        if wish is not None:  # else a later version's, say
            asked(wish)

    def _forget(self, asking: socket.socket) -> None:
        self._loop.remove_reader(asking.fileno())
        self._asking.discard(asking)
        asking.close()


def ask(folder: Path, wish: Wish) -> bool:
    """Tell the one that runs; False where it does not answer."""
    end = time.monotonic() + _SECONDS
    while (left := end - time.monotonic()) > 0:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
            asking.settimeout(left)
            try:
                with _reachable(folder) as address:
                    asking.connect(address)
                asking.sendall(wish.value)
                return asking.recv(1) == b""  # it hangs up once it has heard
            except (FileNotFoundError, ConnectionRefusedError):
                time.sleep(_AGAIN_SECONDS)  # it has its lock, and does not listen yet
            except OSError:
                return False
    return False


@contextlib.contextmanager
def _reachable(folder: Path) -> Iterator[str]:
    """The socket's address: a folder's own name may be too long for one (unix(7): 108 bytes)."""
    there = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{there}/{_NAME}"
    finally:
        os.close(there)
