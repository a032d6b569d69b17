"""All detectors over one snapshot. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from byway_core.coexistence import containers, firewalls, routing, surroundings, tunnels
from byway_core.coexistence.facts import Facts
from byway_core.coexistence.finding import Finding, Severity
from byway_core.model.sentence import say
from byway_helper.contract import Plan

DETECTORS: tuple[Callable[[Facts, Plan], Finding | None], ...] = (
    routing.strangers,
    routing.marks,
    routing.ipv6,
    routing.forwarding,
    routing.strict,
    firewalls.ufw,
    firewalls.firewalld,
    firewalls.bridged,
    tunnels.interceptor,
    tunnels.wireguard,
    tunnels.tailscale,
    surroundings.captive_portal,
    surroundings.polkit,
    surroundings.offline,
    surroundings.network_manager,
    surroundings.resolved,
    containers.calico,
    containers.docker,
    containers.podman,
    containers.libvirt,
    containers.packaged,
)

_ORDER = list(Severity)


def detect(facts: Facts, plan: Plan, *, in_force: bool) -> tuple[Finding, ...]:
    """What is there, conflicts first. `in_force`: the helper says that it has the machine."""
    found = sorted(_found(facts, plan, in_force), key=lambda each: _ORDER.index(each.severity))
    return tuple(found)


def _found(facts: Facts, plan: Plan, in_force: bool) -> Iterator[Finding]:
    before = routing.taken_over(facts, plan) or routing.not_reached(facts, plan)
    left_over = routing.left_over(facts, plan, in_force=in_force)
    for finding in (before, left_over, *(each(facts, plan) for each in DETECTORS)):
        if finding is not None:
            yield finding
    if facts.sandboxed:
        yield Finding(
            say("This list"),
            say("a Flatpak sees no processes, services or files of the machine"),
            say("Firewalls, Docker and others may be beside Byway without being named here."),
            Severity.NOTE,
        )
    if not facts.complete:
        yield Finding(
            say("This list"),
            say("the kernel's lists could not all be read in time"),
            say("There may be more beside Byway than is said here."),
            Severity.NOTE,
        )
