"""System errors in the words of the ledger."""

from __future__ import annotations

import errno
import os

_WORDS = {
    errno.ECONNREFUSED: "refused the connection",
    errno.ECONNRESET: "reset the connection",
    errno.EPIPE: "reset the connection",
    errno.ENOTCONN: "reset the connection",  # as shutdown() says it
    errno.ETIMEDOUT: "did not answer in time",
    errno.EHOSTUNREACH: "cannot be reached (no route to host)",
    errno.ENETUNREACH: "cannot be reached (network is unreachable)",
    errno.EADDRNOTAVAIL: "cannot be reached (no local address or port is free for it)",
    errno.EACCES: "may not be contacted (forbidden by the system)",
    errno.EPERM: "may not be contacted (forbidden by a firewall)",
    errno.EINVAL: "is not an address that can be contacted",
    errno.EAFNOSUPPORT: "cannot be reached (this machine has no such address family)",
}
# Ours, not the peer's: worth saying so.
_LOCAL = {
    errno.EMFILE: "Byway has no file descriptor left",
    errno.ENFILE: "the machine has no file descriptor left",
    errno.ENOBUFS: "the kernel has no memory left for sockets",
    errno.ENOMEM: "the kernel has no memory left for sockets",
}


def why(who: str, error: int) -> str:
    """A sentence without a full stop: what `who` (a host and port, or an upstream) did."""
    if error in _LOCAL:
        return _LOCAL[error]
    words = _WORDS.get(error)
    return f"{who} {words}" if words else f"{who}: {os.strerror(error)}"


def shown(host: str, port: int) -> str:
    """host:port, with brackets around an IPv6 literal."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def forgotten(address: str) -> str:
    """Of a fake address that stands for no name."""
    return (
        f"{address} is an address that Byway gives in a name's place, and it stands for none (any "
        "more): the program must ask for the name again"
    )
