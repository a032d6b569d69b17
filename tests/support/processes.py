"""Real programs as servers on loopback: started, waited for until they accept, ended by pid.

Each server gets a loopback address of its own (127/8 has 16 million), so tests in parallel
never fight for ports. A server dies with the test process, however that ends.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

PACKAGES = "tests/support/debian-packages.txt"
Hosts = Mapping[str, str]  # name -> address

# Only a server that is broken takes that long; sing-box and mihomo need 0.1 to 0.5 s.
DEADLINE = 20.0
# How long an attempt to connect is apart from the next.
_STEP = 0.01


class ServerFailed(Exception):
    """A server that ended, or did not accept before the deadline; the text has its output."""


def loopback_address() -> str:
    """An IPv4 loopback address that no other test uses. Not from `random`: hypothesis seeds it."""
    one, two, three = os.urandom(3)
    return f"127.{64 + one % 128}.{two}.{1 + three % 250}"


def free_port(host: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.bind((host, 0))
        port: int = listener.getsockname()[1]
        return port


def installed(name: str) -> str | None:
    """The full path of a program, also of those that only root has in the search path."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def program(name: str) -> str:
    """The same, and where it is missing the test skips: not every release has all of them."""
    return installed(name) or pytest.skip(f"{name} is missing: see {PACKAGES}")


def lives(pid: int) -> bool:
    """Whether that process runs. What has ended is still seen where the first process collects
    nobody, as a container's may."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


@contextmanager
def scratch(name: str) -> Iterator[Path]:
    """A directory for one server."""
    with tempfile.TemporaryDirectory(prefix=f"byway-{name}-") as directory:
        yield Path(directory)


def not_root() -> list[str]:
    """What to put before a program that refuses to be root: as root, another number for it."""
    if os.geteuid() != 0:
        return []
    return [program("unshare"), "--map-user=1000", "--map-group=1000"]


# In a user and mount namespace of its own anybody may give a program other files of /etc: those of
# these names in its directory. In a process namespace of its own, all its children end with it.
_NAMESPACE = ("--map-root-user", "--mount", "--pid", "--fork", "--kill-child")
_WITH_FILES = """\
for name in passwd shadow hosts; do
    [ ! -e "$name" ] || mount --bind "$name" "/etc/$name" || exit 1
done
exec "$@"
"""


def with_files(argv: Sequence[str], *, as_root: bool) -> list[str]:
    """The command for a program that shall see the accounts and hosts in its directory."""
    start = [program("unshare"), *_NAMESPACE, "sh", "-c", _WITH_FILES, "sh"]
    if not as_root:
        start += [program("unshare"), "--map-user=1000", "--map-group=1000"]
    return [*start, *argv]


def write_accounts(directory: Path, username: str, hashed: str) -> None:
    """Accounts for `with_files`: root, and one that is user 1000."""
    text = f"root:x:0:0::/:/bin/sh\n{username}:x:1000:1000::/:/bin/sh\n"
    (directory / "passwd").write_text(text)
    (directory / "shadow").write_text(f"{username}:{hashed}:19000:0:99999:7:::\n")


def write_hosts(directory: Path, hosts: Hosts | None) -> None:
    """/etc/hosts for `with_files`."""
    lines = "".join(f"{address} {name}\n" for name, address in (hosts or {}).items())
    (directory / "hosts").write_text(f"127.0.0.1 localhost\n{lines}")


@contextmanager
def running(
    argv: Sequence[str],
    address: tuple[str, int],
    directory: Path,
) -> Iterator[int]:
    """The program while it runs, from when it accepts on `address`; its pid."""
    log = directory / f"port-{address[1]}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            # setpriv: no server survives the thread that started it, even where that is killed.
            [program("setpriv"), "--pdeathsig", "KILL", *argv],
            cwd=directory,
            env={**os.environ, "TMPDIR": str(directory)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    with process:
        try:
            _wait_until_accepting(process, address, log)
            yield process.pid
        finally:
            process.kill()


def _wait_until_accepting(
    process: subprocess.Popen[bytes], address: tuple[str, int], log: Path
) -> None:
    end = time.monotonic() + DEADLINE
    while True:
        try:
            socket.create_connection(address, 1).close()
            return
        except OSError:
            pass
        try:
            process.wait(_STEP)
        except subprocess.TimeoutExpired:
            if time.monotonic() < end:
                continue
        raise ServerFailed(f"{process.args!r}: {log.read_text(errors='replace')[-2000:]}")
