"""`[[upstream]]`: the servers that rules can name."""

from __future__ import annotations

from byway_core.config.findings import Findings
from byway_core.config.name_field import read_name
from byway_core.config.secret_value import read_secret
from byway_core.config.section import PORT_RANGE, Section, type_name
from byway_core.config.server_field import read_server
from byway_core.model.sentence import say
from byway_core.model.upstream import Secret, SecretSource, UdpWay, Upstream, UpstreamKind

_KEY = "upstream"
_KEYS = ("name", "type", "server", "port", "username", "password", "udp")
_RESERVED = ("DIRECT", "REJECT")
# RFC 1929, 2: user name and password have one octet for their length.
_MAX_SOCKS5_FIELD = 255
# SOCKS4 ends its user id with a NUL and sets no limit; servers do (dante 255).
_MAX_SOCKS4_USER = 255
# HTTP sets none either, but a request's head over 8 KiB is refused by most; this leaves room.
_MAX_HTTP_FIELD = 2048
_NO_DATAGRAMS = (UpstreamKind.SOCKS4, UpstreamKind.SOCKS4A, UpstreamKind.HTTP)
_WANTS_BOTH = (UpstreamKind.SOCKS5, UpstreamKind.HTTP)


def read_upstreams(findings: Findings, value: object) -> tuple[tuple[Upstream, ...], list[str]]:
    """The upstreams that are right, and the names of all, so that rules may name wrong ones
    without being wrong themselves."""
    if value is None:
        return (), []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        message = say("upstream is {type}", type=type_name(value))
        findings.error(
            (_KEY,), message, expected=say("a table for each"), nearest="[[upstream]]", at_key=True
        )
        return (), []
    upstreams: list[Upstream] = []
    names: list[str] = []
    for number, table in enumerate(value):
        section = Section(findings, (_KEY, number), table, _KEYS)
        nouns = say("the upstream"), say("an upstream")
        name = read_name(section, names, nouns, _RESERVED)
        if name is not None:
            names.append(name)
        upstream = _read_one(section, name or "")
        if upstream is not None:
            upstreams.append(upstream)
    return tuple(upstreams), names


def _read_one(section: Section, name: str) -> Upstream | None:
    kind = section.choice("type", UpstreamKind)
    if kind is None and not section.has("type"):
        expected = say("one of {choices}", choices=", ".join(each.value for each in UpstreamKind))
        section.error("type", say("the type is missing"), expected=expected)
    server = read_server(section)
    port = section.integer("port", PORT_RANGE)
    if port is None and not section.has("port"):
        section.error(
            "port", say("the port is missing"), expected=say("a whole number from 1 to 65535")
        )
    username = section.string("username")
    password = read_secret(section, "password")
    udp = section.choice("udp", UdpWay)
    if kind is None:
        return None
    if udp is UdpWay.CARRY and kind in _NO_DATAGRAMS:
        section.warn("udp", say("{kind} carries no datagrams: they are refused", kind=kind.value))
    _check_account(section, kind, username, password)
    if server is None or port is None or not name:
        return None
    return Upstream(name, kind, server, port, username, password, udp or UdpWay.CARRY)


def _check_account(
    section: Section, kind: UpstreamKind, username: str | None, password: Secret | None
) -> None:
    if kind in _WANTS_BOTH:
        if section.has("username") and not section.has("password"):
            expected = say('password = { env = "NAME" }, or password = "" for an empty one')
            section.error("username", say("a user name without a password"), expected=expected)
        if section.has("password") and not section.has("username"):
            section.error("password", say("a password without a user name"), expected="username")
    elif kind is UpstreamKind.SERVICE:
        for key in ("username", "password"):
            if section.has(key):
                message = say("a service is no proxy: nobody tells it an account")
                section.error(key, message, expected=say("name, server and port"))
    elif section.has("password"):
        message = say("{kind} has no passwords, only a user id", kind=kind.value)
        section.error("password", message, expected=say("username alone"))
    if username is not None:
        _check_username(section, kind, username)
    if password is not None and password.source is SecretSource.LITERAL:
        _check_length(section, "password", password.reference, kind)


def _check_username(section: Section, kind: UpstreamKind, username: str) -> None:
    if kind is UpstreamKind.SOCKS5 and not username:
        message = say("the user name is empty")
        section.error("username", message, expected=say("at least one character (RFC 1929)"))
    elif any(ord(each) < 0x20 or ord(each) == 0x7F for each in username):
        section.error(
            "username", say("a control character in the user name"), expected=say("plain text")
        )
    elif kind is UpstreamKind.HTTP and ":" in username:
        message = say("a colon in the user name, where HTTP puts the password (RFC 7617)")
        section.error("username", message, expected=say("a user name without colons"))
    else:
        _check_length(section, "username", username, kind)


def _check_length(section: Section, key: str, text: str, kind: UpstreamKind) -> None:
    most = {UpstreamKind.SOCKS5: _MAX_SOCKS5_FIELD, UpstreamKind.HTTP: _MAX_HTTP_FIELD}.get(
        kind, _MAX_SOCKS4_USER
    )
    size = len(text.encode())
    if size > most:
        section.error(
            key,
            say("{key} has {size} bytes in UTF-8", key=key, size=size),
            expected=say("at most {most}", most=most),
        )
