"""Containers, virtual machines and packaged programs."""

from __future__ import annotations

import re

from byway_core.coexistence.facts import Facts
from byway_core.coexistence.finding import Finding, Severity
from byway_helper.contract import Mode, Plan

_DOCKER_BRIDGE = re.compile(r"docker\d+|br-[0-9a-f]{12}")


def docker(facts: Facts, plan: Plan) -> Finding | None:
    bridges = [link.name for link in facts.links if _DOCKER_BRIDGE.fullmatch(link.name)]
    seen = _seen(bridges, facts.files & {"/run/docker.sock"})
    if not seen:
        return None
    lan = [name for name in plan.lan if name not in bridges]
    if lan:
        return Finding(
            "Docker",
            seen,
            "It may forbid this machine to route: what Byway leaves alone of the clients on "
            f"{', '.join(lan)} (bypassed networks, UDP) then does not pass; the rest does.",
            Severity.NOTE,
            tuple(f"sudo iptables -I DOCKER-USER -i {name} -j ACCEPT" for name in lan),
        )
    return Finding("Docker", seen, _inside("containers", bridges, plan))


def podman(facts: Facts, plan: Plan) -> Finding | None:
    bridges = facts.named("podman", "cni-podman")
    seen = _seen(bridges, facts.files & {"/run/podman/podman.sock"})
    return Finding("Podman", seen, _inside("containers", bridges, plan)) if seen else None


def libvirt(facts: Facts, plan: Plan) -> Finding | None:
    bridges = facts.named("virbr")
    sockets = {name for name in facts.files if name.startswith("/run/libvirt/")}
    seen = _seen(bridges, sockets)
    return Finding("libvirt", seen, _inside("virtual machines", bridges, plan)) if seen else None


def calico(facts: Facts, plan: Plan) -> Finding | None:
    links = [*facts.named("cali"), *(name for name in facts.named("vxlan.calico"))]
    if not links:
        return None
    rest = 0xFFFF0000 & ~plan.marks.mask
    patch = f'{{"spec":{{"iptablesMarkMask":{rest}}}}}'
    return Finding(
        "Calico",
        f"interface {links[0]}",
        f"By default it marks packets in the bits that Byway uses ({plan.marks.mask:#010x}), and "
        "each may take the other's packets for its own.",
        Severity.CONFLICT,
        (
            f"# Tell it to use the others ({rest:#010x}), if that is not done yet:",
            f"kubectl patch felixconfiguration default --type=merge -p '{patch}'",
        ),
    )


def packaged(facts: Facts, plan: Plan) -> Finding | None:
    found = [
        name
        for name, files in (
            ("Flatpak", {"/var/lib/flatpak", "~/.local/share/flatpak"}),
            ("Snap", {"/var/lib/snapd"}),
        )
        if facts.files & files
    ]
    if not found:
        return None
    seen = ", ".join(sorted(name for name in facts.files if "flatpak" in name or "snapd" in name))
    follows = "Their programs use this machine's network, and go by your rules like all others."
    return Finding(" and ".join(found), seen, follows)


def _inside(what: str, bridges: list[str], plan: Plan) -> str:
    taken = [name for name in bridges if name in plan.lan]
    if plan.mode is Mode.GATEWAY and taken:
        return f"The {what} on {', '.join(taken)} go by your rules, as machine.lan says."
    return (
        f"What its {what} send is left alone; to take it too, name their bridge in machine.lan. "
        "Connections to them work as before."
    )


def _seen(bridges: list[str], files: frozenset[str] | set[str]) -> str:
    shown = bridges[:3] + (["…"] if len(bridges) > 3 else [])
    links = [f"interface {', '.join(shown)}"] if bridges else []
    return "; ".join([*links, *sorted(files)])
