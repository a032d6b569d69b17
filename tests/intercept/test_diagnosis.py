"""Whose a socket is, as this machine's kernel says it of real ones."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import closing

import pytest
from tests.support.connectors import listening

from byway_core.intercept.diagnosis import Diagnosis, Holder
from byway_core.model.decision import Network


@pytest.fixture
def diagnosis():
    with closing(Diagnosis.here()) as made:
        yield made


def inode(sock: socket.socket) -> int:
    return os.fstat(sock.fileno()).st_ino


@pytest.mark.parametrize(
    ("family", "dialled", "address"),
    [
        pytest.param(socket.AF_INET, "127.0.0.1", "127.0.0.1", id="ipv4"),
        pytest.param(socket.AF_INET6, "::1", "::1", id="ipv6"),
        pytest.param(socket.AF_INET6, "::ffff:127.0.0.1", "127.0.0.1", id="mapped"),
    ],
)
class TestKinds:
    def test_tcp(self, diagnosis, family, dialled, address):
        with listening(address) as far, socket.socket(family) as sock:
            sock.connect((dialled, far[1]))
            near = (address, sock.getsockname()[1])
            expected = Holder(inode(sock), os.geteuid())
            assert diagnosis.holder(Network.TCP, near, far) == expected

    @pytest.mark.parametrize("connected", [True, False])
    def test_udp(self, diagnosis, family, dialled, address, connected):
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            to = (dialled, 9)
            if connected:
                sock.connect(to)
            else:
                sock.sendto(b"x", to)
            near = (address, sock.getsockname()[1])
            expected = Holder(inode(sock), os.geteuid())
            assert diagnosis.holder(Network.UDP, near, (address, 9)) == expected
            if connected:  # what it is not connected to, does not reach it
                assert diagnosis.holder(Network.UDP, near, (address, 10)) is None


def test_what_is_closed_has_no_owner(diagnosis):
    with listening() as far:
        sock = socket.create_connection(far)
        near = sock.getsockname()
        sock.close()  # the kernel still has it, in FIN-WAIT
        assert diagnosis.holder(Network.TCP, near, far) is None


def test_what_listens_is_no_connection(diagnosis):
    """… of another machine, which connects from the port that somebody here listens on."""
    with listening() as own:
        assert diagnosis.holder(Network.TCP, own, ("127.0.0.1", 9)) is None
        assert diagnosis.holder(Network.TCP, ("127.0.0.1", own[1]), ("192.0.2.1", 80)) is None


def test_a_wildcard_socket_is_not_another_machines(diagnosis):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("0.0.0.0", 0))
        port = sock.getsockname()[1]
        assert diagnosis.holder(Network.UDP, ("127.0.0.1", port), ("192.0.2.1", 9))
        assert diagnosis.holder(Network.UDP, ("198.51.100.7", port), ("192.0.2.1", 9)) is None


def test_inside_an_ordinary_users_namespace_all_are_the_user(monkeypatch):
    with listening() as far, socket.create_connection(far) as sock:
        for euid, expected in ((0, os.geteuid()), (4711, 4711)):
            monkeypatch.setattr(os, "geteuid", lambda euid=euid: euid)
            with closing(Diagnosis.inside(Diagnosis.here()._sock)) as inside:
                monkeypatch.undo()
                holder = inside.holder(Network.TCP, sock.getsockname(), far)
                assert holder == Holder(inode(sock), expected)


def test_here_it_works(diagnosis):
    assert diagnosis.obstacle() == ""


class Kernel:
    """A kernel that says no to every question: the channel's other end."""

    def __init__(self, code: int) -> None:
        self.code = code

    def setblocking(self, _: bool) -> None: ...

    def send(self, message: bytes) -> None:
        self.number = message[8:12]

    def recv(self, _: int) -> bytes:
        header = (36).to_bytes(4, "little") + b"\2\0\0\0" + self.number + bytes(4)
        return header + (-self.code).to_bytes(4, "little", signed=True) + bytes(16)


@pytest.mark.skipif("sys.byteorder != 'little'", reason="the messages here are so")
def test_a_kernel_without_the_modules_is_found_out():
    assert "tcp_diag" in Diagnosis(Kernel(errno.ENOENT)).obstacle()
    assert "Operation not permitted" in Diagnosis(Kernel(errno.EPERM)).obstacle()
    assert (
        Diagnosis(Kernel(errno.ENOENT)).holder(Network.TCP, ("127.0.0.1", 1), ("127.0.0.1", 2))
        is None
    )
    with pytest.raises(PermissionError):
        Diagnosis(Kernel(errno.EPERM)).holder(Network.TCP, ("127.0.0.1", 1), ("127.0.0.1", 2))
