"""Sockets that listen on this machine's own ports, one for each worker: the local proxy port, and
the ports for the LAN's clients.

The kernel spreads connections among them (SO_REUSEPORT). It must not know who serves them.
"""

from __future__ import annotations

import errno
import socket

from byway_core.model.errors import BywayError
from byway_core.model.sentence import say

# Loopback only: whoever can reach the port can use the user's upstreams.
_PROXY_ADDRESSES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_BACKLOG = 4096
# What a kernel says that has no IPv6: then no program asks for it either.
_NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)

# Each with the number of its worker, from 0.
Listeners = list[tuple[int, socket.socket]]


class PortTakenError(BywayError, OSError):
    """The local proxy port belongs to another program."""


def proxy_listeners(port: int, workers: int) -> tuple[int, Listeners]:
    """The port, which is any free one for 0, and the sockets. PortTakenError says who is asked;
    OSError has a text for people too."""
    listeners: Listeners = []
    for family, address in _PROXY_ADDRESSES:
        if family == socket.AF_INET6 and not socket.has_ipv6:
            continue
        try:
            port = _free(family, address, port)
            for number in range(workers):
                listeners.append((number, _proxy_listener(family, address, port)))
        except OSError as error:
            if family == socket.AF_INET6 and error.errno in _NO_IPV6:
                continue
            _close(listeners)
            raise _proxy_error(error, address, port) from error
    return port, listeners


def _free(family: socket.AddressFamily, address: str, port: int) -> int:
    """SO_REUSEPORT would share the port with another engine of the same user without a word: find
    out first whether somebody has it."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, port))
        port = int(probe.getsockname()[1])
        probe.listen(1)
    return port


def _proxy_listener(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listening.bind((address, port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def _proxy_error(error: OSError, address: str, port: int) -> OSError:
    if error.errno == errno.EADDRINUSE:
        words = say(
            "port {port} of {address} is in use by another program: choose another "
            "general.mixed_port",
            port=port,
            address=address,
        )
        return PortTakenError(error.errno, words)
    words = say(
        "general.mixed_port: port {port} of {address}: {strerror}",
        port=port,
        address=address,
        strerror=error.strerror,
    )
    return OSError(error.errno, words)


def lan_listeners(interface: str, port: int, workers: int) -> Listeners:
    """For both address families, as far as this kernel has them. OSError with a text for people."""
    listeners: Listeners = []
    for family in (socket.AF_INET, socket.AF_INET6):
        for number in range(workers):
            try:
                listening = socket.socket(family, socket.SOCK_STREAM)
            except OSError:
                break  # this kernel has no IPv6, and nobody comes by it
            listeners.append((number, listening))
            try:
                _bind_to(listening, interface, port)
            except OSError as error:
                _close(listeners)
                where = say("port {port} of {interface}", port=port, interface=interface)
                words = say("{who}: {what}", who=where, what=error.strerror)
                raise OSError(error.errno, words) from error
    return listeners


def _bind_to(listening: socket.socket, interface: str, port: int) -> None:
    if listening.family == socket.AF_INET6:
        listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    # Not by its addresses: they change, and more come.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
    listening.bind(("", port))
    listening.listen(_BACKLOG)


def _close(listeners: Listeners) -> None:
    for _, listening in listeners:
        listening.close()
