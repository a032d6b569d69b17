"""A condition written back in the words that `parse` reads: for explanations."""

from __future__ import annotations

from byway_core.model.rule import (
    Always,
    And,
    Condition,
    DestinationPort,
    Domain,
    DomainKeyword,
    DomainRegex,
    DomainSuffix,
    DomainWildcard,
    IpCidr,
    NetworkIs,
    Not,
    Or,
    ProcessName,
    ProcessPath,
    ProcessRegex,
    ProcessWildcard,
    SourceCidr,
    SourcePort,
    UserId,
)
from byway_core.rules.facts import PROCESS_FACTS, fact_of


def render_condition(condition: Condition) -> str:
    """The text without a target; what it is read back to equals `condition`."""
    match condition:
        case Always():
            return "MATCH"
        case And(parts):
            return f"AND,{_group(parts)}"
        case Or(parts):
            return f"OR,{_group(parts)}"
        case Not(part):
            return f"NOT,{_group((part,))}"
        case NetworkIs(network):
            return f"NETWORK,{network.value.upper()}"
        case IpCidr(net, resolve):
            kind = "IP-CIDR" if net.version == 4 else "IP-CIDR6"
            return f"{kind},{net}" + (",resolve" if resolve else "")
        case SourceCidr(net):
            return f"SRC-IP-CIDR,{net}"
        case DestinationPort(ranges):
            return f"DST-PORT,{_ranges(ranges)}"
        case SourcePort(ranges):
            return f"SRC-PORT,{_ranges(ranges)}"
    about = _render_on_process if fact_of(condition) in PROCESS_FACTS else _render_on_host
    return about(condition)


def _render_on_process(condition: Condition) -> str:
    match condition:
        case ProcessName(text):
            return f"PROCESS-NAME,{text}"
        case ProcessPath(text):
            return f"PROCESS-PATH,{text}"
        case ProcessWildcard(text, of_path):
            return f"PROCESS-{'PATH' if of_path else 'NAME'}-WILDCARD,{text}"
        case ProcessRegex(text, of_path):
            return f"PROCESS-{'PATH' if of_path else 'NAME'}-REGEX,{text}"
        case UserId(ranges):
            return f"UID,{_ranges(ranges)}"
    raise TypeError(f"{condition!r} is no condition on a process")


def _render_on_host(condition: Condition) -> str:
    match condition:
        case Domain(text):
            return f"DOMAIN,{text}"
        case DomainSuffix(text):
            return f"DOMAIN-SUFFIX,{text}"
        case DomainKeyword(text):
            return f"DOMAIN-KEYWORD,{text}"
        case DomainWildcard(text):
            return f"DOMAIN-WILDCARD,{text}"
        case DomainRegex(text):
            return f"DOMAIN-REGEX,{text}"
    raise TypeError(f"{condition!r} is no condition")


def _group(parts: tuple[Condition, ...]) -> str:
    return "(" + ",".join(f"({render_condition(part)})" for part in parts) + ")"


def _ranges(ranges: tuple[tuple[int, int], ...]) -> str:
    return "/".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
