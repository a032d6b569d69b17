"""Machines that do not let us, made for real in namespaces: what the user is told."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

# A user namespace of the test's own, in which switches can be set and files be covered.
OWN = ["unshare", "-Ur", "--mount", "/bin/sh", "-e", "-c"]


def library() -> str:
    """The real file of libnftables."""
    listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True)
    match = re.search(r"libnftables\.so\.1 .*=> (\S+)", listed.stdout)
    assert match is not None
    return match[1]


def within(preparation: str) -> list[str]:
    return [*OWN, f'{preparation}; exec "$@"', "sh"]


OBSTACLES = [
    pytest.param(
        "echo 0 > /proc/sys/user/max_user_namespaces",
        (),
        "user.max_user_namespaces = 0), and byway run needs one. "
        "To allow them: sudo sysctl user.max_user_namespaces=15000",
        id="no user namespaces",
    ),
    pytest.param(
        "echo 0 > /proc/sys/user/max_net_namespaces",
        (),
        "sudo sysctl user.max_net_namespaces=15000",
        id="no network namespaces",
    ),
    pytest.param(
        "echo 1 > /proc/sys/user/max_user_namespaces",
        (),
        "a limit is reached (user.max_user_namespaces = 1,",
        id="no second user namespace",
    ),
    pytest.param(
        'mount --rbind / /mnt; cd /; set -- chroot /mnt "$@"', (), "a chroot", id="chroot"
    ),
    pytest.param("true", ("--forbid", "unshare"), "seccomp=unconfined", id="seccomp"),
    pytest.param(
        "mount --bind /dev/null {library}",
        (),
        "sudo apt install libnftables1 (Debian, Ubuntu)",
        id="no libnftables",
    ),
]


@pytest.mark.parametrize(("preparation", "options", "sentence"), OBSTACLES)
def test_obstacle(run, preparation, options, sentence):
    prefix = within(preparation.format(library=library()))
    started = run("true", options=options, prefix=prefix)
    text = started.event("InterceptError")["text"]
    assert sentence in text
    assert text.endswith((".", "60-byway.conf"))
    assert started.result() == (69, "")


CONNECT = """
import socket
with socket.create_connection(("198.51.100.7", 80), timeout=20) as sock:
    print(sock.makefile().readline(), end="")
"""


def test_within_another_user_namespace(script):
    """As in a container that has few ids: they are passed on, as many as there are."""
    started = script(CONNECT, prefix=within("true"))
    status, output = started.result()
    assert status == 0
    assert json.loads(output)["address"] == "198.51.100.7"


def test_without_ipv6(script):
    """Then it is IPv4 alone, and that is said."""
    started = script(CONNECT, options=("--forbid", "ipv6"))
    ready = started.event("ready")
    assert ready["families"] == ["AF_INET"]
    assert ready["notices"] == ["this kernel has IPv6 switched off: the program has IPv4 only"]
    status, output = started.result()
    assert status == 0
    assert json.loads(output)["address"] == "198.51.100.7"


def test_ipv6_switched_off_for_new_namespaces_is_switched_on(script):
    """net.core.devconf_inherit_init_net and the like are about the host's links."""
    code = 'print(open("/proc/sys/net/ipv6/conf/lo/disable_ipv6").read(), end="")'
    assert script(code).result() == (0, "0\n")
