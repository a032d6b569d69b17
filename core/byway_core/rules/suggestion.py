"""A rule made of a connection: for what was seen, or for all that is likely the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_network

from byway_core.model.decision import UNKNOWN_PROCESS, Process
from byway_core.rules.name_payloads import is_name
from byway_core.rules.names import display_form, normalise_host, parse_address
from byway_core.rules.processes import own_name

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


class How(Enum):
    """How much a rule is to take."""

    PROGRAM = "program"  # all of this program
    SITE = "site"  # the name under which somebody registered this one, and all below it
    SUFFIX = "suffix"  # this name and all below it
    EXACT = "exact"  # this name
    ADDRESS = "address"
    NETWORK = "network"  # what is likely the same provider's


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`what` is the program, name, address or network that it is about; `condition` a rule without
    its target."""

    how: How
    what: str
    condition: str


def suggestions(host: str, address: str, process: Process | None = None) -> list[Suggestion]:
    """What can be made a rule of: the program, then from the widest by name to the widest by
    address."""
    found: list[Suggestion] = []
    if program := program_of(process):
        found.append(Suggestion(How.PROGRAM, program, f"PROCESS-NAME,{program}"))
    if is_name(host) and parse_address(host) is None:
        site, name = _readable(site_of(host)), _readable(host)
        if site and site != name:
            found.append(Suggestion(How.SITE, site, f"DOMAIN-SUFFIX,{site}"))
        if site:
            found.append(Suggestion(How.SUFFIX, name, f"DOMAIN-SUFFIX,{name}"))
        found.append(Suggestion(How.EXACT, name, f"DOMAIN,{name}"))
    destination = parse_address(address)
    if destination is not None and "%" not in address:  # a rule names no interface
        for how, bits in (
            (How.ADDRESS, destination.max_prefixlen),
            (How.NETWORK, _NETWORK_BITS[destination.version]),
        ):
            network = ip_network((destination, bits), strict=False)
            what = str(network) if how is How.NETWORK else str(destination)
            kind = "IP-CIDR" if network.version == 4 else "IP-CIDR6"
            found.append(Suggestion(how, what, f"{kind},{network}"))
    return found


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
    if not host:
        return host
    shown = display_form(host)
    try:
        same = is_name(shown) and normalise_host(shown) == normalise_host(host)
    except ValueError:
        same = False
    return shown if same else host
