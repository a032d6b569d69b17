"""The same as `resolver`, asked of the profile's servers: where the user has named servers, Byway's
own questions go nowhere else either.

It must not know how a question is asked: that is the forwarder's.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from functools import partial

from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.hosts import Addresses, Found, known
from byway_core.model.errors import ProtocolError
from byway_core.model.sentence import say
from byway_core.ports import Arrived, Resolved
from byway_core.protocols.dns_message import AAAA, A, Rcode, build_query, parse_answer

_FAMILIES = {AAAA: socket.AF_INET6, A: socket.AF_INET}
# An address out there (RFC 4291 2.4): a way to it is what most others would take.
_ANY_IPV6 = (socket.AF_INET6, "2000::1")


# RFC 8305 section 3, Resolution Delay: what it recommends. So long IPv4 waits for IPv6, which is to
# be tried first where there is any.
RESOLUTION_DELAY = 0.05

CallLater = Callable[[float, Callable[[], object]], asyncio.TimerHandle]


class ServerResolver:
    """Implements `ports.Resolver`. No cache: the servers have one, and it knows the TTLs; equal
    questions at one time are one question to the forwarder."""

    def __init__(
        self, forwarder: DnsForwarder, hosts: Mapping[str, Addresses], call_later: CallLater
    ) -> None:
        """`call_later` is the loop's."""
        self._forwarder = forwarder
        self._hosts = hosts
        self._call_later = call_later

    def lookup(self, host: str, done: Resolved) -> None:
        """See `ports.Resolver.lookup`; the error is a sentence that names the host."""
        self._begin(host, lambda found, error, _last: done(found, error))

    def lookup_in_parts(self, host: str, arrived: Arrived) -> None:
        """See `ports.Resolver.lookup_in_parts`. IPv6 is told at once where there is a route, IPv4
        after RESOLUTION_DELAY; or at once where no IPv6 address would be of use."""
        both = self._begin(host, arrived)
        if both is not None:
            both.tell_early(self._call_later)

    def _begin(self, host: str, arrived: Arrived) -> _Both | None:
        """None where nothing had to be asked."""
        found = known(host, self._hosts)
        if found:
            arrived(found, "", True)
            return None
        try:
            queries = {qtype: build_query(0, host, qtype) for qtype in _FAMILIES}
        except ProtocolError:
            arrived((), say("the name {host} is not a valid host name", host=host), True)
            return None
        ask = self._forwarder.answer_own
        both = _Both(host, partial(ask, over_tcp=True), arrived)
        for qtype, query in queries.items():
            ask(query, both.taker(qtype, query))
        return both


class _Both:
    """Waits for the answers for IPv6 and IPv4, and puts them together; tells the first of them
    early where that is wanted."""

    def __init__(
        self,
        host: str,
        over_tcp: Callable[[bytes, Callable[[bytes], None]], None],
        arrived: Arrived,
    ) -> None:
        self._host = host
        self._over_tcp = over_tcp
        self._arrived = arrived
        self._call_later: CallLater | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._told: Found = ()
        self._missing = len(_FAMILIES)
        self._found: dict[int, Found] = {}
        self._rcodes: list[int] = []

    def tell_early(self, call_later: CallLater) -> None:
        """What there is by now as well; for when all has been asked."""
        self._call_later = call_later
        for qtype in tuple(self._found) if self._missing else ():
            self._consider(qtype, call_later)

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
        elif self._call_later is not None:
            self._consider(qtype, self._call_later)

    def _consider(self, qtype: int, call_later: CallLater) -> None:
        """Whether this is to be told before the other family's answer is there."""
        found = self._found.get(qtype, ())
        if not any(_reachable(*pair) for pair in found):
            return
        if qtype == A and _reachable(*_ANY_IPV6):
            self._timer = call_later(RESOLUTION_DELAY, self._tell)
        else:
            self._tell()

    def _tell(self) -> None:
        self._told = tuple(self._sorted())
        self._arrived(self._told, "", False)

    def _finish(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._told:
            told = set(self._told)
            self._arrived([pair for pair in self._sorted() if pair not in told], "", True)
            return
        found = self._sorted()
        self._arrived(found, "" if found else self._why(), True)

    def _sorted(self) -> list[tuple[socket.AddressFamily, str]]:
        found = [pair for qtype in _FAMILIES for pair in self._found.get(qtype, ())]
        found.sort(key=lambda pair: not _reachable(*pair))  # stable: IPv6 first otherwise
        return found

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
