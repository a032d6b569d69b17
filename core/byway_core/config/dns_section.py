"""`[dns]`: which servers are asked, and names that are answered from the profile itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from byway_core.config.findings import Findings
from byway_core.config.positions import Path
from byway_core.config.section import PORT_RANGE, Section, type_name
from byway_core.model.decision import Address
from byway_core.model.profile import Dns, Nameserver
from byway_core.model.sentence import in_a_row, say
from byway_core.rules.name_payloads import is_name
from byway_core.rules.names import normalise_host, parse_address

_KEY = "dns"
SYSTEM = "system"
# Resolvers ask one after the other; libc stops at three, and nobody waits for a ninth.
_MAX_SERVERS = 8

_SERVERS_EXPECTED = say(
    '"{system}", or addresses as in "192.0.2.1", "127.0.0.1:5353", "[::1]:53"', system=SYSTEM
)
_HOSTS_EXPECTED = say('an address, as in "192.0.2.1", or a list of them')
_WITH_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]*):(\d{1,5})", re.ASCII)

Hosts = tuple[tuple[str, tuple[Address, ...]], ...]


def read_dns(findings: Findings, value: object) -> Dns:
    if value is None:
        return Dns()
    if not isinstance(value, dict):
        findings.error(
            (_KEY,),
            say("dns is {type}", type=type_name(value)),
            expected=say("the table [dns]"),
        )
        return Dns()
    section = Section(findings, (_KEY,), value, ("servers", "hosts"))
    return Dns(_read_servers(section), _read_hosts(section))


def _read_servers(section: Section) -> tuple[Nameserver, ...]:
    value = section.raw("servers")
    if value is None:
        return ()
    if not isinstance(value, list) or not value:
        what = type_name(value) if value != [] else "empty"
        nearest = f'servers = ["{value}"]' if isinstance(value, str) else ""
        section.error(
            "servers", say("servers is {what}", what=what), expected=say("a list"), nearest=nearest
        )
        return ()
    if SYSTEM in value:
        if len(value) > 1:
            message = say("{system} already names all of the system's servers", system=SYSTEM)
            section.error(
                "servers", message, expected=say('["{system}"] alone, or addresses', system=SYSTEM)
            )
        return ()
    if len(value) > _MAX_SERVERS:
        section.error(
            "servers",
            say("{n} servers", n=len(value)),
            expected=say("at most {most}", most=_MAX_SERVERS),
        )
    servers: list[Nameserver] = []
    for number, text in enumerate(value):
        path = (*section.path, "servers", number)
        server = _read_server(section.findings, path, text)
        if server is not None and server in servers:
            section.findings.warn(path, say("{text} is in the list already", text=text))
        elif server is not None:
            servers.append(server)
    return tuple(servers)


def _read_server(findings: Findings, path: Path, text: object) -> Nameserver | None:
    if not isinstance(text, str):
        message = say("a server is {type}", type=type_name(text))
        findings.error(path, message, expected=_SERVERS_EXPECTED)
        return None
    address, port = parse_address(text), 53
    match = _WITH_PORT.fullmatch(text)
    if address is None and match:
        address, port = parse_address(match[1]), int(match[2])
    if address is None:
        wrong: str = say("{text} is no address", text=repr(text))
        if "://" in text:
            wrong = in_a_row([wrong, say("encrypted DNS is not supported yet")])
        nearest = f'"{SYSTEM}"' if text.strip().casefold() == SYSTEM else ""
        findings.error(path, wrong, expected=_SERVERS_EXPECTED, nearest=nearest)
        return None
    if not PORT_RANGE[0] <= port <= PORT_RANGE[1]:
        findings.error(
            path, say("{port} is no port", port=port), expected=say("a port from 1 to 65535")
        )
        return None
    return Nameserver(address, port)


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
