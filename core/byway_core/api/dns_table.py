"""`[dns]` while it is being edited: what is wrong with each server, with a resolver and a rule that
names it, with names that get no fake addresses, and with a name and its addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from byway_core.config.dns_rules import check_name_rule
from byway_core.config.dns_section import flattened, read_dns, read_entries
from byway_core.config.findings import Findings
from byway_core.config.nameserver_entry import SYSTEM, Ways
from byway_core.config.positions import Path
from byway_core.model.errors import Problem

__all__ = [
    "SYSTEM",
    "CheckedHost",
    "CheckedResolver",
    "HostEntry",
    "check_host",
    "check_name_rule",
    "check_real_names",
    "check_resolver",
    "check_server",
    "check_servers",
    "host_entries",
]


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


@dataclass(frozen=True, slots=True)
class CheckedResolver:
    """Problems of the name, and of its servers."""

    name: tuple[Problem, ...]
    servers: tuple[Problem, ...]


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
    return _by_place(findings)


def check_server(
    server: object, others: Sequence[object] = (), upstreams: Iterable[str] = ()
) -> Mapping[str, tuple[Problem, ...]]:
    """What is wrong with one server, by its key; `server` for a text. `others` are those before
    it in its list."""
    findings = Findings()
    read_dns(findings, {"servers": [*others, server]}, Ways(tuple(upstreams)))
    found: dict[str, list[Problem]] = {}
    for path, _, problem in findings.by_path():
        if path[:3] == ("dns", "servers", len(others)):
            found.setdefault(str(path[3]) if len(path) > 3 else "server", []).append(problem)
    return {key: tuple(problems) for key, problems in found.items()}


def check_real_names(
    names: Sequence[object], *, fakes: bool
) -> Mapping[int | None, tuple[Problem, ...]]:
    """The same of `dns.real_names`; `fakes` is what `dns.fake_addresses` says."""
    findings = Findings()
    read_dns(findings, {"real_names": list(names), "fake_addresses": fakes}, Ways())
    return _by_place(findings)


def check_resolver(
    name: str, servers: Sequence[object], others: Iterable[str] = (), upstreams: Iterable[str] = ()
) -> CheckedResolver:
    """What is wrong with a `[[dns.resolver]]`. `others`: the names of the other resolvers."""
    tables: list[object] = [{"name": other, "servers": [SYSTEM]} for other in others]
    place = len(tables)
    tables.append({"name": name, "servers": list(servers)})
    findings = Findings()
    read_dns(findings, {"resolver": tables}, Ways(tuple(upstreams)))
    found: dict[str, list[Problem]] = {"name": [], "servers": []}
    for path, _, problem in findings.by_path():
        # That no rule names it yet is said of the table itself.
        if path[:3] == ("dns", "resolver", place) and len(path) > 3:
            found[str(path[3])].append(problem)
    return CheckedResolver(tuple(found["name"]), tuple(found["servers"]))


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


def _by_place(findings: Findings) -> Mapping[int | None, tuple[Problem, ...]]:
    """Problems of the values of a list in the table."""
    found: dict[int | None, list[Problem]] = {}
    for path, _, problem in findings.by_path():
        place = path[2] if len(path) > 2 else None
        found.setdefault(place if isinstance(place, int) else None, []).append(problem)
    return {place: tuple(problems) for place, problems in found.items()}
