"""The host of an upstream, as a user may write it: a name or an address, and what it is not."""

from __future__ import annotations

import re

from byway_core.config.section import Section
from byway_core.model.sentence import say
from byway_core.rules.name_payloads import is_name
from byway_core.rules.names import normalise_host, parse_address

_EXPECTED = say("a host name or an address, as in proxy.example.net or 192.0.2.1")
# A URL or host:port, from which the parts that have keys of their own can be told.
_SPELLED_OUT = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:[^@/]*@)?"
    r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:/@\[\]]+)(?::(?P<port>\d{1,5}))?/?",
    re.IGNORECASE,
)
_SCHEMES = {"socks": "socks5", "socks5h": "socks5", "https": "http"}


def read_server(section: Section) -> str | None:
    """The server in its normal form, address literals without brackets; None where it is wrong
    or missing, which is reported."""
    text = section.string("server")
    if text is None:
        if not section.has("server"):
            section.error("server", say("the server is missing"), expected=_EXPECTED)
        return None
    address = parse_address(text)
    if address is not None and "%" not in text:
        return str(address)
    if is_name(text):
        return normalise_host(text)
    section.error(
        "server",
        say("{text} is no server", text=repr(text)) if text else say("the server is empty"),
        expected=_EXPECTED,
        nearest=_nearest(text),
    )
    return None


def _nearest(text: str) -> str:
    match = _SPELLED_OUT.fullmatch(text)
    if match is None:
        return ""
    host = match["host"].strip("[]")
    lines = [f'server = "{host}"']
    if match["scheme"]:
        scheme = match["scheme"].lower()
        lines.insert(0, f'type = "{_SCHEMES.get(scheme, scheme)}"')
    if match["port"]:
        lines.append(f"port = {int(match['port'])}")
    return ", ".join(lines)
