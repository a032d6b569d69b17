"""What `byway status --explain --json` has found out about this machine, and the words for it.

What it says of findings is the core's, and so in sentences that can be translated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from byway_core.flatpak import is_here
from byway_core.model.sentence import without_parts
from byway_gui.presenters.installer import works_meanwhile
from byway_gui.words import full, joined, tr, tr_n, translated

# Networks that are named; a profile may leave 16,384 alone.
_NAMED = 8


class Severity(Enum):
    """In the order in which they are shown."""

    CONFLICT = "conflict"
    NOTE = "note"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Finding:
    """`remedy`: the commands of a cure, one a line; a line that begins with # is words."""

    name: str
    severity: Severity
    seen: str
    follows: str
    remedy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Helper:
    """`fault` "": it was reached, and the rest is what it says; `mode` "": nothing is taken."""

    installed: bool
    fault: str = ""
    message: str = ""
    version: int = 0
    expected: int = 0
    backend: str = ""
    why: str = ""
    mode: str = ""
    families: tuple[int, ...] = ()
    kill_switch: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """`direct` of the `networks` are left alone because the rules send them directly."""

    helper: Helper
    profile: str
    error: str
    running: bool
    families: tuple[int, ...]
    udp: str
    lan: tuple[str, ...]
    networks: tuple[str, ...]
    direct: int
    findings: tuple[Finding, ...]


class Fact(NamedTuple):
    """A line: what it is about, and what is so."""

    name: str
    text: str


def read(answer: bytes) -> Explained:
    """ValueError where it is not what that command prints; keys that are not known are passed
    over, as they may be added."""
    try:
        known: Mapping[str, Any] = json.loads(answer)
        taken, left, profile = known["taken"], known["left_alone"], known["profile"]
        profile = without_parts(profile)
        return Explained(
            _helper(without_parts(known["helper"])),
            str(profile["path"]),
            translated(str(profile["error"])),
            bool(profile["running"]),
            tuple(map(int, taken["families"])),
            str(taken["udp"]),
            tuple(map(str, taken["lan"])),
            tuple(map(str, left["networks"])),
            int(left["direct_by_rules"]),
            tuple(sorted(map(_finding, map(without_parts, known["findings"])), key=_order)),
        )
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"cannot be read: {error!r}") from error


def _helper(said: Mapping[str, Any]) -> Helper:
    return Helper(
        bool(said["installed"]),
        str(said["fault"] or ""),
        translated(str(said["message"])),
        int(said["version"] or 0),
        int(said["expected_version"]),
        str(said["backend"]),
        str(said["why"]),
        str(said["mode"]),
        tuple(map(int, said["families"])),
        bool(said["kill_switch"]),
        translated(str(said["owner"])),
    )


def _finding(said: Mapping[str, Any]) -> Finding:
    return Finding(
        translated(str(said["name"])),
        Severity(said["severity"]),
        translated(str(said["seen"])),
        translated(str(said["follows"])),
        tuple(translated(str(line)) for line in said["remedy"]),
    )


def _order(finding: Finding) -> int:
    return list(Severity).index(finding.severity)


# -- words


def helper_facts(helper: Helper) -> list[Fact]:
    """How the helper and what it has put into the kernel stand."""
    facts = [Fact(tr("Helper"), helper_state(helper))]
    if helper.fault:
        return facts
    facts += [
        Fact(tr("Works through"), _backend(helper)),
        Fact(tr("Whole machine"), _machine(helper)),
    ]
    if helper.owner:
        facts.append(Fact(tr("Taken by"), helper.owner))
    return [*facts, Fact(tr("Kill switch"), _kill_switch(helper))]


def _backend(helper: Helper) -> str:
    """`why` is the kernel's own word, or a library's."""
    if not helper.why:
        return helper.backend
    return tr(
        "{backend}, as nftables cannot be used here: {why}", backend=helper.backend, why=helper.why
    )


def helper_state(helper: Helper, *, sandboxed: bool = is_here()) -> str:
    if helper.fault == "missing" or (helper.fault and not helper.installed):
        state = (
            tr("Not installed. The local port works without it.")
            if sandboxed
            else tr("Not installed. “Run a program…” and the local port work without it.")
        )
        return state if helper.fault == "missing" else joined(state, full(helper.message))
    if helper.fault:
        state = tr("Installed, but it cannot be reached: {why}", why=full(helper.message))
        return joined(state, _advice(helper.fault))
    if helper.version != helper.expected:
        state = tr(
            "Installed, version {version}; this Byway needs {expected}.",
            version=helper.version,
            expected=helper.expected,
        )
        newer = helper.version > helper.expected
        return joined(state, _advice("old byway" if newer else "old helper"))
    return tr("Installed and reached, version {version}", version=helper.version)


def needs_installing(helper: Helper) -> bool:
    """Whether installing it, or installing it again, is the cure."""
    if helper.fault:
        return not helper.installed or helper.fault in {"missing", "broken", "old helper"}
    return helper.version != helper.expected


def _advice(fault: str) -> str:
    match fault:
        case "no bus":
            return tr("It is reached over the system bus (D-Bus), which must run.")
        case "broken":
            return tr("Install it again.")
        case "silent":
            return tr("It hangs. “Repair network”, as an administrator, goes past it.")
        case "Denied":
            return tr("An administrator can allow it.")
        case "Version" | "old helper":
            older = tr("It is older than this Byway: install it again from here.")
            return joined(older, works_meanwhile())
        case "old byway":
            return joined(tr("It is newer than this Byway: update Byway."), works_meanwhile())
    return ""


def _machine(helper: Helper) -> str:
    if not helper.mode:
        return tr("Nothing is intercepted")
    families = _families(helper.families)
    if helper.mode == "gateway":
        return tr(
            "Connections of every program and of the LAN's clients go by the rules ({families})",
            families=families,
        )
    return tr("Connections of every program go by the rules ({families})", families=families)


def _kill_switch(helper: Helper) -> str:
    if not helper.kill_switch:
        return tr("Off")
    if helper.mode:
        return tr("On: if Byway dies, what it takes is refused")
    return tr(
        "On, and Byway is away: connections are refused. Turning Byway on for the whole "
        "machine, or “Repair network”, ends that."
    )


def plan_facts(known: Explained) -> list[Fact]:
    """What would be intercepted, or is, and what is not."""
    facts = []
    if known.error:
        facts.append(Fact(tr("Profile"), tr("{why}. The defaults are shown.", why=known.error)))
    elif not known.profile:
        facts.append(Fact(tr("Profile"), tr("None yet. The defaults are shown.")))
    else:
        facts.append(Fact(tr("Profile"), known.profile))
    return [*facts, Fact(tr("Intercepted"), _taken(known)), Fact(tr("Left alone"), _left(known))]


def _taken(known: Explained) -> str:
    families = _families(known.families)
    if known.udp == "all":
        what = tr("TCP and UDP of every program ({families})", families=families)
    else:
        what = tr("TCP and name lookups of every program ({families})", families=families)
    if known.lan:
        what += tr(", and of the clients on {interfaces}", interfaces=", ".join(known.lan))
    return what


def _left(known: Explained) -> str:
    own = known.networks[: len(known.networks) - known.direct]
    named = ", ".join(own[:_NAMED])
    if len(own) > _NAMED:
        named = tr("{networks} and {n} more", networks=named, n=f"{len(own) - _NAMED:,}")
    parts = [named] if named else []
    if known.direct:
        parts.append(
            tr_n(
                "{n} network that the rules send directly",
                "{n} networks that the rules send directly",
                known.direct,
            )
        )
    parts.append(tr("this machine's own addresses, multicast, DHCP, ping and VPNs' own packets"))
    return "; ".join(parts)


def _families(families: tuple[int, ...]) -> str:
    names = [f"IPv{each}" for each in families]
    if len(names) == 2:
        return tr("{one} and {other}", one=names[0], other=names[1])
    return "".join(names)


def severity_word(severity: Severity) -> str:
    return {
        Severity.CONFLICT: tr("Conflict"),
        Severity.NOTE: tr("Note", "a finding about this machine"),
        Severity.FINE: tr("Fine"),
    }[severity]


def findings_summary(findings: tuple[Finding, ...]) -> str:
    """A line above the list."""
    conflicts = sum(each.severity is Severity.CONFLICT for each in findings)
    if not findings:
        return tr("Nothing else that Byway knows of has a say in this machine's network.")
    if not conflicts:
        return tr("Nothing here is in Byway's way.")
    return tr_n(
        "{n} thing on this machine is in Byway's way.",
        "{n} things on this machine are in Byway's way.",
        conflicts,
    )
