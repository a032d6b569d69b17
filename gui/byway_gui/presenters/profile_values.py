"""Single values of the open profile: read and changed, whatever stands there now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol, Self

from byway_gui.words import tr

# As the profile allows them: ports that need no privilege, each a socket for each worker.
LAN_PORTS = range(1024, 65536)
MOST_LAN_PORTS = 64
PORTS = range(1, 65536)


class Draft(Protocol):
    """A profile's text, of which a changed copy can be had."""

    def value(self, *keys: str) -> object | None: ...
    def with_value(self, value: object | None, *keys: str) -> Self: ...


@dataclass(frozen=True, slots=True)
class ProfileValues:
    """`port` None: no local port is opened."""

    kill_switch: bool = False
    see_direct: bool = False
    lan: tuple[str, ...] = ()
    lan_ports: tuple[int, ...] = ()
    port: int | None = None


def values_of(draft: Draft) -> ProfileValues:
    """What is of another kind than it should be counts as not there: elsewhere it is said."""
    lan, ports = draft.value("machine", "lan"), draft.value("machine", "lan_ports")
    port = draft.value("general", "mixed_port")
    return ProfileValues(
        draft.value("machine", "kill_switch") is True,
        draft.value("machine", "see_direct") is True,
        tuple(str(each) for each in lan if isinstance(each, str)) if isinstance(lan, list) else (),
        tuple(int(each) for each in ports if _is_in(each, LAN_PORTS))
        if isinstance(ports, list)
        else (),
        int(str(port)) if _is_in(port, PORTS) else None,
    )


def read_ports(text: str) -> tuple[int, ...] | str:
    """Ports as typed, with commas or blanks between them; or what is wrong."""
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    for word in words:
        if not word.isascii() or not word.isdecimal() or int(word[:9]) not in LAN_PORTS:
            return tr("“{word}” is no port from 1024 to 65535.", word=word)
    ports = tuple(dict.fromkeys(map(int, words)))
    if len(ports) > MOST_LAN_PORTS:
        return tr("At most {n} ports.", n=MOST_LAN_PORTS)
    return ports


def ports_text(ports: tuple[int, ...]) -> str:
    return ", ".join(map(str, ports))


def _is_in(value: object, ports: range) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in ports
