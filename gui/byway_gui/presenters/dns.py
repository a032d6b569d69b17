"""The profile's DNS: what is there, what can be done to it, and the words for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from byway_core.api.dns_table import (
    SYSTEM,
    HostEntry,
    check_host,
    check_real_names,
    check_server,
    check_servers,
    host_entries,
)
from byway_core.api.profiles import Draft
from byway_core.api.targets import ends_of
from byway_core.model.errors import Problem
from byway_core.model.upstream import UpstreamKind
from byway_gui.presenters.upstreams import problem_text
from byway_gui.words import tr

T = TypeVar("T")
_SERVERS, _HOSTS = ("dns", "servers"), ("dns", "hosts")
_RESOLVERS = ("dns", "resolver")
_FAKES, _REAL = ("dns", "fake_addresses"), ("dns", "real_names")
_SERVER, _ADDRESS, _VIA = "server", "address", "via"


def about() -> str:
    """What happens to names, in a sentence."""
    return tr(
        "When a program asks for a name, Byway asks the servers below, hands on the real address, "
        "and remembers the name, so that your rules and proxies get the name and not the address."
    )


def about_fakes() -> str:
    """What the choice means."""
    return tr(
        "A name that your rules proxy gets an address of Byway's own, so that no DNS server is "
        "asked for it. Programs that must know real addresses may not like it."
    )


def about_real() -> str:
    """What the list beneath is for."""
    return tr(
        "These names keep their real addresses. “*” stands for any characters, “?” for one, “+.” "
        "for a name and all below it."
    )


@dataclass(frozen=True, slots=True)
class ServerFields:
    """A server as it is edited; `address` and `via` "": nothing is said of it."""

    server: str = ""
    address: str = ""
    via: str = ""

    @classmethod
    def of(cls, server: object) -> ServerFields:
        table = server if isinstance(server, dict) else {_SERVER: server}
        return cls(*(str(table.get(key, "")) for key in (_SERVER, _ADDRESS, _VIA)))

    def written(self) -> object:
        """As a profile has it: a text where nothing else is said."""
        if not self.address and not self.via:
            return self.server
        values = {_SERVER: self.server, _ADDRESS: self.address, _VIA: self.via}
        return {key: value for key, value in values.items() if value}


def gives_fakes(draft: Draft | None) -> bool:
    return draft is not None and draft.value(*_FAKES) is True


def with_fakes(draft: Draft, given: bool) -> Draft:
    """With the choice made; off is nothing worth a line."""
    if given == gives_fakes(draft):
        return draft
    return draft.with_value(True if given else None, *_FAKES)


def ways_of(draft: Draft | None) -> list[str]:
    """The upstreams and groups that a server can be asked through: a service leads to no other
    server."""
    if draft is None:
        return []
    service = UpstreamKind.SERVICE.value
    kinds = {str(table.get("name", "")): table.get("type") for table in draft.upstreams}
    names = [*kinds, *(str(table.get("name", "")) for table in draft.groups)]
    return [
        name
        for name in names
        if not any(kinds.get(each) == service for each in ends_of(draft, name))
    ]


def found_again(values: Sequence[T], place: int, former: T) -> int | None:
    """Where a value is that was at that place when its dialog was opened: the profile may have been
    changed behind it. None where it has gone."""
    if place < len(values) and values[place] == former:
        return place
    return next((place for place, each in enumerate(values) if each == former), None)


def renamed_way(draft: Draft, old: str, new: str) -> Draft:
    """With all servers that were asked through the upstream `old` asked through `new`."""

    def follow(servers: object) -> object:
        if not isinstance(servers, list):
            return servers
        return [
            {**each, _VIA: new} if isinstance(each, dict) and each.get(_VIA) == old else each
            for each in servers
        ]

    if (servers := draft.value(*_SERVERS)) is not None:
        draft = draft.with_value(follow(servers), *_SERVERS)
    resolvers = [
        (str(table.get("name", "")), {**table, "servers": follow(table.get("servers"))})
        for table in draft.tables(*_RESOLVERS)
    ]
    return draft.with_tables(resolvers, *_RESOLVERS) if resolvers else draft


def real_names_of(draft: Draft | None) -> tuple[object, ...]:
    value = None if draft is None else draft.value(*_REAL)
    return tuple(value) if isinstance(value, list) else ()


def with_real_names(draft: Draft, names: Sequence[object]) -> Draft:
    return draft.with_value(list(names) or None, *_REAL)


def servers_of(draft: Draft | None) -> tuple[object, ...]:
    """The servers as they are written, texts or tables; none for the system's."""
    value = None if draft is None else draft.value(*_SERVERS)
    if not isinstance(value, list) or value == [SYSTEM]:
        return ()
    return tuple(value)


def server_text(server: object) -> str:
    """A server in a line: of a table, what it says beside the server too."""
    if not isinstance(server, dict):
        return str(server)
    fields = ServerFields.of(server)
    said = [
        tr("at {address}", address=fields.address) if fields.address else "",
        tr("through {name}", name=fields.via) if fields.via else "",
    ]
    keys = ", ".join(filter(None, said))
    return f"{fields.server} ({keys})" if keys else fields.server


def hosts_of(draft: Draft | None) -> tuple[HostEntry, ...]:
    return () if draft is None else host_entries(draft.value(*_HOSTS))


def with_servers(draft: Draft, servers: Sequence[object]) -> Draft:
    """These servers; the system's where there are none."""
    if not servers and draft.value(*_SERVERS) is None:
        return draft
    return draft.with_value(list(servers) or [SYSTEM], *_SERVERS)


def with_host(draft: Draft, former: HostEntry | None, name: str, addresses: Sequence[str]) -> Draft:
    """With an entry, in the place of the former one where it is called like that."""
    keys: tuple[str, ...] = (name,)
    if former is not None and former.name == name:
        keys = former.keys
    elif former is not None:
        draft = without_host(draft, former)
    value = addresses[0] if len(addresses) == 1 else list(addresses)
    return draft.with_value(value, *_HOSTS, *keys)


def without_host(draft: Draft, entry: HostEntry) -> Draft:
    """Without it, nor a table that has nothing else in it."""
    keys = entry.keys
    draft = draft.with_value(None, *_HOSTS, *keys)
    while len(keys) > 1 and draft.value(*_HOSTS, *keys[:-1]) == {}:
        keys = keys[:-1]
        draft = draft.with_value(None, *_HOSTS, *keys)
    return draft


def split_addresses(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[\s,;]+", text) if part)


def server_errors(servers: Sequence[object]) -> str:
    """What is wrong with the list, or unwise; "" where nothing is. Whether a server's upstream is
    there is said where the whole profile is checked."""
    ways = [str(each.get(_VIA)) for each in servers if isinstance(each, dict)]
    return _sentences(check_servers(servers, ways))


def server_field_errors(
    fields: ServerFields, others: Sequence[object], upstreams: Sequence[str]
) -> dict[str, str]:
    """What is wrong with each of the fields. `others` are the servers beside it."""
    found = check_server(fields.written(), others, upstreams)
    return {key: "\n".join(map(problem_text, problems)) for key, problems in found.items()}


def real_name_errors(names: Sequence[object]) -> str:
    """What is wrong with the list, were fake addresses given."""
    return _sentences(check_real_names(names, fakes=True))


def host_errors(name: str, addresses: Sequence[str], others: Sequence[str]) -> tuple[str, str]:
    """What is wrong with the name and with the addresses."""
    found = check_host(name, addresses, others)
    return (
        "\n".join(problem_text(problem) for problem in found.name),
        "\n".join(problem_text(problem) for problem in found.addresses),
    )


def _sentences(found: Mapping[int | None, Sequence[Problem]]) -> str:
    return "\n".join(problem_text(each) for problems in found.values() for each in problems)
