"""Messages between the engine and its launcher: small, fixed, over a SOCK_SEQPACKET pair.

The kernel keeps the borders of messages, so there is no framing. Descriptors travel beside them.
"""

from __future__ import annotations

import array
import socket
import struct
from dataclasses import dataclass, field
from enum import Enum

# The kernel passes at most this many descriptors with a message (SCM_MAX_FD, unix(7)).
_MOST_DESCRIPTORS = 253
# Longer than any text that is sent; nftables' complaint about one rule set is below 4 KiB.
_MOST_BYTES = 16_384

_HEADER = struct.Struct("=Bii")


class Kind(Enum):
    """Who says it, and what `first`, `second` and `text` mean."""

    # the launcher and its set-up child, while starting
    UNSHARED = 1  # it is in its namespaces and waits for the maps
    LISTENERS = 2  # first: the worker's number; descriptors: a listener for each family
    DATAGRAMS = 3  # descriptors: receivers, then as many raw senders; text: notices, one a line
    DIAGNOSES = (
        15  # descriptors: what each worker asks for processes by; none where there is no way
    )
    OBSTACLE = 4  # first: Stage, second: errno or 0, text: detail
    READY = 5  # the program waits for its release
    # the launcher, about the program
    STARTED = 6  # first: pid
    NOT_EXECUTED = 7  # first: exit status, text: a sentence
    STOPPED = 8  # first: signal, second: the how-manieth stop it is
    EXITED = 9  # first: exit status, second: how many others remain
    FINISHED = 10  # first: exit status; nothing is left
    # the engine
    MAPPED = 11  # first: 1 if with all ids, 0 with one
    RELEASE = 12
    SIGNAL = 13  # first: signal
    CONTINUE = 14  # first: the stop that is over


@dataclass(frozen=True, slots=True)
class Message:
    kind: Kind
    first: int = 0
    second: int = 0
    text: str = ""
    descriptors: list[int] = field(default_factory=list)


def send(channel: socket.socket, message: Message) -> None:
    """OSError where the other side is gone."""
    data = _HEADER.pack(message.kind.value, message.first, message.second)
    data += message.text.encode("utf-8", "surrogateescape")[: _MOST_BYTES - len(data)]
    control = []
    if message.descriptors:
        passed = array.array("i", message.descriptors)
        control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed.tobytes())]
    channel.sendmsg([data], control, socket.MSG_NOSIGNAL)


def receive(channel: socket.socket) -> Message | None:
    """The next message, None at the end (which includes a reset); BlockingIOError where the
    channel does not block and nothing waits. The descriptors close on exec and are the caller's."""
    space = socket.CMSG_SPACE(_MOST_DESCRIPTORS * 4)
    try:
        data, control, _, _ = channel.recvmsg(_MOST_BYTES, space, socket.MSG_CMSG_CLOEXEC)
    except ConnectionResetError:
        return None
    if not data:
        return None
    descriptors = array.array("i")
    for level, kind, passed in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(passed[: len(passed) - len(passed) % descriptors.itemsize])
    number, first, second = _HEADER.unpack_from(data)
    text = data[_HEADER.size :].decode("utf-8", "replace")
    return Message(Kind(number), first, second, text, list(descriptors))
