"""The same as `resolver`, asked of the profile's servers: where the user has named servers, Byway's
own questions go nowhere else either.

It must not know how a question is asked: that is the forwarder's.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping

from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.hosts import Addresses, Found, known
from byway_core.model.errors import ProtocolError
from byway_core.model.sentence import say
from byway_core.ports import Resolved
from byway_core.protocols.dns_message import AAAA, A, Rcode, build_query, parse_answer

_FAMILIES = {AAAA: socket.AF_INET6, A: socket.AF_INET}


class ServerResolver:
    """Implements `ports.Resolver`. No cache: the servers have one, and it knows the TTLs; equal
    questions at one time are one question to the forwarder."""

    def __init__(self, forwarder: DnsForwarder, hosts: Mapping[str, Addresses]) -> None:
        self._forwarder = forwarder
        self._hosts = hosts

    def lookup(self, host: str, done: Resolved) -> None:
        """See `ports.Resolver.lookup`; the error is a sentence that names the host."""
        found = known(host, self._hosts)
        if found:
            done(found, "")
            return
        try:
            queries = {qtype: build_query(0, host, qtype) for qtype in _FAMILIES}
        except ProtocolError:
            done((), say("the name {host} is not a valid host name", host=host))
            return
        both = _Both(host, self._forwarder.answer_tcp, done)
        for qtype, query in queries.items():
            self._forwarder.answer(query, both.taker(qtype, query))


class _Both:
    """Waits for the answers for IPv6 and IPv4, and puts them together."""

    def __init__(
        self,
        host: str,
        over_tcp: Callable[[bytes, Callable[[bytes], None]], None],
        done: Resolved,
    ) -> None:
        self._host = host
        self._over_tcp = over_tcp
        self._done = done
        self._missing = len(_FAMILIES)
        self._found: dict[int, Found] = {}
        self._rcodes: list[int] = []

    def taker(self, qtype: int, query: bytes) -> Callable[[bytes], None]:
        def take(message: bytes) -> None:
            if message and message[2] & 0x02:  # truncated
                self._over_tcp(query, last)
            else:
                last(message)

        def last(message: bytes) -> None:
            self._take(qtype, message)

        return take

    def _take(self, qtype: int, message: bytes) -> None:
        try:
            answer = parse_answer(message)
        except ProtocolError:  # b"" too: the forwarder is closing
            self._rcodes.append(Rcode.SERVFAIL)
        else:
            family = _FAMILIES[qtype]
            self._rcodes.append(answer.rcode)
            self._found[qtype] = tuple((family, address) for address in answer.addresses)
        self._missing -= 1
        if not self._missing:
            self._finish()

    def _finish(self) -> None:
        found = [pair for qtype in _FAMILIES for pair in self._found.get(qtype, ())]
        if found:
            found.sort(key=lambda pair: not _reachable(*pair))  # stable: IPv6 first otherwise
            self._done(tuple(found), "")
            return
        self._done((), self._why())

    def _why(self) -> str:
        host = self._host
        if any(rcode not in (Rcode.NOERROR, Rcode.NXDOMAIN) for rcode in self._rcodes):
            what = say("no DNS server gave an answer")
            return say("the name {host} could not be looked up: {error}", host=host, error=what)
        if Rcode.NXDOMAIN in self._rcodes:
            return say("the name {host} does not exist", host=host)
        return say("the name {host} has no address", host=host)


def _reachable(family: socket.AddressFamily, address: str) -> bool:
    """Whether there is a route (RFC 6724 rule 1). Connecting a UDP socket sends nothing."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
    except OSError:
        return False
    return True
