"""`[machine]`: how the whole machine's traffic is taken."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

from byway_core.config.findings import Findings
from byway_core.config.section import Section, type_name
from byway_core.model.profile import PRIVATE_NETWORKS, Machine
from byway_core.model.sentence import say
from byway_helper.contract import MAX_BYPASS, MAX_LAN_INTERFACES, is_lan_interface

_KEY = "machine"
_KEYS = ("bypass", "lan", "lan_ports", "kill_switch", "see_direct")
_PRIVATE = "private"
# Each is a listening socket for each worker and family.
_MOST_LAN_PORTS = 64
_BYPASS_EXPECTED = say(
    'networks, as in "10.0.0.0/8" or "fd00::/8", or "{private}"', private=_PRIVATE
)
_LAN_EXPECTED = say('names of interfaces, as in ["br0"]')
_PORTS_EXPECTED = say("a list of ports from 1024 to 65535, which need no privilege, as in [50080]")


def read_machine(findings: Findings, value: object) -> Machine:
    if value is None:
        return Machine()
    if not isinstance(value, dict):
        findings.error(
            (_KEY,),
            say("machine is {type}", type=type_name(value)),
            expected=say("the table [machine]"),
        )
        return Machine()
    section = Section(findings, (_KEY,), value, _KEYS)
    return Machine(
        _read_bypass(section),
        _read_lan(section),
        _read_lan_ports(section),
        section.boolean("kill_switch"),
        section.boolean("see_direct"),
    )


def _read_bypass(section: Section) -> tuple[IPv4Network | IPv6Network, ...] | None:
    texts = _strings(section, "bypass", _BYPASS_EXPECTED)
    if texts is None:
        return None
    found: list[IPv4Network | IPv6Network] = []
    for number, text in enumerate(texts):
        if text == _PRIVATE:
            found.extend(PRIVATE_NETWORKS)
            continue
        try:
            found.append(ip_network(text))
        except ValueError as error:
            message = say("{text} is no network: {error}", text=repr(text), error=error)
            path = (*section.path, "bypass", number)
            section.findings.error(path, message, expected=_BYPASS_EXPECTED, nearest=_near(text))
    if len(found) > MAX_BYPASS:
        section.error(
            "bypass",
            say("{n} networks", n=len(found)),
            expected=say("at most {most}", most=MAX_BYPASS),
        )
    return tuple(dict.fromkeys(found))


def _near(text: str) -> str:
    """The network that an address with host bits lies in."""
    try:
        return f'"{ip_network(text, strict=False)}"'
    except ValueError:
        return ""


def _read_lan(section: Section) -> tuple[str, ...]:
    names = _strings(section, "lan", _LAN_EXPECTED) or ()
    for number, name in enumerate(names):
        if not is_lan_interface(name):
            path = (*section.path, "lan", number)
            message = say("{name} is no interface that has clients", name=repr(name))
            section.findings.error(path, message, expected=_LAN_EXPECTED)
    if len(names) > MAX_LAN_INTERFACES:
        section.error(
            "lan",
            say("{n} interfaces", n=len(names)),
            expected=say("at most {most}", most=MAX_LAN_INTERFACES),
        )
    return tuple(dict.fromkeys(names))


def _read_lan_ports(section: Section) -> tuple[int, ...]:
    value = section.raw("lan_ports")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(map(_is_port, value)):
        what = say("not such a list") if isinstance(value, list) else type_name(value)
        nearest = f"lan_ports = [{value}]" if _is_port(value) else ""
        message = say("lan_ports is {what}", what=what)
        section.error("lan_ports", message, expected=_PORTS_EXPECTED, nearest=nearest)
        return ()
    if len(value) > _MOST_LAN_PORTS:
        section.error(
            "lan_ports",
            say("{n} ports", n=len(value)),
            expected=say("at most {most}", most=_MOST_LAN_PORTS),
        )
    if not section.raw("lan"):
        section.warn(
            "lan_ports", say("lan_ports without lan: there is no interface to open them on")
        )
    return tuple(dict.fromkeys(value))


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1024 <= value < 65_536


def _strings(section: Section, key: str, expected: str) -> list[str] | None:
    value = section.raw(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        nearest = f'{key} = ["{value}"]' if isinstance(value, str) else ""
        what = type_name(value) if not isinstance(value, list) else say("a list of other things")
        section.error(
            key,
            say("{key} is {what}", key=key, what=what),
            expected=say("a list of {expected}", expected=expected),
            nearest=nearest,
        )
        return None
    return value
