"""Where an intercepted connection wanted to go."""

from __future__ import annotations

import socket


def original_destination(accepted: socket.socket) -> tuple[str, int]:
    """Address (as text, without a zone) and port that the program dialled.

    An accepted socket of a transparent listener has them as its own name: TPROXY changes nothing
    in the packet (Documentation/networking/tproxy.rst).
    """
    address, port = accepted.getsockname()[:2]
    return address.partition("%")[0], port
