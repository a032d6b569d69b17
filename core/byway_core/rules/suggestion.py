"""A rule made of a connection: for what was seen, or for all that is likely the same."""

from __future__ import annotations

import re
from enum import StrEnum
from ipaddress import ip_network

from byway_core.model.decision import UNKNOWN_PROCESS, Network, Process
from byway_core.rules.name_payloads import is_name
from byway_core.rules.names import display_form, normalise_host, parse_address
from byway_core.rules.processes import own_name
from byway_core.rules.shape import RuleFields, text_of

# Under two letters these are nobody's own name: example.co.uk, example.com.cn. The whole list
# (publicsuffix.org) has ten thousand entries and changes weekly; where this one lacks one, the
# suggestion is too wide or too narrow, and its user sees it before it is a rule.
# fmt: off
_PUBLIC_SECOND = frozenset({
    "ac", "asn", "co", "com", "ed", "edu", "gob", "gov", "govt", "gv", "id", "lg", "ltd", "me",
    "go", "mil", "ne", "net", "nhs", "nom", "or", "org", "plc", "police", "sch", "school", "web",
})
# fmt: on
# What is usually one site's or one provider's: the customer's part of IPv4, and of IPv6.
_NETWORK_BITS = {4: 24, 6: 64}
# What runs others' programs: a rule for all of python would hardly be meant, and the kernel's word
# for the process is the script's name, or what Windows calls the program.
_INTERPRETER = re.compile(
    r"(python|perl|ruby|php|lua|node|nodejs|deno|bun|java|mono|dotnet|gjs|tclsh|wish|guile"
    r"|bash|dash|sh|zsh|ksh|fish|busybox|electron|qemu-.*|wine.*)[-.0-9]*(-preloader)?"
)
# What a payload cannot have in it, or not at its ends: a pattern takes it.
_UNSPEAKABLE = re.compile(r"""[,()*?/"']|^\s|\s$""")


class How(StrEnum):
    """How much a rule is to take: all of this program; this name; it and all beside it; this
    address; its network."""

    PROGRAM = "program"
    EXACT = "exact"
    SUFFIX = "suffix"
    ADDRESS = "address"
    NETWORK = "network"


def ways(host: str, address: str, process: Process | None = None) -> tuple[How, ...]:
    """What can be made a rule of."""
    found: list[How] = [How.PROGRAM] if program_of(process) else []
    if is_name(host) and parse_address(host) is None:
        found.append(How.EXACT)
        if site_of(host):
            found.append(How.SUFFIX)
    if parse_address(address) is not None:
        found += [How.ADDRESS, How.NETWORK]
    return tuple(found)


def rule_for(
    host: str,
    address: str,
    port: int,
    network: Network,
    how: How | str,
    target: str,
    *,
    only_port: bool = False,
    process: Process | None = None,
) -> str:
    """The rule that sends such a connection to `target`; `only_port`: only that port, and TCP or
    UDP as it was. ValueError where `how` is none of its `ways`."""
    how, destination = How(how), parse_address(address)
    if how not in ways(host, address, process):
        raise ValueError(f"no rule by {how.value} for {host or address or 'nothing'}")
    hosts: tuple[tuple[str, str], ...] = ()
    networks: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    if how is How.PROGRAM:
        programs = (program_of(process),)
    elif how is How.EXACT:
        hosts = (("DOMAIN", _readable(host)),)
    elif how is How.SUFFIX:
        hosts = (("DOMAIN-SUFFIX", _readable(site_of(host))),)
    elif destination is not None:
        whole = how is How.ADDRESS
        bits = destination.max_prefixlen if whole else _NETWORK_BITS[destination.version]
        networks = (str(ip_network((destination, bits), strict=False)),)
    ports, only = (str(port), network.value.upper()) if only_port else ("", "")
    return text_of(RuleFields(hosts, networks, ports, only, target, programs=programs))


def program_of(process: Process | None) -> str:
    """By what a rule can tell a process from others, as PROCESS-NAME takes it: its executable's
    name, or a script's own; "" where neither is known."""
    path, name, _ = process or UNKNOWN_PROCESS
    file = own_name(path)
    is_script = name and _INTERPRETER.fullmatch(file) and not _INTERPRETER.fullmatch(name)
    return _UNSPEAKABLE.sub("?", name if is_script or not file else file)


def site_of(host: str) -> str:
    """The part of a name under which somebody registered it, likely: its last two labels, or three
    under a public name like co.uk; "" for what has not so many, and for addresses."""
    labels = normalise_host(host).split(".")
    is_public = len(labels) > 1 and len(labels[-1]) == 2 and labels[-2] in _PUBLIC_SECOND
    count = 3 if is_public else 2
    if len(labels) < count or "" in labels or parse_address(host) is not None:
        return ""
    return ".".join(labels[-count:])


def _readable(host: str) -> str:
    """With its own letters instead of A-labels, where that reads back as the same name."""
    shown = display_form(host)
    try:
        same = is_name(shown) and normalise_host(shown) == normalise_host(host)
    except ValueError:
        same = False
    return shown if same else host
