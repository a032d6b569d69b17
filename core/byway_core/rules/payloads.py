"""What stands between a rule's kind and its target: text to condition, one reader a kind.

A reader takes the clause and a list for its remarks, and raises Fault at the offending part.
Names and patterns are in `name_payloads`, programs in `process_payloads`; here are numbers:
networks, ports, users, TCP and UDP.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from byway_core.model.decision import Network
from byway_core.model.rule import (
    Condition,
    DestinationPort,
    IpCidr,
    NetworkIs,
    SourceCidr,
    SourcePort,
    UserId,
)
from byway_core.model.sentence import say
from byway_core.rules import name_payloads, process_payloads
from byway_core.rules.faults import Fault, Remark, closest
from byway_core.rules.grammar import Clause, Field
from byway_core.rules.names import normalise_host, parse_address

Remarks = list[Remark]
Reader = Callable[[Clause, Remarks], Condition]


def _ip_cidr(clause: Clause, remarks: Remarks) -> Condition:
    resolve = any(option.text.lower() == "resolve" for option in clause.options)
    return IpCidr(_network(clause, remarks), resolve)


def _source_cidr(clause: Clause, remarks: Remarks) -> Condition:
    return SourceCidr(_network(clause, remarks))


_NETWORK_EXPECTED = say("an address or a network, as in 192.168.0.0/16 or fd00::/8")
# "10", "10.1", "10.1./16": IPv4 with its last octets left out.
_SHORT_V4 = re.compile(r"(\d{1,3}(?:\.\d{1,3}){0,2})\.?(?:/(\d+))?", re.ASCII)


def _network(clause: Clause, remarks: Remarks) -> IPv4Network | IPv6Network:
    """Either family, host bits masked; an IPv4-mapped network is the IPv4 one inside it."""
    written = clause.payload
    address_text, slash, prefix = written.text.partition("/")
    address = parse_address(address_text)
    if address is None or "%" in address_text:
        raise _no_network(clause)
    mapped = ":" in address_text and address.version == 4
    size = 128 if mapped else address.max_prefixlen
    bits = _prefix(written, prefix, size) if slash else size
    if mapped and bits < 96:  # wider than the mapped part: IPv6, and no IPv4 address is in it
        return IPv6Network((f"::ffff:{address}", bits), strict=False)
    network = ip_network((address, bits - 96 if mapped else bits), strict=False)
    if network.network_address != address:
        message = say("{text} is read as {network}", text=written.text, network=network)
        remarks.append(Remark(written.start, written.end, message, str(network)))
    return network


def _prefix(written: Field, prefix: str, size: int) -> int:
    if prefix.isascii() and prefix.isdigit() and len(prefix) <= 3 and int(prefix) <= size:
        return int(prefix)
    start = written.end - len(prefix)
    message = say("{prefix} is no prefix length", prefix=prefix or say("nothing"))
    fix = None
    if "." in prefix:
        try:
            fix = str(ip_network(written.text, strict=False).prefixlen)
        except ValueError:
            fix = None
    raise Fault(
        start, written.end, message, expected=say("a number from 0 to {size}", size=size), fix=fix
    )


def _no_network(clause: Clause) -> Fault:
    written = clause.payload
    what = (
        say("{text} is no address", text=written.text)
        if written.text
        else say("the address is missing")
    )
    start, fix = written.start, None
    short = _SHORT_V4.fullmatch(written.text)
    if short:
        octets = short.group(1).split(".")
        padded = ".".join(octets + ["0"] * (4 - len(octets)))
        fix = f"{padded}/{short.group(2) or 8 * len(octets)}"
    elif re.search(r"[A-Za-z]\.?$", written.text) and name_payloads.is_name(written.text):
        start = clause.kind.start
        fix = f"DOMAIN,{normalise_host(written.text)}"
    return Fault(start, written.end, what, expected=_NETWORK_EXPECTED, fix=fix)


def _destination_port(clause: Clause, remarks: Remarks) -> Condition:
    return DestinationPort(_ranges(clause.payload, remarks, _PORTS))


def _source_port(clause: Clause, remarks: Remarks) -> Condition:
    return SourcePort(_ranges(clause.payload, remarks, _PORTS))


def _user_id(clause: Clause, remarks: Remarks) -> Condition:
    return UserId(_ranges(clause.payload, remarks, _USERS))


# The kernel's uid_t is 32 bits, and all ones mean nobody (its INVALID_UID).
MAX_USER = 0xFFFF_FFFE


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What is counted, up to where, and how a list of it looks."""

    what: str
    most: int
    expected: str


_PORTS = _Numbers(say("port"), 0xFFFF, say("ports from 0 to 65535, as in 443 or 22/80/1000-2000"))
_USERS = _Numbers(
    say("user id"), MAX_USER, say("numbers, as in 1000 or 0/1000-1999; `id` tells yours")
)
_RANGE = re.compile(r"(\d{1,10})(?:\s*-\s*(\d{1,10}))?", re.ASCII)


def _ranges(written: Field, remarks: Remarks, of: _Numbers) -> tuple[tuple[int, int], ...]:
    found = []
    at = written.start
    for piece in written.text.split("/"):
        text = piece.strip()
        start = at + len(piece) - len(piece.lstrip())
        end = start + len(text)
        match = _RANGE.fullmatch(text)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, of.most + 1)
        if max(first, last) > of.most:
            message = say("{text} is no {what}", text=text or say("nothing"), what=of.what)
            raise Fault(start, end, message, expected=of.expected)
        if first > last:
            turned = f"{last}-{first}"
            remarks.append(
                Remark(
                    start, end, say("{text} is read as {turned}", text=text, turned=turned), turned
                )
            )
            first, last = last, first
        found.append((first, last))
        at += len(piece) + 1
    return tuple(found)


def _network_is(clause: Clause, remarks: Remarks) -> Condition:
    written = clause.payload
    try:
        return NetworkIs(Network(written.text.lower()))
    except ValueError:
        fix = closest(written.text, ("TCP", "UDP"))
        message = say("{text} is no network", text=written.text or say("nothing"))
        raise Fault(
            written.start, written.end, message, expected=say("TCP or UDP"), fix=fix
        ) from None


READERS: dict[str, Reader] = {
    "DOMAIN": name_payloads.domain,
    "DOMAIN-SUFFIX": name_payloads.domain_suffix,
    "DOMAIN-KEYWORD": name_payloads.domain_keyword,
    "DOMAIN-WILDCARD": name_payloads.domain_wildcard,
    "DOMAIN-REGEX": name_payloads.domain_regex,
    "IP-CIDR": _ip_cidr,
    "IP-CIDR6": _ip_cidr,
    "SRC-IP-CIDR": _source_cidr,
    "DST-PORT": _destination_port,
    "SRC-PORT": _source_port,
    "NETWORK": _network_is,
    "PROCESS-NAME": process_payloads.process_name,
    "PROCESS-NAME-WILDCARD": process_payloads.process_name_wildcard,
    "PROCESS-NAME-REGEX": process_payloads.process_name_regex,
    "PROCESS-PATH": process_payloads.process_path,
    "PROCESS-PATH-WILDCARD": process_payloads.process_path_wildcard,
    "PROCESS-PATH-REGEX": process_payloads.process_path_regex,
    "UID": _user_id,
}
