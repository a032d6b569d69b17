"""Containers, virtual machines and packaged programs."""

from __future__ import annotations

import re

from byway_core.coexistence.facts import Facts
from byway_core.coexistence.finding import Finding, Severity
from byway_core.model.sentence import in_a_row, one_and, say
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
            say(
                "It may forbid this machine to route: what Byway leaves alone of the clients "
                "on {lan} (bypassed networks, UDP) then does not pass; the rest does.",
                lan=", ".join(lan),
            ),
            Severity.NOTE,
            tuple(f"sudo iptables -I DOCKER-USER -i {name} -j ACCEPT" for name in lan),
        )
    return Finding("Docker", seen, _inside(say("containers"), bridges, plan))


def podman(facts: Facts, plan: Plan) -> Finding | None:
    bridges = facts.named("podman", "cni-podman")
    seen = _seen(bridges, facts.files & {"/run/podman/podman.sock"})
    return Finding("Podman", seen, _inside(say("containers"), bridges, plan)) if seen else None


def libvirt(facts: Facts, plan: Plan) -> Finding | None:
    bridges = facts.named("virbr")
    sockets = {name for name in facts.files if name.startswith("/run/libvirt/")}
    seen = _seen(bridges, sockets)
    return (
        Finding("libvirt", seen, _inside(say("virtual machines"), bridges, plan)) if seen else None
    )


def calico(facts: Facts, plan: Plan) -> Finding | None:
    links = [*facts.named("cali"), *(name for name in facts.named("vxlan.calico"))]
    if not links:
        return None
    rest = 0xFFFF0000 & ~plan.marks.mask
    patch = f'{{"spec":{{"iptablesMarkMask":{rest}}}}}'
    return Finding(
        "Calico",
        say("interface {name}", name=links[0]),
        say(
            "By default it marks packets in the bits that Byway uses ({mask}), and each "
            "may take the other's packets for its own.",
            mask=f"{plan.marks.mask:#010x}",
        ),
        Severity.CONFLICT,
        (
            say(
                "# Tell it to use the others ({rest}), if that is not done yet:",
                rest=f"{rest:#010x}",
            ),
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
    follows = say(
        "Their programs use this machine's network, and go by your rules like all others."
    )
    return Finding(one_and(found), seen, follows)


def _inside(what: str, bridges: list[str], plan: Plan) -> str:
    taken = [name for name in bridges if name in plan.lan]
    if plan.mode is Mode.GATEWAY and taken:
        return say(
            "The {what} on {taken} go by your rules, as machine.lan says.",
            what=what,
            taken=", ".join(taken),
        )
    return say(
        "What its {what} send is left alone; to take it too, name their bridge in "
        "machine.lan. Connections to them work as before.",
        what=what,
    )


def _seen(bridges: list[str], files: frozenset[str] | set[str]) -> str:
    shown = bridges[:3] + (["…"] if len(bridges) > 3 else [])
    links = [say("interface {name}", name=", ".join(shown))] if bridges else []
    return in_a_row([*links, *sorted(files)])
