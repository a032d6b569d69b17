"""System errors in the words of the ledger."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

from byway_core.model.sentence import Sentence, say

_WORDS: dict[int, Callable[[str], Sentence]] = {
    errno.ECONNREFUSED: lambda who: say("{who} refused the connection", who=who),
    errno.ECONNRESET: lambda who: say("{who} reset the connection", who=who),
    errno.ETIMEDOUT: lambda who: say("{who} did not answer in time", who=who),
    errno.EHOSTUNREACH: lambda who: say("{who} cannot be reached (no route to host)", who=who),
    errno.ENETUNREACH: lambda who: say("{who} cannot be reached (network is unreachable)", who=who),
    errno.EADDRNOTAVAIL: lambda who: say(
        "{who} cannot be reached (no local address or port is free for it)", who=who
    ),
    errno.EACCES: lambda who: say("{who} may not be contacted (forbidden by the system)", who=who),
    errno.EPERM: lambda who: say("{who} may not be contacted (forbidden by a firewall)", who=who),
    errno.EINVAL: lambda who: say("{who} is not an address that can be contacted", who=who),
    errno.EAFNOSUPPORT: lambda who: say(
        "{who} cannot be reached (this machine has no such address family)", who=who
    ),
}
_WORDS[errno.EPIPE] = _WORDS[errno.ECONNRESET]
_WORDS[errno.ENOTCONN] = _WORDS[errno.ECONNRESET]  # as shutdown() says it
# Ours, not the peer's: worth saying so.
_LOCAL = {
    errno.EMFILE: say("Byway has no file descriptor left"),
    errno.ENFILE: say("the machine has no file descriptor left"),
    errno.ENOBUFS: say("the kernel has no memory left for sockets"),
    errno.ENOMEM: say("the kernel has no memory left for sockets"),
}


def why(who: str, error: int) -> str:
    """A sentence without a full stop: what `who` (a host and port, or an upstream) did."""
    if error in _LOCAL:
        return _LOCAL[error]
    words = _WORDS.get(error)
    return words(who) if words else say("{who}: {what}", who=who, what=os.strerror(error))


def shown(host: str, port: int) -> str:
    """host:port, with brackets around an IPv6 literal."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
