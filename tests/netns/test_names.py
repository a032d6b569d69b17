"""On hosts that answer names by other ways than DNS, made for real with files laid over ours."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

# A host's /etc and /run, with as much as libc needs.
HOST = """
mount -t tmpfs host /mnt
for file in ld.so.cache passwd group; do cp /etc/$file /mnt/; done
mount --bind /mnt /etc
mount -t tmpfs host /run
{preparation}
exec "$@"
"""

# systemd-resolved: a stub, its sockets, and nss-resolve before DNS.
RESOLVED = """
mkdir -p /run/systemd/resolve
ln -s ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
printf 'nameserver 127.0.0.53\\noptions edns0 trust-ad\\nsearch lan.example\\n' \
    > /run/systemd/resolve/stub-resolv.conf
printf 'nameserver 192.168.1.1\\n' > /run/systemd/resolve/resolv.conf
touch /run/systemd/resolve/io.systemd.Resolve
printf 'hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns\\n' > /etc/nsswitch.conf
"""
NSCD = """
mkdir -p /run/nscd; ln -s /run /var/run 2>/dev/null || true; touch /run/nscd/socket
printf 'nameserver 192.168.1.1\\nnameserver 192.168.1.2\\n' > /etc/resolv.conf
printf 'hosts: files dns\\n' > /etc/nsswitch.conf
"""
DANGLING = """
ln -s ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
printf 'hosts: files dns\\n' > /etc/nsswitch.conf
"""
RESOLVE_ONLY = """
printf 'nameserver 192.168.1.1\\n' > /etc/resolv.conf
printf 'passwd: files\\nhosts: files resolve\\n' > /etc/nsswitch.conf
"""


def prefix(preparation: str) -> list[str]:
    script = HOST.format(preparation=preparation)
    return ["unshare", "-Ur", "--mount", "/bin/sh", "-e", "-c", script, "sh"]


LOOK = "cat /etc/resolv.conf; grep hosts: /etc/nsswitch.conf; ls /run/nscd /run/systemd/resolve"


@pytest.mark.parametrize(
    ("preparation", "seen"),
    [
        pytest.param(
            RESOLVED,
            [
                "nameserver 192.0.0.53",
                "options edns0 trust-ad",
                "search lan.example",
                "hosts: mymachines files myhostname dns",
                "resolv.conf",
                "stub-resolv.conf",
            ],
            id="systemd-resolved",
        ),
        pytest.param(NSCD, ["nameserver 192.0.0.53", "hosts: files dns"], id="nscd"),
        pytest.param(DANGLING, ["hosts: files dns"], id="resolv.conf leads nowhere"),
        pytest.param(
            RESOLVE_ONLY, ["nameserver 192.0.0.53", "hosts: files dns"], id="resolve without dns"
        ),
    ],
)
def test_what_libc_reads(run, preparation, seen):
    started = run("/bin/sh", "-c", f"({LOOK}) 2>/dev/null", prefix=prefix(preparation))
    _, output = started.result()
    lines = [line for line in output.splitlines() if line and line[0] not in "#/"]
    assert lines == seen
    assert started.seen[0]["notices"] == []


@pytest.mark.parametrize("preparation", [RESOLVED, NSCD, DANGLING, RESOLVE_ONLY])
def test_names_are_asked_of_the_engine(script, preparation):
    code = """
import socket
found = socket.getaddrinfo("www.byway-test.example", 443, type=socket.SOCK_STREAM)
assert found[0][4][0] == "198.51.100.7", found
"""
    assert script(code, prefix=prefix(preparation)).result() == (0, "")


def test_the_host_sees_nothing_of_it(run):
    """Mounts of the program's are not the host's."""
    look = "grep -c '^nameserver 192.0.0.53$' /etc/resolv.conf; grep -c '^byway ' /proc/mounts"
    started = run("/bin/sh", "-c", f"{look}; sleep 1000")
    assert started.process.stdout.readline() == "1\n"
    assert int(started.process.stdout.readline()) >= 1
    assert " byway " not in Path(f"/proc/{os.getpid()}/mountinfo").read_text()
    assert "192.0.0.53" not in Path("/etc/resolv.conf").read_text()
    started.command("leave")
    started.result()


def test_working_directory_under_the_scratch_place(run):
    """/sys is covered for a moment while files are laid; afterwards it is as it was."""
    listed = subprocess.run(["ls", "/sys"], capture_output=True, text=True, check=True).stdout
    assert run("/bin/sh", "-c", "cd /sys && ls").result() == (0, listed)


def test_host_name_stays(script):
    code = "import socket; print(socket.gethostname())"
    assert script(code).result() == (0, f"{socket.gethostname()}\n")
