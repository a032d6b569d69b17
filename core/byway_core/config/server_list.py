"""`servers`, of `[dns]` and of each `[[dns.resolver]]`: the system's, or a few of one's own."""

from __future__ import annotations

from byway_core.config.nameserver_entry import SYSTEM, Ways, read_nameserver
from byway_core.config.section import Section, type_name
from byway_core.model.profile import Nameserver
from byway_core.model.sentence import say

_KEY = "servers"
# Resolvers ask one after the other; libc stops at three, and nobody waits for a ninth.
_MAX_SERVERS = 8


def read_servers(section: Section, ways: Ways) -> tuple[Nameserver, ...]:
    """The servers in their order, none for the system's; wrong ones are reported."""
    value = section.raw(_KEY)
    if value is None:
        return ()
    if not isinstance(value, list) or not value:
        what = type_name(value) if value != [] else "empty"
        nearest = f'servers = ["{value}"]' if isinstance(value, str) else ""
        section.error(
            _KEY, say("servers is {what}", what=what), expected=say("a list"), nearest=nearest
        )
        return ()
    if SYSTEM in value:
        if len(value) > 1:
            message = say("{system} already names all of the system's servers", system=SYSTEM)
            section.error(
                _KEY, message, expected=say('["{system}"] alone, or addresses', system=SYSTEM)
            )
        return ()
    if len(value) > _MAX_SERVERS:
        section.error(
            _KEY,
            say("{n} servers", n=len(value)),
            expected=say("at most {most}", most=_MAX_SERVERS),
        )
    servers: list[Nameserver] = []
    for number, entry in enumerate(value):
        path = (*section.path, _KEY, number)
        server = read_nameserver(section.findings, path, entry, ways)
        if server is not None and server in servers:
            written: object = entry if isinstance(entry, str) else server
            section.findings.warn(path, say("{text} is in the list already", text=written))
        elif server is not None:
            servers.append(server)
    return tuple(servers)
