"""A file replaced as a whole: whenever this process dies, the old one is there or the new one.

Only if it is still what its reader read. It must not know what is in it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from byway_core.model.errors import ChangedError
from byway_core.model.sentence import say

# A first profile is its user's alone: passwords may come to stand in it.
_NEW_MODE = 0o600
# What file systems say that have no O_TMPFILE (overlayfs of old kernels, NFS, FUSE).
_NO_NAMELESS = (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL)


def make_folder(path: Path) -> None:
    """The folder of `path`, readable by nobody else where it is new; OSError where it cannot be."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:  # not the file: its folder, and it is none
        reason = os.strerror(errno.ENOTDIR)
        raise NotADirectoryError(errno.ENOTDIR, reason, str(path.parent)) from error


def replace_file(path: Path, data: bytes, known: bytes | None) -> None:
    """Put `data` there, with the mode, and where this user may the owner, of what was there.

    A link stays, and what it leads to is replaced. `known` is what the file had when it was read;
    ChangedError where that is not so any more. None: it was not read, and may be missing. OSError
    where it cannot be written; then it is as it was.
    """
    path = Path(os.path.realpath(path))
    if known is None:
        make_folder(path)
    try:
        old = _read(path)
    except FileNotFoundError:
        if known is not None:
            raise ChangedError(
                errno.ENOENT, say("the file was removed meanwhile"), str(path)
            ) from None
        old = None
    if old is not None and known is not None and old != known:
        raise ChangedError(errno.ESTALE, say("the file was changed meanwhile"), str(path))
    if old != data:
        _replace(path, data)


def _read(path: Path) -> bytes:
    # Not blocking: a FIFO of that name has no writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, say("not a regular file"), str(path))
        return file.read()


def _replace(path: Path, data: bytes) -> None:
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    # Unguessable, so that nobody else's file is in the way, and nobody waits for a dead one's.
    name = f".{path.name}.{os.urandom(6).hex()}"
    try:
        _write(folder, name, path, data)
        try:
            os.rename(name, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError:
            os.unlink(name, dir_fd=folder)
            raise
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(folder: int, name: str, path: Path, data: bytes) -> None:
    """A file of that name with the data safely in it. It has no name before it is complete, where
    the file system can do that; else a sudden death leaves a piece under that name."""
    flags, has_name = os.O_WRONLY | os.O_CLOEXEC, False
    try:
        descriptor = os.open(path.parent, flags | os.O_TMPFILE, _NEW_MODE)
    except OSError as error:
        if error.errno not in _NO_NAMELESS:
            raise
        descriptor = os.open(name, flags | os.O_CREAT | os.O_EXCL, _NEW_MODE, dir_fd=folder)
        has_name = True
    try:
        _like(descriptor, path)
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
        if not has_name:
            source = f"/proc/self/fd/{descriptor}"
            os.link(source, name, dst_dir_fd=folder, follow_symlinks=True)
    except OSError:
        if has_name:
            os.unlink(name, dir_fd=folder)
        raise
    finally:
        os.close(descriptor)


def _like(descriptor: int, path: Path) -> None:
    """Give it the owner and the mode of the file at `path`, if there is one."""
    with contextlib.suppress(FileNotFoundError):
        old = path.stat()
        mode = stat.S_IMODE(old.st_mode)
        for uid, gid in ((old.st_uid, old.st_gid), (-1, old.st_gid)):
            with contextlib.suppress(OSError):  # EINVAL for one that a user namespace lacks
                os.fchown(descriptor, uid, gid)
                break
        if os.fstat(descriptor).st_gid != old.st_gid:
            mode &= ~0o070  # of another group, which was not meant
        os.fchmod(descriptor, mode)
