from __future__ import annotations

import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.intercept import wire
from byway_core.intercept.wire import Kind, Message

NUMBERS = st.integers(-(1 << 31), (1 << 31) - 1)


def pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


@given(st.sampled_from(Kind), NUMBERS, NUMBERS, st.text(max_size=1000))
def test_what_is_sent_is_received(kind, first, second, text):
    ours, theirs = pair()
    with ours, theirs:
        message = Message(kind, first, second, text.encode(errors="replace").decode())
        wire.send(ours, message)
        assert wire.receive(theirs) == message


def test_borders_are_kept_and_the_end_is_seen():
    ours, theirs = pair()
    with theirs:
        with ours:
            for number in range(3):
                wire.send(ours, Message(Kind.SIGNAL, number))
        assert [wire.receive(theirs).first for _ in range(3)] == [0, 1, 2]
        assert wire.receive(theirs) is None


def test_nothing_yet_and_nobody_there():
    ours, theirs = pair()
    with ours:
        with theirs:
            ours.setblocking(False)
            with pytest.raises(BlockingIOError):
                wire.receive(ours)
        with pytest.raises(OSError, match=r"pipe|reset"):
            wire.send(ours, Message(Kind.RELEASE))


def test_descriptors_travel_and_close_on_exec():
    ours, theirs = pair()
    read, write = os.pipe()
    with ours, theirs:
        wire.send(ours, Message(Kind.LISTENERS, descriptors=[write] * 8))
        os.close(write)
        message = wire.receive(theirs)
        assert len(message.descriptors) == 8
        for descriptor in message.descriptors:
            assert not os.get_inheritable(descriptor)
            os.write(descriptor, b"x")
            os.close(descriptor)
    assert os.read(read, 100) == b"x" * 8
    os.close(read)


def test_a_long_text_is_cut():
    """nftables may complain at length; the message arrives all the same."""
    ours, theirs = pair()
    with ours, theirs:
        wire.send(ours, Message(Kind.OBSTACLE, text="é" * 100_000))
        assert wire.receive(theirs).text.startswith("ééé")
