"""What a program inside is, what it may do, and what it may not: least of all undo the rules."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest
from tests.support.own_namespace import EXTRA_GROUP, USER

WHO = """
import json, os
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
print(json.dumps({
    "ids": [*os.getresuid(), *os.getresgid()],
    "capabilities": [status[f"Cap{name}"].strip() for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")],
    "no_new_privs": status["NoNewPrivs"].strip(),
    "ignored": status["SigIgn"].strip(),
    "blocked": status["SigBlk"].strip(),
    "descriptors": [int(fd) for fd in os.listdir("/proc/self/fd")][:-1],
    "cwd": os.getcwd(),
    "home": os.environ["HOME"],
    "umask": os.umask(0),
}))
"""


@pytest.fixture
def who(script):
    def ask(**more) -> dict:
        status, output = script(WHO, **more).result()
        assert status == 0
        return json.loads(output)

    return ask


def test_ids_are_the_callers(who, person):
    own = os.geteuid() if os.geteuid() != 0 or person == "root" else USER
    group = os.getegid() if os.geteuid() != 0 or person == "root" else USER
    assert who()["ids"] == [own] * 3 + [group] * 3


def test_a_user_has_no_capability_and_gains_none(who, person):
    seen = who()
    if person == "user":
        assert seen["capabilities"] == ["0000000000000000"] * 5
        assert seen["no_new_privs"] == "1"
    else:  # root has its powers over files still
        assert int(seen["capabilities"][1], 16) & 2  # CAP_DAC_OVERRIDE
        assert seen["no_new_privs"] == "0"


def test_starts_as_shells_start_programs(who, stage, tmp_path):
    seen = who()
    assert seen["descriptors"] == [0, 1, 2]
    ours = Path("/proc/self/status").read_text().partition("SigIgn:")[2].split()[0]
    allowed = int(ours, 16) | 1 << 12 | 1 << 24  # what came to us, and this Python's PIPE and XFSZ
    assert int(seen["ignored"], 16) & ~allowed == 0
    assert seen["blocked"] == "0000000000000000"
    assert seen["cwd"] == os.getcwd()
    assert seen["home"] == str(stage.home)


def test_working_directory_may_be_given(who, stage):
    assert who(options=("--cwd", str(stage.home)))["cwd"] == str(stage.home)


def test_what_was_ignored_stays_ignored(who):
    """`nohup byway run …`."""
    assert int(who(options=("--ignore", "1"))["ignored"], 16) & 1


def test_other_descriptors_are_closed(stage, person, run):
    """A descriptor that the caller left open might be a connection past all rules."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        os.set_inheritable(theirs.fileno(), True)
        # The harness passes its own descriptors; a shell passes this one on.
        started = run(
            "/bin/sh",
            "-c",
            "ls /proc/self/fd | wc -l; (echo leak >&7) 2>/dev/null; true",
            prefix=["/bin/sh", "-c", 'exec 7<>/dev/null; exec "$@"', "sh"],
        )
        assert started.result() == (0, "4\n")  # 0, 1, 2, and the listing's own


def test_closed_standard_descriptors_are_not_filled_with_ours(run, stage):
    """`byway run … <&- 2>&-`: a socket of ours must not become the program's input."""
    started = run(
        "/bin/sh",
        "-c",
        "readlink /proc/self/fd/0 /proc/self/fd/2",
        prefix=["/bin/sh", "-c", 'exec "$@" <&- 2>&-', "sh"],
    )
    assert started.result() == (0, "/dev/null\n/dev/null\n")


def test_files_of_a_supplementary_group_stay_readable(run, person, stage):
    """It has no number inside, and counts all the same."""
    other = person == "user" and os.geteuid() == 0
    secret = stage.folder / f"secret-{person}-{os.getpid()}"
    secret.write_text("for the group\n")
    os.chown(secret, -1, EXTRA_GROUP if other else (os.getgroups() or [os.getegid()])[-1])
    secret.chmod(0o040 if other else 0o440)
    assert run("/bin/cat", str(secret)).result() == (0, "for the group\n")


HOSTILE = [
    pytest.param("nft flush ruleset", id="flush the rules"),
    pytest.param("nft delete table inet byway", id="delete the table"),
    pytest.param("unshare -Ur nft flush ruleset", id="flush, as root of an own user namespace"),
    pytest.param("ip link set lo down", id="lo down"),
    pytest.param("unshare -Ur ip link set lo down", id="lo down, as own root"),
    pytest.param("ip rule del pref 4900", id="delete the rule"),
    pytest.param("ip route del default", id="delete the route"),
    pytest.param("unshare -Ur ip route flush table 7364", id="flush the table, as own root"),
    pytest.param("ip link add leak type veth", id="another link"),
    pytest.param("nsenter --net=/proc/1/ns/net true", id="enter init's network"),
    pytest.param("nsenter --net=/proc/$PPID/ns/net true", id="enter the launcher's network"),
    pytest.param("nsenter --user=/proc/$PPID/ns/user true", id="enter the launcher's user ns"),
    pytest.param("unshare -Ur nsenter --user=/proc/$PPID/ns/user true", id="the same as own root"),
    pytest.param("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6", id="IPv6 off"),
    pytest.param("umount /etc/resolv.conf", id="unmount resolv.conf"),
    pytest.param("unshare -Urm umount /etc/resolv.conf", id="unmount resolv.conf as own root"),
    pytest.param("echo nameserver 9.9.9.9 > /etc/resolv.conf", id="write resolv.conf"),
    pytest.param("head -c 1 /proc/$PPID/mem", id="read the launcher's memory"),
    pytest.param("readlink /proc/$PPID/fd/0", id="see the launcher's descriptors"),
]


@pytest.mark.parametrize("command", HOSTILE)
def test_hostile_programs_fail(run, person, command):
    """… and interception goes on: after the attempt, a connection arrives as before."""
    if person == "root" and "disable_ipv6" in command:
        command = "false"  # root owns all sysctls of its network, by its number; nothing leaks
    attempt = f"({command}) >/dev/null 2>&1 && echo SUCCEEDED; "
    look = 'exec "$PYTHON" -c "$0"'
    code = """
import socket
for address in "198.51.100.7", "2001:db8::7":
    with socket.create_connection((address, 80), timeout=20) as sock:
        assert address in sock.makefile().readline()
"""
    assert run("/bin/sh", "-c", attempt + look, code).result() == (0, "")


@pytest.mark.parametrize("whose", ["launcher", "engine"])
def test_descriptors_of_ours_cannot_be_taken(script, whose):
    """pidfd_getfd(2) would give the engine's connections, or the raw sockets."""
    code = f"""
import ctypes, errno, os
pid = os.getppid()
if {whose!r} == "engine":
    status = open(f"/proc/{{pid}}/status").read()
    pid = int(status.partition("PPid:\t")[2].split()[0])
libc = ctypes.CDLL(None, use_errno=True)
taken = [libc.syscall(438, os.pidfd_open(pid), number, 0) for number in range(20)]
assert taken == [-1] * 20 and ctypes.get_errno() == errno.EPERM, taken
"""
    assert script(code).result() == (0, "")


def test_an_empty_network_of_its_own_leads_nowhere(script):
    """A program may leave for a new namespace; there is no way out of that at all."""
    code = """
import errno, os, socket, subprocess, sys
inner = "import socket, sys; sys.exit(socket.socket().connect_ex(('198.51.100.7', 80)))"
ended = subprocess.run(["unshare", "-Urn", sys.executable, "-c", inner], check=False)
assert ended.returncode == errno.ENETUNREACH, ended.returncode
"""
    assert script(code).result() == (0, "")


def test_sandboxes_of_browsers_work(run):
    """What Chromium, Firefox and bubblewrap do: user, process id, network and mount namespaces of
    their own, /proc mounted anew."""
    command = (
        "unshare --user --map-root-user --pid --fork --net --mount --mount-proc cat /proc/1/comm"
    )
    assert run("/bin/sh", "-c", command).result() == (0, "cat\n")


def test_root_keeps_all_ids(run, person):
    """apt-get drops to _apt; daemons to their own users."""
    command = ["setpriv", "--reuid=1234", "--regid=1235", "--groups=1235,1236", "id", "-u"]
    status, output = run(*command).result()
    assert (status, output) == (0, "1234\n") if person == "root" else status != 0
