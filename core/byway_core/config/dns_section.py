"""`[dns]`: which servers are asked, for which names, and names that are answered from the profile
itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from byway_core.config.dns_rules import read_name_rules, read_resolvers
from byway_core.config.findings import Findings
from byway_core.config.nameserver_entry import Ways
from byway_core.config.positions import Path
from byway_core.config.section import Section, type_name
from byway_core.config.server_list import read_servers
from byway_core.model.decision import Address
from byway_core.model.profile import Dns
from byway_core.model.sentence import say
from byway_core.rules.name_payloads import is_name
from byway_core.rules.names import normalise_host, parse_address

_KEY = "dns"
_KEYS = ("servers", "rules", "hosts", "resolver")
_HOSTS_EXPECTED = say('an address, as in "192.0.2.1", or a list of them')

Hosts = tuple[tuple[str, tuple[Address, ...]], ...]


def read_dns(findings: Findings, value: object, ways: Ways) -> Dns:
    """The table; what is wrong in it is reported and left out."""
    if value is None:
        return Dns()
    if not isinstance(value, dict):
        findings.error(
            (_KEY,),
            say("dns is {type}", type=type_name(value)),
            expected=say("the table [dns]"),
        )
        return Dns()
    section = Section(findings, (_KEY,), value, _KEYS)
    resolvers, names = read_resolvers(section, ways)
    return Dns(
        read_servers(section, ways),
        _read_hosts(section),
        resolvers,
        read_name_rules(section, names),
    )


def _read_hosts(section: Section) -> Hosts:
    value = section.raw("hosts")
    if value is None:
        return ()
    if not isinstance(value, dict):
        message = say("hosts is {type}", type=type_name(value))
        section.error(
            "hosts", message, expected=say('the table [dns.hosts], as in "nas.lan" = "192…"')
        )
        return ()
    path = (*section.path, "hosts")
    return read_entries(section.findings, flattened(path, "", value))


def read_entries(findings: Findings, entries: Iterable[tuple[Path, str, object]]) -> Hosts:
    """Names with their addresses; `entries` have the path to their key, the name and the value."""
    found: dict[str, tuple[Address, ...]] = {}
    for path, name, given in entries:
        addresses = _read_addresses(findings, path, given)
        if not is_name(name) or parse_address(name) is not None:
            findings.error(
                path,
                say("{name} is no name", name=repr(name)),
                expected=say("a host name"),
                at_key=True,
            )
            continue
        normal = normalise_host(name)
        if normal in found:
            findings.error(
                path,
                say("{name} is there already", name=name),
                expected=say("one line"),
                at_key=True,
            )
        found[normal] = addresses
    return tuple(found.items())


def flattened(
    path: Path, name: str, table: dict[str, object]
) -> Iterator[tuple[Path, str, object]]:
    """Without quotes, `nas.lan = "…"` is a table `nas` to TOML; here it is the name it looks."""
    for key, value in table.items():
        full = f"{name}.{key}" if name else key
        if isinstance(value, dict) and value:
            yield from flattened((*path, key), full, value)
        else:
            yield (*path, key), full, value


def _read_addresses(findings: Findings, path: Path, value: object) -> tuple[Address, ...]:
    given = value if isinstance(value, list) else [value]
    if not given:
        findings.error(path, say("no address"), expected=_HOSTS_EXPECTED)
    addresses = []
    for number, text in enumerate(given):
        place = (*path, number) if isinstance(value, list) else path
        address = parse_address(text) if isinstance(text, str) else None
        if address is None:
            what = repr(text) if isinstance(text, str) else type_name(text)
            findings.error(place, say("{what} is no address", what=what), expected=_HOSTS_EXPECTED)
        else:
            addresses.append(address)
    return tuple(addresses)
