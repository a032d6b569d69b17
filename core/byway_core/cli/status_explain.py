"""What `byway status --explain` knows: the helper, what is taken, what is left alone, and what else
is on this machine. Put together from what an ordinary user may ask; how it is shown is
`status_words`'.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from byway_core.cli.standing import HELPERS_SERVICE
from byway_core.coexistence.collect import ipv6_here
from byway_core.coexistence.finding import Finding, Severity
from byway_core.model.errors import HelperError, HelperFault, ProfileError
from byway_core.model.profile import Profile
from byway_core.model.sentence import say, with_parts
from byway_core.plan.whole_machine import plan_whole_machine
from byway_helper.contract import VERSION, Plan

if TYPE_CHECKING:
    from byway_core.api.wire import EngineStatus
    from byway_core.coexistence.facts import Facts


@dataclass(frozen=True, slots=True)
class HelperState:
    """`fault` None: it was reached, and the rest is what it says. `mode` "": nothing is taken;
    `families` are 4 and 6; `owner` describes the process that has the machine, or is ""."""

    installed: bool
    fault: HelperFault | None = None
    said: str = ""
    version: int = 0
    backend: str = ""
    why: str = ""
    mode: str = ""
    families: tuple[int, ...] = ()
    kill_switch: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """`plan` is that of the profile of the `byway up` that runs, else of the default profile, as
    that file says now; `profile` "" where there is none. `direct` of the plan's bypassed networks
    are so because the rules send them directly."""

    helper: HelperState
    plan: Plan
    profile: str = ""
    unread: str = ""
    running: bool = False
    direct: int = 0
    findings: tuple[Finding, ...] = field(default=())


def explained(engines: list[EngineStatus]) -> Explained:
    """Everything; may take some seconds where a bus or a helper does not answer."""
    return asyncio.run(_explained(engines))


def plan_of(profile: Profile) -> tuple[Plan, int]:
    """The plan, and how many of its bypassed networks come from the rules alone."""
    machine = dataclasses.replace(profile.machine, see_direct=True)
    without = plan_whole_machine(dataclasses.replace(profile, machine=machine), ipv6=True)
    plan = plan_whole_machine(profile, ipv6=ipv6_here())
    return plan, len(plan.bypass) - len(without.bypass)


async def _explained(engines: list[EngineStatus]) -> Explained:
    from byway_core.coexistence.collect import collect
    from byway_core.coexistence.detect import detect

    machine = next((engine for engine in engines if engine.kind == "machine"), None)
    path, profile, unread = _profile(machine)
    plan, direct = plan_of(profile)
    # Before the helper is asked: it may be a rule's doing that it answers late.
    facts = await collect(plan)
    helper = await _helper(facts)
    findings = detect(facts, plan, in_force=bool(helper.mode) or helper.fault is not None)
    return Explained(helper, plan, path, unread, machine is not None, direct, findings)


def _profile(machine: EngineStatus | None) -> tuple[str, Profile, str]:
    """Its path, what it says, and why it could not be read."""
    from byway_core.api.profiles import default_profile, read_profile

    path = Path(machine.profile) if machine is not None else default_profile()
    try:
        return str(path), read_profile(path).value, ""
    except ProfileError as error:
        if machine is None and not os.path.lexists(path):
            return "", Profile(rules=()), ""
        why = say("{file}: {why}", file=path, why=error.problems[0].message)
        return str(path), Profile(rules=()), why


async def _helper(facts: Facts) -> HelperState:
    from byway_core.helper_client.lease import Helper
    from byway_helper.protocol import BUS_NAME

    known = facts.bus is not None and facts.bus.knows(BUS_NAME)
    installed = known or HELPERS_SERVICE in facts.files
    try:
        helper = await Helper.reached()
    except HelperError as error:
        return HelperState(installed, error.fault, str(error))
    try:
        said = await helper.status()
    except HelperError as error:
        return HelperState(installed, error.fault, str(error))
    finally:
        helper.close()
    return await _state(said)


async def _state(said: Any) -> HelperState:
    """What a helper of this version or another says; what it does not say stays as it is."""

    def text(name: str) -> str:
        value = said.get(name)
        return value if isinstance(value, str) else ""

    version, families = said.get("version"), said.get("families")
    return HelperState(
        installed=True,
        version=version if isinstance(version, int) else 0,
        backend=text("backend"),
        why=text("why"),
        mode=text("mode"),
        families=tuple(families) if isinstance(families, bytes) else (),
        kill_switch=said.get("kill-switch") is True,
        owner=await _who(text("owner")),
    )


async def _who(name: str) -> str:
    """The process behind a bus name, in words."""
    from byway_core.coexistence.bus import owner

    pid = await owner(name, 1.0) if name else None
    return name if pid is None else _process(pid)


def _process(pid: int) -> str:
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        return say("process {pid} ({name})", pid=pid, name=name)
    except OSError:
        return say("process {pid}", pid=pid)


def as_json(known: Explained) -> dict[str, object]:
    """The same as data; keys are only ever added. `parts`: see `model.sentence`."""
    helper, plan, marks = known.helper, known.plan, known.plan.marks
    return {
        "helper": with_parts(
            {
                "installed": helper.installed,
                "reached": helper.fault is None,
                "fault": helper.fault.value if helper.fault is not None else None,
                "message": helper.said,
                "version": helper.version or None,
                "expected_version": VERSION,
                "backend": helper.backend,
                "why": helper.why,
                "mode": helper.mode,
                "families": list(helper.families),
                "kill_switch": helper.kill_switch,
                "owner": helper.owner,
            }
        ),
        "routing": {
            "mask": marks.mask,
            "local": marks.local,
            "gateway": marks.gateway,
            "bypass": marks.bypass,
            "reply": marks.reply,
            "table": plan.table,
            "preference": plan.preference,
        },
        "profile": with_parts(
            {"path": known.profile, "running": known.running, "error": known.unread}
        ),
        "taken": {
            "mode": plan.mode.value,
            "families": [family.value for family in plan.families],
            "udp": plan.udp.value,
            "lan": list(plan.lan),
        },
        "left_alone": {
            "networks": [str(network) for network in plan.bypass],
            "direct_by_rules": known.direct,
        },
        "findings": [
            with_parts(
                {
                    "name": each.name,
                    "severity": each.severity.value,
                    "seen": each.seen,
                    "follows": each.follows,
                    "remedy": list(each.remedy),
                }
            )
            for each in known.findings
        ],
    }


async def conflicts(plan: Plan) -> list[Finding]:
    """For `byway up`: what will not work as the user thinks. Short: it comes before the question
    for the password."""
    from byway_core.coexistence.collect import collect
    from byway_core.coexistence.detect import detect

    found = detect(await collect(plan), plan, in_force=True)
    return [each for each in found if each.severity is Severity.CONFLICT]
