"""What is answered here, and asked of nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

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
    """Fake addresses would be given out here too, and their reverse names answered."""

    def __init__(self, hosts: Mapping[str, Addresses], file: HostsFile | None = None) -> None:
        """`hosts` are the profile's, normalised name -> addresses; `file` is the system's, which
        counts where the system would be asked."""
        self._hosts = hosts
        self._file = file

    def use_hosts(self, hosts: Mapping[str, Addresses]) -> None:
        """Another profile's."""
        self._hosts = hosts

    def look(self) -> bool:
        """Whether the system's file has changed since the last look."""
        return self._file is not None and self._file.look()

    def find(self, query: bytes, question: Question, *, of_system: bool) -> LocalAnswer | None:
        """None where others are to be asked. `of_system`: that would be the system."""
        name = question.name
        if question.qclass != IN:
            return None
        addresses = self._hosts.get(name)
        if not addresses and of_system and self._file is not None:
            addresses = self._file.names.get(name)
        if addresses:
            packed = [address.packed for address in addresses]
            message = reply(query, question, Rcode.NOERROR, packed, HOSTS_TTL)
            return LocalAnswer(message, tuple(map(str, addresses)))
        if name == _CANARY:
            return LocalAnswer(reply(query, question, Rcode.NXDOMAIN))
        return None
