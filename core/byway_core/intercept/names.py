"""What libc reads about names inside the namespace, in place of the host's files and caches.

Programs must ask by DNS, where the question is intercepted, and not a cache of the host's, which
would ask for them from outside: then no name would be known for the address, and the question
would leave the machine past all rules. So resolv.conf names one intercepted address, and what
answers without DNS is masked: nscd's socket, and systemd-resolved's, which nss-resolve asks.

Only mounts in a mount namespace of our own; the host sees nothing of it. Should the host replace a
masked file, the kernel drops the mask; the host's resolv.conf then shows again, and its servers
are intercepted all the same.
"""

from __future__ import annotations

import contextlib
import os
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from byway_core.intercept import kernel

RESOLV_CONF = "/etc/resolv.conf"
NSSWITCH = "/etc/nsswitch.conf"
# Directories of the sockets by which libc asks caches: nscd's, and systemd-resolved's, where on
# many systems the real resolv.conf lies as well.
CACHES = ("/run/nscd", "/var/run/nscd", "/run/systemd/resolve")
_RESOLVED_FILES = ("resolv.conf", "stub-resolv.conf")

# A directory that every system has and that nobody needs while the masks are made.
_SCRATCH = "/sys"
# resolv.conf and nsswitch.conf have a few lines; a tmpfs without a limit takes half the memory.
_TMPFS_OPTIONS = "size=256k,mode=0755"
_TMPFS_FLAGS = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC

_KEPT = ("search", "domain", "options", "sortlist")


def resolv_conf(host: str, nameserver: IPv4Address | IPv6Address) -> str:
    """resolv.conf(5) with one nameserver and everything else as the host has it."""
    kept = [line for line in host.splitlines() if line.split()[:1] and line.split()[0] in _KEPT]
    head = "# Made by byway run for this program: questions go to Byway."
    return "\n".join([head, f"nameserver {nameserver}", *kept, ""])


def nsswitch(host: str) -> str | None:
    """nsswitch.conf(5) without systemd-resolved's module, which older systems reach by D-Bus; with
    `dns` in its place if that was not there. None where nothing is to be changed."""
    lines = host.splitlines()
    for number, line in enumerate(lines):
        database, colon, services = line.partition(":")
        words = services.split()
        if database.strip() == "hosts" and colon and "resolve" in words:
            lines[number] = f"hosts: {' '.join(_without_resolve(words))}"
            return "\n".join([*lines, ""])
    return None


def _without_resolve(words: list[str]) -> list[str]:
    kept: list[str] = []
    dropping = False
    for word in words:
        if word == "resolve":
            dropping = True
            if "dns" not in words:
                kept.append("dns")
        elif not (dropping and word.startswith("[")):  # its [!UNAVAIL=return]
            dropping = False
            kept.append(word)
    return kept


class NamesError(OSError):
    """A cache that must not be asked could not be masked; `filename` is its directory."""


def cover(nameserver: IPv4Address | IPv6Address) -> list[str]:
    """Put it all in place in the caller's own mount namespace. What could not be done and can be
    lived with comes back as sentences; NamesError is raised for what cannot."""
    resolv = resolv_conf(_read(RESOLV_CONF), nameserver)
    switch = nsswitch(_read(NSSWITCH))
    for directory in sorted({os.path.realpath(d) for d in CACHES if os.path.isdir(d)}):
        _mask(directory, resolv)
    try:
        _replace(RESOLV_CONF, resolv)
        if switch is not None:
            _replace(NSSWITCH, switch)
    except OSError as error:
        return [
            f"{error.filename} could not be replaced for the program ({error.strerror}); its "
            "questions are intercepted all the same"
        ]
    return []


def _mask(directory: str, resolv: str) -> None:
    """Lay an empty read-only file system over it, but for the copies of resolv.conf it had."""
    present = [name for name in _RESOLVED_FILES if os.path.isfile(f"{directory}/{name}")]
    try:
        kernel.mount("byway", directory, "tmpfs", _TMPFS_FLAGS, _TMPFS_OPTIONS)
        for name in present:
            _write(Path(directory, name), resolv)
        kernel.mount("byway", directory, "", _TMPFS_FLAGS | kernel.MS_REMOUNT | kernel.MS_RDONLY)
    except OSError as error:
        raise NamesError(error.errno, error.strerror, directory) from error


def _replace(path: str, text: str) -> None:
    """Bind a read-only file with `text` over what `path` finally leads to. A path that leads
    nowhere stays so: without resolv.conf, libc asks 127.0.0.1, and that is intercepted. OSError
    has `path` as its filename."""
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        with contextlib.ExitStack() as undo:
            undo.callback(os.close, target)
            kernel.mount("byway", _SCRATCH, "tmpfs", _TMPFS_FLAGS, _TMPFS_OPTIONS)
            undo.callback(kernel.unmount, _SCRATCH)
            source = Path(_SCRATCH, os.path.basename(path))
            _write(source, text)
            kernel.mount(str(source), f"/proc/self/fd/{target}", "", kernel.MS_BIND)
            flags = _TMPFS_FLAGS | kernel.MS_BIND | kernel.MS_REMOUNT | kernel.MS_RDONLY
            kernel.mount("", os.path.realpath(path), "", flags)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error


def _read(path: str) -> str:
    """A configuration file's text; "" where there is none."""
    try:
        return Path(path).read_text("utf-8", "surrogateescape")
    except OSError:
        return ""


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", "surrogateescape")
    path.chmod(0o444)
