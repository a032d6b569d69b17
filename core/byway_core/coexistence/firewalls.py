"""Firewalls of others: what they refuse stays refused. They see the LAN's clients' packets on their
way to the engine as packets to this machine, and refuse those, which their own configuration
must allow.

The cures were tried with ufw 0.36 and firewalld 1.3; docs/internals/coexistence.md says how.
"""

from __future__ import annotations

from byway_core.coexistence.facts import Facts
from byway_core.coexistence.finding import Finding, Severity
from byway_core.model.sentence import in_a_row, say
from byway_helper.contract import Mode, Plan

FIREWALLD = "org.fedoraproject.FirewallD1"
UFW = "/etc/ufw/ufw.conf"
# What the cures leave behind. Of these files only root knows.
UFW_RULES = ("/etc/ufw/before.rules", "/etc/ufw/before6.rules")
FIREWALLD_POLICY = "/etc/firewalld/policies/byway.xml"


def ufw(facts: Facts, plan: Plan) -> Finding | None:
    lines = [line.strip().lower() for line in facts.texts.get(UFW, "").splitlines()]
    if "enabled=yes" not in [line.replace('"', "").replace("'", "") for line in lines]:
        return None
    seen = say("ENABLED=yes in {file}", file=UFW)
    if plan.mode is not Mode.GATEWAY:
        return Finding("ufw", seen, _LOCAL)
    mark = f"{plan.marks.gateway:#x}/{plan.marks.mask:#x}"
    if all(mark in facts.texts.get(path, "") for path in UFW_RULES):
        return Finding(
            "ufw", in_a_row([seen, say("{mark} in its before.rules", mark=mark)]), _ALLOWED
        )
    return Finding(
        "ufw",
        seen,
        _lan(plan),
        Severity.CONFLICT,
        (
            _ONCE,
            *(
                "sudo sed -i '/^# allow all on loopback/i -A "
                f"ufw{six}-before-input -m mark --mark {mark} -j ACCEPT' /etc/ufw/before{six}.rules"
                for six in ("", "6")
            ),
            "sudo ufw reload",
        ),
    )


def firewalld(facts: Facts, plan: Plan) -> Finding | None:
    if not facts.on_bus(FIREWALLD):
        return None
    seen = say("it is on the system bus")
    if plan.mode is not Mode.GATEWAY:
        return Finding("firewalld", seen, _LOCAL)
    if FIREWALLD_POLICY in facts.files:
        return Finding("firewalld", in_a_row([seen, FIREWALLD_POLICY]), _ALLOWED)
    command, policy = "sudo firewall-cmd --permanent", "--policy=byway"
    return Finding(
        "firewalld",
        seen,
        _lan(plan),
        Severity.CONFLICT,
        (
            _ONCE,
            say("# IPv4, and nothing but what Byway has taken:"),
            f"{command} --new-ipset=byway --type=hash:ip,mark",
            f"{command} --ipset=byway --add-entry=0.0.0.0/0,{plan.marks.gateway:#x}",
            f"{command} --new-policy=byway",
            f"{command} {policy} --add-ingress-zone=ANY",
            f"{command} {policy} --add-egress-zone=HOST",
            f"{command} {policy} --add-rich-rule='rule source ipset=byway accept'",
            "sudo firewall-cmd --reload",
            say(
                "# IPv6 stays refused, and programs use IPv4 then. Only if the LAN may reach every"
            ),
            say("# service of this machine as well, instead of all this and for both:"),
            *(f"# {command} --zone=trusted --change-interface={name}" for name in plan.lan),
            "# sudo firewall-cmd --reload",
        ),
    )


def bridged(facts: Facts, plan: Plan) -> Finding | None:
    """br_netfilter: frames that a bridge passes on are shown to the rules for routed packets."""
    on = [
        name
        for name in ("bridge-nf-call-iptables", "bridge-nf-call-ip6tables")
        if facts.sysctls.get(f"net/bridge/{name}", "").strip() == "1"
    ]
    if not on:
        return None
    seen = ", ".join(f"net.bridge.{name} = 1" for name in on)
    bridges = {link.name for link in facts.links if link.kind == "bridge"}
    lan = [name for name in plan.lan if name in bridges]
    if not lan:
        return Finding("br_netfilter", seen, _BRIDGES)
    return Finding(
        "br_netfilter",
        seen,
        say(
            "What hosts on {lan} send each other is shown to Byway's rules as if this "
            "machine routed it, and may be taken.",
            lan=", ".join(lan),
        ),
        Severity.CONFLICT,
        (
            say("# Docker and Kubernetes use this between containers of one network:"),
            "sudo sysctl " + " ".join(f"net.bridge.{name}=0" for name in on),
        ),
    )


def _lan(plan: Plan) -> str:
    return say(
        "It refuses what Byway takes of the clients on {lan}, so they have no network "
        "unless it is allowed; programs of this machine are not concerned. Ports of "
        "machine.lan_ports are opened as any other service's.",
        lan=", ".join(plan.lan),
    )


_LOCAL = say(
    "Nothing to do: programs of this machine go by your rules, and what it refuses stays refused."
)
_ALLOWED = say("It has been told to allow what Byway takes of the LAN's clients.")
_ONCE = say("# Once; whether it is done already, only root could see:")
_BRIDGES = say(
    "Nothing to do: what bridges pass on between virtual machines or containers is left alone."
)
