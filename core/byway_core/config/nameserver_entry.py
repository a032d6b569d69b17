"""One DNS server, as `dns.servers` and `dns.resolver` list them: an address, an URL, or a table
with either and what belongs to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from byway_core.config.findings import Findings
from byway_core.config.positions import Path
from byway_core.config.section import PORT_RANGE, Section, type_name
from byway_core.model.decision import Address
from byway_core.model.group import Group, leaves
from byway_core.model.profile import STANDARD_PORTS, Nameserver, Transport
from byway_core.model.sentence import say
from byway_core.model.upstream import Upstream, UpstreamKind
from byway_core.rules.faults import closest
from byway_core.rules.name_payloads import is_name
from byway_core.rules.names import normalise_host, parse_address

SYSTEM = "system"
# What https:// without a path means; RFC 8484's own examples have it, and most servers do.
_PATH = "/dns-query"

_EXPECTED = say(
    '"{system}", addresses as in "192.0.2.1", "127.0.0.1:5353", "[::1]:53", or '
    'URLs as in "tls://dns.example", "https://dns.example/dns-query", '
    '"tcp://192.0.2.1"',
    system=SYSTEM,
)
_TABLE = '{ server = "tls://dns.example", via = "office" }'
_ADDRESS_EXPECTED = say('an address, as in "192.0.2.1"')
_WITH_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]*):(\d{1,5})", re.ASCII)
_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>\[[^\]/]*\]|[^:/\[\]@?#]*)"
    r"(?::(?P<port>\d{1,5}))?(?P<path>/[!-z|~]*)?",
    re.ASCII | re.IGNORECASE,
)
# RFC 8484 4.1: servers are published with where a GET has its question; a POST has it elsewhere.
_TEMPLATE = "{?dns}"


@dataclass(frozen=True, slots=True)
class Ways:
    """The upstreams and groups that a server may be asked through: all names, and those of
    services, which take a connection in its destination's place and so lead to no other, and of
    groups that may choose one."""

    names: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    to_services: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, upstreams: Iterable[Upstream], groups: Iterable[Group], names: Iterable[str]
    ) -> Ways:
        """`names`: of all upstreams and groups, wrong ones among them."""
        services = {each.name for each in upstreams if each.kind is UpstreamKind.SERVICE}
        by_name = {group.name: group for group in groups}
        to_services = (name for name in by_name if services.intersection(leaves(by_name, name)))
        return cls(tuple(names), tuple(services), tuple(to_services))


def read_nameserver(findings: Findings, path: Path, value: object, ways: Ways) -> Nameserver | None:
    """The server at `path`; None where it is wrong, which is reported."""
    if isinstance(value, str):
        return _read_text(findings, path, value)
    if not isinstance(value, dict):
        findings.error(path, say("a server is {type}", type=type_name(value)), expected=_EXPECTED)
        return None
    section = Section(findings, path, value, ("server", "address", "via"))
    text = section.string("server")
    if text is None:
        if not section.has("server"):
            section.error("server", say("the server is missing"), expected=_TABLE)
        return None
    server = _read_text(findings, (*path, "server"), text)
    address = _read_address(section)
    via = _read_via(section, ways)
    if server is None:
        return None
    _check_parts(section, server)
    return Nameserver(
        address or server.address, server.port, server.transport, server.host, server.path, via
    )


def _read_text(findings: Findings, path: Path, text: str) -> Nameserver | None:
    if "://" in text:
        return _read_url(findings, path, text)
    address, port = parse_address(text), STANDARD_PORTS[Transport.PLAIN]
    match = _WITH_PORT.fullmatch(text)
    if address is None and match:
        address, port = parse_address(match[1]), int(match[2])
    if address is None:
        nearest = f'"{SYSTEM}"' if text.strip().casefold() == SYSTEM else ""
        if not nearest and is_name(text) and "." in text:
            nearest = f'"tls://{text}"'
        findings.error(
            path, say("{text} is no address", text=repr(text)), expected=_EXPECTED, nearest=nearest
        )
        return None
    if not _is_port(findings, path, port):
        return None
    return Nameserver(address, port)


def _read_url(findings: Findings, path: Path, text: str) -> Nameserver | None:
    match = _URL.fullmatch(text.removesuffix(_TEMPLATE))
    if match is None:
        findings.error(
            path, say("{text} is no URL of a DNS server", text=repr(text)), expected=_EXPECTED
        )
        return None
    schemes = [each.value for each in Transport]
    scheme = match["scheme"].lower()
    if scheme not in schemes:
        likely = {"dot": "tls", "doh": "https", "http": "https"}.get(scheme)
        likely = likely or closest(scheme, schemes)
        nearest = f'"{likely}{text[len(scheme) :]}"' if likely else ""
        message = say("there is no way {scheme}:// to ask a DNS server", scheme=scheme)
        findings.error(path, message, expected=_EXPECTED, nearest=nearest)
        return None
    transport = Transport(scheme)
    address = parse_address(match["host"])
    if address is None and (transport is Transport.PLAIN or not is_name(match["host"])):
        host = repr(match["host"])
        wrong = say("{text} is no server", text=host)
        if transport is Transport.PLAIN:
            wrong = say("{text} is no address", text=host)
        findings.error(
            path,
            wrong,
            expected=_EXPECTED,
        )
        return None
    port = int(match["port"]) if match["port"] else STANDARD_PORTS[transport]
    if not _is_port(findings, path, port):
        return None
    where = (match["path"] or "").rstrip("/")
    if where and transport is not Transport.HTTPS:
        nearest = f'"{text[: -len(match["path"])]}"'
        findings.error(
            path, say("{scheme}:// has no path", scheme=scheme), expected=_EXPECTED, nearest=nearest
        )
        return None
    host = "" if address is not None else normalise_host(match["host"])
    full = (match["path"] if where else _PATH) if transport is Transport.HTTPS else ""
    return Nameserver(address, port, transport, host, full)


def _is_port(findings: Findings, path: Path, port: int) -> bool:
    if PORT_RANGE[0] <= port <= PORT_RANGE[1]:
        return True
    findings.error(
        path, say("{port} is no port", port=port), expected=say("a port from 1 to 65535")
    )
    return False


def _read_address(section: Section) -> Address | None:
    text = section.string("address")
    if text is None:
        return None
    address = parse_address(text)
    if address is None:
        section.error(
            "address", say("{text} is no address", text=repr(text)), expected=_ADDRESS_EXPECTED
        )
    return address


def _read_via(section: Section, ways: Ways) -> str:
    via = section.string("via")
    if via is None:
        return ""
    if via not in ways.names:
        likely = closest(via, ways.names)
        section.error(
            "via",
            say("there is no upstream {via}", via=via),
            expected=say("one of {choices}", choices=", ".join(ways.names))
            if ways.names
            else say("an upstream's name"),
            nearest=f'via = "{likely}"' if likely else "",
        )
    elif via in ways.services:
        message = say("{via} is a service: it answers itself, and leads to no DNS server", via=via)
        section.error("via", message, expected=say("a SOCKS or HTTP upstream"))
    elif via in ways.to_services:
        message = say("{via} may choose a service, which leads to no DNS server", via=via)
        section.error("via", message, expected=say("a group of SOCKS and HTTP upstreams"))
    return via


def _check_parts(section: Section, server: Nameserver) -> None:
    """Keys that do not go with this kind of server."""
    if section.has("address") and not server.host:
        message = say("the server is an address already")
        section.error("address", message, expected=say("a name in server, as in tls://dns.example"))
    if section.has("via") and server.transport is Transport.PLAIN:
        section.error(
            "via",
            say("upstreams do not carry the datagrams of a plain server"),
            expected=say("tcp://, tls:// or https:// in server"),
            nearest=f'server = "tcp://{server}"',
        )
