"""What the sockets are made to be. That they do it together with the rules is tests/netns'."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.own_network import PATHS, inside

MAKE = """
import socket
from byway_helper.contract import *
from byway_core.intercept.links import Links
from byway_helper.routes import LOOPBACK
from byway_helper import sockets
Links().raise_link(LOOPBACK)
plan = Plan(Mode.NAMESPACE)
made = sockets.make(plan, 3)
"""


def test_a_set_for_each_worker():
    inside(
        MAKE
        + """
assert len(made.tcp) == 3 and all(len(listeners) == 2 for listeners in made.tcp)
for number, family in enumerate((Family.IPV4, Family.IPV6)):
    names = {listeners[number].getsockname()[:2] for listeners in made.tcp}
    assert names == {(("127.0.0.1", "::1")[number], made.ports[family].tcp)}, names
    assert made.udp[number].getsockname()[1] == made.ports[family].udp
assert len(list(made)) == 10
for each in made:
    assert not each.getblocking() and not each.get_inheritable()
marks = [each.getsockopt(socket.SOL_SOCKET, socket.SO_MARK) for each in made]
assert marks == [plan.marks.bypass] * 8 + [plan.marks.reply] * 2
made.close()
assert {each.fileno() for each in made} == {-1}
"""
    )


def test_senders_never_receive_and_cannot_be_made_to():
    inside(
        MAKE
        + """
import errno
for sender, address in zip(made.answers, ("127.0.0.1", "::1")):
    with socket.socket(sender.family, socket.SOCK_DGRAM) as other:
        other.bind((address, 0))
        other.sendto(b"x", other.getsockname())
        assert other.recv(10) == b"x"
    try:
        sender.recv(100)
    except BlockingIOError:
        pass
    else:
        raise AssertionError
    try:
        sender.setsockopt(socket.SOL_SOCKET, 27, 0)  # SO_DETACH_FILTER
    except PermissionError:
        pass
    else:
        raise AssertionError
"""
    )


def test_privilege_is_needed():
    """In the test's own network, as somebody without powers."""
    code = (
        "from byway_helper import sockets, contract as c; sockets.make(c.Plan(c.Mode.NAMESPACE), 1)"
    )
    ended = subprocess.run(
        ["unshare", "-Ur", sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": PATHS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "PermissionError" in ended.stderr


def test_an_ended_sender_sends_nothing_whoever_has_it():
    inside(
        MAKE
        + """
from byway_core.intercept.datagrams import Gate
from byway_core.intercept.kernel import renounce_capabilities
import errno
for receiver, sender, address in zip(made.udp, made.answers, ("127.0.0.1", "::1")):
    way = Gate(receiver, sender).way(source=(address, 5), to=(address, 9))
    way(b"x")
    sockets.end_sender(sender.dup())
renounce_capabilities()
def errno_of(call, *arguments):
    try:
        call(*arguments)
    except OSError as error:
        return error.errno
for receiver, sender, address in zip(made.udp, made.answers, ("127.0.0.1", "::1")):
    way = Gate(receiver, sender).way(source=(address, 5), to=(address, 9))
    assert errno_of(way, b"x") in (errno.ENODEV, errno.ENETUNREACH, errno.EHOSTUNREACH)
    for option, value in ((62, 0), (62, 1), (socket.SO_BINDTODEVICE, b"lo\\0")):
        assert errno_of(sender.setsockopt, socket.SOL_SOCKET, option, value) == errno.EPERM
    if address == "127.0.0.1":  # nor with headers of its own
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
        assert errno_of(sender.sendto, bytes(28), (address, 0))
"""
    )
