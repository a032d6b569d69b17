"""Why a rule that does not hold nearly does, in the user's words.

Looks at single conditions only; which rules are worth asking about is `explain`'s business.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

from byway_core.model.decision import Address, Process, Query
from byway_core.model.rule import (
    And,
    Condition,
    Domain,
    DomainSuffix,
    DomainWildcard,
    IpCidr,
    Or,
    ProcessName,
    ProcessPath,
    SourceCidr,
)
from byway_core.model.sentence import say
from byway_core.rules.naive import matches
from byway_core.rules.processes import names_of, own_name
from byway_core.rules.render import render_condition

# "Just outside" a network: inside the one that is this many bits shorter, so 16 times as big for
# IPv4. For IPv6 it is the next step of how networks are handed out (/64, /48, /32).
_WIDER_BITS = {4: 4, 6: 16}
# Shorter names are one letter apart from many others; of programs there are fewer.
_LEAST_FOR_SPELLING = 6
_LEAST_FOR_PROGRAMS = 4
# What the kernel keeps of a process' name (TASK_COMM_LEN less the NUL), in bytes.
_KEPT = 15


def near_miss(condition: Condition, query: Query) -> str:
    """What keeps a condition that does not hold from doing so, if that is little; else ""."""
    match condition:
        case And(parts):
            return _all_but_one(parts, query)
        case Or(parts):
            return next(filter(None, (near_miss(part, query) for part in parts)), "")
        case Domain(name) if query.host:
            return _domain(name, query.host)
        case DomainSuffix(name) if query.host:
            return _suffix(name, query.host)
        case DomainWildcard(pattern) if query.host and pattern == f"*.{query.host}":
            return say(
                "{pattern} wants something before the dot, and {host} has nothing",
                pattern=pattern,
                host=query.host,
            )
        case IpCidr(network=net) if query.address is not None:
            return _outside(net, query.address)
        case SourceCidr(network=net) if query.source is not None:
            return _outside(net, query.source)
        case ProcessName(name) if query.process is not None:
            return _program(name, query.process)
        case ProcessPath(path) if query.process is not None:
            return _program_path(path, query.process.path)
    return ""


def _all_but_one(parts: tuple[Condition, ...], query: Query) -> str:
    failing = [part for part in parts if not matches(part, query)]
    if len(parts) < 2 or len(failing) != 1:
        return ""
    reason = say("every part holds but {part}", part=render_condition(failing[0]))
    closer = near_miss(failing[0], query)
    return say("{reason}: {closer}", reason=reason, closer=closer) if closer else reason


def _domain(name: str, host: str) -> str:
    if host.endswith("." + name):
        return say(
            "DOMAIN is {name} alone; DOMAIN-SUFFIX,{name} would take {host} too",
            name=name,
            host=host,
        )
    return _above(name, host) or _spelling(name, host)


def _suffix(name: str, host: str) -> str:
    if host.endswith(name):
        return say("{host} ends in {name}, but not after a dot", host=host, name=name)
    count = name.count(".") + 1
    tail = ".".join(host.split(".")[-count:])
    return _above(name, host) or _spelling(name, tail)


def _above(name: str, host: str) -> str:
    if "." in host and name.endswith("." + host):
        return say("it is about {name}, which is below {host}", name=name, host=host)
    return ""


def _program(name: str, process: Process) -> str:
    for shown in names_of(process):
        other = shown.lower()
        if other != name and other == _kept(name):
            return say(
                "the process is {running}: the kernel keeps {n} bytes of its name",
                running=shown,
                n=_KEPT,
            )
        shorter = min(name, other, key=len)
        starts = name.startswith(shorter) and other.startswith(shorter)
        if len(shorter) >= _LEAST_FOR_PROGRAMS and (starts or _one_slip(name, other)):
            return say("the process is {running}, not {wanted}", running=shown, wanted=name)
    return ""


def _kept(name: str) -> str:
    return name.encode(errors="surrogateescape")[:_KEPT].decode(errors="surrogateescape")


def _program_path(path: str, running: str) -> str:
    if running and own_name(path) == own_name(running.lower()):
        return say("the process is {running}, not {wanted}", running=running, wanted=path)
    return ""


def _spelling(name: str, host: str) -> str:
    if min(len(name), len(host)) >= _LEAST_FOR_SPELLING and _one_slip(name, host):
        return say("{host} and {name} are one letter apart", host=host, name=name)
    return ""


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter added, left out, changed, or two swapped make `one` the other."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return max(len(one), len(other)) == 1 or (len(one) == 2 and one == other[::-1])


def _outside(network: IPv4Network | IPv6Network, address: Address) -> str:
    bits = _WIDER_BITS[network.version]
    if network.version != address.version or network.prefixlen < 2 * bits:
        return ""
    wider = network.supernet(bits)
    if address not in wider:
        return ""
    return say(
        "{address} is just outside {network} (both are in {wider})",
        address=address,
        network=network,
        wider=wider,
    )
