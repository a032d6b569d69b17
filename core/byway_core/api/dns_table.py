"""`[dns]` while it is being edited: what is wrong with each server, and with a name and its
addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from byway_core.config.dns_section import flattened, read_dns, read_entries
from byway_core.config.findings import Findings
from byway_core.config.nameserver_entry import SYSTEM, Ways
from byway_core.config.positions import Path
from byway_core.model.errors import Problem

__all__ = ["SYSTEM", "CheckedHost", "HostEntry", "check_host", "check_servers", "host_entries"]


@dataclass(frozen=True, slots=True)
class HostEntry:
    """One name of `dns.hosts`. `keys` is its way from `hosts` on: without quotes, `nas.lan` is a
    table in a table to TOML."""

    keys: tuple[str, ...]
    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedHost:
    """Problems of the name, and of its addresses."""

    name: tuple[Problem, ...]
    addresses: tuple[Problem, ...]


def host_entries(hosts: object) -> tuple[HostEntry, ...]:
    """The entries of `dns.hosts` as they are written, wrong ones too."""
    if not isinstance(hosts, Mapping):
        return ()
    entries = []
    for path, name, value in flattened((), "", dict(hosts)):
        given = value if isinstance(value, list) else [value]
        keys = tuple(str(key) for key in path)
        entries.append(HostEntry(keys, name, tuple(str(each) for each in given)))
    return tuple(entries)


def check_servers(
    servers: Sequence[object], upstreams: Iterable[str] = ()
) -> Mapping[int | None, tuple[Problem, ...]]:
    """What is wrong with `dns.servers`, by the server's place from 0, None for the list itself.
    `upstreams`: names that a server's `via` may have."""
    findings = Findings()
    read_dns(findings, {"servers": list(servers)}, Ways(tuple(upstreams)))
    found: dict[int | None, list[Problem]] = {}
    for path, _, problem in findings.by_path():
        place = path[2] if len(path) > 2 else None
        found.setdefault(place if isinstance(place, int) else None, []).append(problem)
    return {place: tuple(problems) for place, problems in found.items()}


def check_host(name: str, addresses: Sequence[str], others: Iterable[str] = ()) -> CheckedHost:
    """What is wrong with an entry of `dns.hosts`. `others`: the names of the other entries."""
    entries: list[tuple[Path, str, object]] = [((), other, ["127.0.0.1"]) for other in others]
    findings = Findings()
    read_entries(findings, [*entries, ((name,), name, list(addresses))])
    found: dict[bool, list[Problem]] = {True: [], False: []}
    for path, at_key, problem in findings.by_path():
        if path:
            found[at_key].append(problem)
    return CheckedHost(tuple(found[True]), tuple(found[False]))
