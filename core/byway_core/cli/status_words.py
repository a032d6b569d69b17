"""`byway status --explain` in words, for a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable

from byway_core.cli.helper_words import advice
from byway_core.cli.status_explain import Explained, HelperState
from byway_core.cli.terminal import printable
from byway_core.coexistence.finding import Finding, Severity
from byway_core.helper_client.lease import other_version
from byway_core.model.errors import HelperFault
from byway_helper.contract import VERSION, Mode, Plan, Udp

# Longer lines are hard to read, shorter ones hard to write in.
_WIDEST, _NARROWEST = 100, 60
_NAME = 14
# Networks of one's own fit in a line or two; a profile may have 16,384.
_SHOWN = 8


def in_words(known: Explained) -> list[str]:
    """Lines: the state, what is taken and what is not, what else is here."""
    return [
        *_state(known),
        "",
        *_traffic(known),
        "",
        *_routing(known.plan),
        "",
        *_found(known.findings),
    ]


def finding_in_words(finding: Finding, indent: str = "") -> list[str]:
    """One finding; commands are never broken, so that they can be copied."""
    title = f"{finding.name}: {printable(finding.seen)}"
    lines = _wrapped(title, f"{indent}{finding.severity.value:<10}", f"{indent}{'':<10}")
    lines += _wrapped(finding.follows, f"{indent}{'':<10}", f"{indent}{'':<10}")
    return lines + [f"{indent}{'':<12}{printable(line)}" for line in finding.remedy]


def _state(known: Explained) -> list[str]:
    helper = known.helper
    if helper.fault is not None:
        return _lines("helper", _unreached(helper))
    version = f"version {helper.version}"
    other = other_version(helper.version)
    if other is not None:
        version += f", this is {VERSION}"
    backend = printable(helper.backend) + (f" ({printable(helper.why)})" if helper.why else "")
    lines = _lines("helper", f"reached, {version}, by {backend}")
    if other is not None:
        lines += _lines("", advice(other.fault).strip())
    lines += _lines("machine", _machine(helper))
    if helper.owner:
        lines += _lines("taken by", printable(helper.owner))
    return lines + _lines("kill switch", _kill_switch(helper))


def _unreached(helper: HelperState) -> str:
    what = "installed, " if helper.installed else ""
    if helper.fault is HelperFault.MISSING:
        what = "not installed"
    else:
        what += f"not reached: {printable(helper.said)}"
    cure = advice(helper.fault).strip() if helper.fault is not None else ""
    return f"{what}. {cure}" if cure else what


def _machine(helper: HelperState) -> str:
    if not helper.mode:
        return "nothing is taken; `byway up` starts"
    families = " and ".join(f"IPv{each}" for each in helper.families)
    whose = (
        "every program's" if helper.mode == Mode.GLOBAL.value else "every program's and the LAN's"
    )
    return f"{whose} connections go by the rules, {families}"


def _kill_switch(helper: HelperState) -> str:
    if not helper.kill_switch:
        return "off"
    if helper.mode:
        return "on: if Byway dies, what it takes is refused"
    return "on, and Byway is away: connections are refused. `byway up` or `byway repair` ends that"


def _traffic(known: Explained) -> list[str]:
    plan = known.plan
    profile = printable(known.profile) or "none; the defaults are shown"
    if known.unread:
        profile = f"{printable(known.unread)}; the defaults are shown. `byway check` says more"
    elif known.profile and not known.running:
        profile += " (`byway up` does not run)"
    lines = _lines("profile", profile)
    whose = "every program" + (f", and of the clients on {', '.join(plan.lan)}" if plan.lan else "")
    udp = "all of UDP" if plan.udp is Udp.ALL else "questions for names (port 53)"
    families = " and ".join(f"IPv{family.value}" for family in plan.families)
    lines += _lines("taken", f"TCP connections and {udp} of {whose}; {families}")
    own = len(plan.bypass) - known.direct
    names = [str(each) for each in plan.bypass[:own]]
    lines += _lines("left alone", _some(names) or "no networks")
    if known.direct:
        networks = "network" if known.direct == 1 else "networks"
        lines += _lines("", f"{known.direct} {networks} that the rules send directly, unseen")
    return lines + _lines(
        "",
        "this machine's own addresses, multicast, DHCP, ping, "
        + ("" if plan.udp is Udp.ALL else "other UDP, ")
        + "and packets with a mark (VPNs' own)",
    )


def _some(names: list[str]) -> str:
    more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _routing(plan: Plan) -> list[str]:
    marks = plan.marks
    lines = _lines(
        "marks",
        f"{marks.local:#010x} programs', {marks.gateway:#010x} LAN's, {marks.bypass:#010x} Byway's "
        f"own, {marks.reply:#010x} answers; mask {marks.mask:#010x}",
    )
    return lines + _lines("routing", f"table {plan.table}, rules of preference {plan.preference}")


def _found(findings: Iterable[Finding]) -> list[str]:
    found = list(findings)
    if not found:
        return ["Beside Byway, nothing is here that it knows of."]
    counts = [
        f"{count} {severity.value}{'s' * (count > 1 and severity is not Severity.FINE)}"
        for severity in Severity
        if (count := sum(each.severity is severity for each in found))
    ]
    lines = [f"Beside Byway ({', '.join(counts)}):"]
    for finding in found:
        lines += ["", *finding_in_words(finding, "  ")]
    return lines


def _lines(name: str, value: str) -> list[str]:
    return _wrapped(value, f"{name:<{_NAME}}", " " * _NAME)


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    width = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns))
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
