"""The sockets of one interception, as the engine has them."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interception:
    """The sockets inside, by which everything arrives. All are non-blocking.

    `tcp`: a tuple of listeners for each worker, one of each family. `dns`: UDP receivers, one of
    each family (`datagrams.receive`). `answers`: the raw sender of each family
    (`datagrams.answer`). IPv6 is missing where the kernel has none.
    """

    tcp: tuple[tuple[socket.socket, ...], ...]
    dns: tuple[socket.socket, ...]
    answers: Mapping[socket.AddressFamily, socket.socket]

    @classmethod
    def of(cls, listeners: Sequence[Sequence[int]], datagrams: Sequence[int]) -> Interception:
        """From descriptors as the set-up sends them: the listeners of each worker, then the
        receivers and as many senders. They belong to the result."""
        half = len(datagrams) // 2
        senders = [_socket(descriptor) for descriptor in datagrams[half:]]
        return cls(
            tcp=tuple(tuple(map(_socket, each)) for each in listeners),
            dns=tuple(map(_socket, datagrams[:half])),
            answers={sender.family: sender for sender in senders},
        )

    def close(self) -> None:
        """The last copies that are closed let the network namespace go."""
        for listeners in self.tcp:
            for listener in listeners:
                listener.close()
        for each in (*self.dns, *self.answers.values()):
            each.close()


def _socket(descriptor: int) -> socket.socket:
    made = socket.socket(fileno=descriptor)
    made.setblocking(False)
    return made
