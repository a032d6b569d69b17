"""Where control sockets are: one for each engine, in a folder that only the user can enter.

A socket appears under its final name only once it accepts, so whoever finds one that refuses has
found a dead engine's and may remove it. It must not know what is said over the sockets.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

_SUFFIX = ".sock"
# unix(7): 108 bytes with the final zero. Test folders and long XDG_RUNTIME_DIRs are longer.
_LONGEST_PATH = 107
# Clients that have not been accepted yet; an engine accepts within milliseconds.
_BACKLOG = 64


def socket_path(folder: Path, pid: int) -> Path:
    return folder / f"{pid}{_SUFFIX}"


def socket_paths(folder: Path) -> list[Path]:
    """The sockets in the folder, dead ones too, by process id."""
    with contextlib.suppress(FileNotFoundError):
        found = [path for path in folder.iterdir() if path.suffix == _SUFFIX]
        return sorted(found, key=lambda path: (len(path.name), path.name))
    return []


def listen(folder: Path, pid: int) -> socket.socket:
    """A non-blocking listening socket at `socket_path`, mode 0600. OSError where it cannot be."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    making = folder / f".{pid}.new"
    try:
        making.unlink(missing_ok=True)  # of a dead process of our number
        with _reachable(making) as address:
            sock.bind(address)
        making.chmod(0o600)
        sock.listen(_BACKLOG)
        making.rename(socket_path(folder, pid))
    except OSError:
        sock.close()
        raise
    return sock


def connect(path: Path, timeout: float) -> socket.socket | None:
    """A blocking connection; None where the engine is dead, after its socket has been removed.
    OSError (TimeoutError, BlockingIOError) where something is there that does not answer."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(timeout)
    try:
        before = path.lstat()
        with _reachable(path) as address:
            sock.connect(address)
    except OSError as error:
        sock.close()
        if error.errno == errno.ECONNREFUSED:
            _remove(path, before)
            return None
        if error.errno == errno.ENOENT:
            return None
        raise
    return sock


def sweep(folder: Path) -> None:
    """Remove what dead engines have left."""
    for path in socket_paths(folder):
        with contextlib.suppress(OSError):
            sock = connect(path, timeout=0.1)
            if sock is not None:
                sock.close()


def peer_uid(sock: socket.socket) -> int:
    """The user at the other end, by the kernel's word (unix(7), SO_PEERCRED)."""
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("iII"))
    _, uid, _ = struct.unpack("iII", credentials)
    return int(uid)


def _remove(path: Path, seen: os.stat_result) -> None:
    """Unlink a socket, unless another file has taken its place since it was seen."""
    with contextlib.suppress(OSError):
        now = path.lstat()
        same = (now.st_dev, now.st_ino) == (seen.st_dev, seen.st_ino)
        if same and stat.S_ISSOCK(now.st_mode):
            path.unlink()


@contextlib.contextmanager
def _reachable(path: Path) -> Iterator[str]:
    """An address of this file that fits into a sockaddr_un."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
