"""What is answered here, and asked of nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from byway_core.dns.fake_answers import FakeAnswers
from byway_core.dns.hosts import Addresses
from byway_core.dns.hosts_file import HostsFile
from byway_core.protocols.dns_message import IN, Question, Rcode, reply

# What a name from a file is worth to a client's cache, in seconds: a changed one shows soon.
HOSTS_TTL = 60
# Firefox asks for this name; where it does not exist, DNS over HTTPS stays off unless the user
# turned it on by hand. Past us, names would be unknown and rules by name blind.
_CANARY = "use-application-dns.net"


class LocalAnswer(NamedTuple):
    """The reply, and the addresses that it gives to the name."""

    message: bytes
    addresses: tuple[str, ...] = ()


class LocalAnswers:
    def __init__(
        self,
        hosts: Mapping[str, Addresses],
        file: HostsFile | None = None,
        fakes: FakeAnswers | None = None,
    ) -> None:
        """`hosts` are the profile's, normalised name -> addresses; `file` is the system's, which
        counts where the system would be asked; `fakes` is for names that neither has."""
        self._hosts = hosts
        self._file = file
        self._fakes = fakes

    def use_hosts(self, hosts: Mapping[str, Addresses]) -> None:
        """Another profile's."""
        self._hosts = hosts

    def look(self) -> bool:
        """Whether the system's file has changed since the last look."""
        return self._file is not None and self._file.look()

    def find(
        self, query: bytes, question: Question, *, of_system: bool, own: bool = False
    ) -> LocalAnswer | None:
        """None where others are to be asked. `of_system`: that would be the system. `own`: Byway
        asks, and wants to connect."""
        name = question.name
        if question.qclass != IN:
            return None
        in_file = None if self._file is None else self._file.names.get(name)
        addresses = self._hosts.get(name) or (in_file if of_system else None)
        if addresses:
            packed = [address.packed for address in addresses]
            message = reply(query, question, Rcode.NOERROR, packed, HOSTS_TTL)
            return LocalAnswer(message, tuple(map(str, addresses)))
        if name == _CANARY:
            return LocalAnswer(reply(query, question, Rcode.NXDOMAIN))
        if self._fakes is None or own or in_file:
            return None
        fake = self._fakes.find(query, question)
        return None if fake is None else LocalAnswer(fake)
