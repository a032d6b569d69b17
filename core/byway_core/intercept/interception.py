"""The sockets of one interception, as the engine has them."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass

from byway_core.intercept.datagrams import Gate


@dataclass(frozen=True, slots=True)
class Interception:
    """The sockets inside, by which everything arrives. All are non-blocking.

    `tcp`: a tuple of listeners for each worker, one of each family. `gates`: what UDP comes and
    goes by, one of each family. IPv6 is missing where the kernel has none. `diagnoses`: for each
    worker what it asks for the programs inside by (`diagnosis`); none for the machine's own.
    """

    tcp: tuple[tuple[socket.socket, ...], ...]
    gates: tuple[Gate, ...]
    diagnoses: tuple[socket.socket, ...] = ()

    @classmethod
    def of(
        cls,
        listeners: Sequence[Sequence[int]],
        datagrams: Sequence[int],
        diagnoses: Sequence[int] = (),
    ) -> Interception:
        """From descriptors as the set-up sends them: the listeners of each worker, then the
        receivers and as many senders, by family. They belong to the result."""
        half = len(datagrams) // 2
        made = [_socket(descriptor) for descriptor in datagrams]
        return cls(
            tcp=tuple(tuple(map(_socket, each)) for each in listeners),
            gates=tuple(map(Gate, made[:half], made[half:])),
            diagnoses=tuple(map(_socket, diagnoses)),
        )

    def close(self) -> None:
        """The last copies that are closed let the network namespace go."""
        for listeners in self.tcp:
            for listener in listeners:
                listener.close()
        for gate in self.gates:
            gate.close()
        for diagnosis in self.diagnoses:
            diagnosis.close()


def _socket(descriptor: int) -> socket.socket:
    made = socket.socket(fileno=descriptor)
    made.setblocking(False)
    return made
