"""Who looks after the network, names, and passwords on this machine."""

from __future__ import annotations

from byway_core.coexistence.facts import NETWORK_MANAGER, Facts, Session
from byway_core.coexistence.finding import Finding, Severity
from byway_core.model.sentence import in_a_row, say
from byway_helper.contract import Plan
from byway_helper.protocol import BUS_NAME as HELPER

RESOLVED = "org.freedesktop.resolve1"
POLKIT = "org.freedesktop.PolicyKit1"
_STUB = "127.0.0.53"
# NMConnectivityState.
_PORTAL, _LIMITED, _NONE = 2, 3, 1

# Processes that are polkit agents, by the first 15 characters of their names, which is what the
# kernel keeps. Desktops' shells are agents themselves.
_AGENTS = {
    "gnome-shell",
    "cinnamon",
    "phosh",
    "polkit-gnome-au",
    "polkit-kde-auth",
    "polkit-mate-aut",
    "lxpolkit",
    "lxqt-policykit-",
    "xfce-polkit",
    "hyprpolkitagent",
    "budgie-polkit-d",
    "dde-polkit-agen",
    "soteria",
    "mate-polkit",
    "pkttyagent",
}


def network_manager(facts: Facts, plan: Plan) -> Finding | None:
    if not facts.on_bus(NETWORK_MANAGER):
        return None
    follows = say(
        "Nothing to do: Byway's rules stay when it changes networks, and its own check "
        "for a connection goes by your rules like any program's."
    )
    return Finding("NetworkManager", say("it is on the system bus"), follows)


def captive_portal(facts: Facts, plan: Plan) -> Finding | None:
    state = facts.bus.connectivity if facts.bus is not None else 0
    if state != _PORTAL:
        return None
    return Finding(
        say("Log-in page"),
        say("NetworkManager: this network wants a log-in first (captive portal)"),
        say(
            "Until you have logged in, no upstream is reached, and the page only shows if "
            "your rules send it directly."
        ),
        Severity.CONFLICT,
        (
            "byway down",
            say("# log in, in the browser: http://nmcheck.gnome.org/ brings the page"),
            "byway up",
        ),
    )


def offline(facts: Facts, plan: Plan) -> Finding | None:
    state = facts.bus.connectivity if facts.bus is not None else 0
    if state not in (_NONE, _LIMITED):
        return None
    words = say("no network") if state == _NONE else say("a network without the internet")
    follows = say(
        "If Byway runs, this may be your rules' doing: they decide about "
        "NetworkManager's check too. If not, it is not Byway's."
    )
    return Finding(
        say("Connection"), say("NetworkManager: {words}", words=words), follows, Severity.NOTE
    )


def resolved(facts: Facts, plan: Plan) -> Finding | None:
    stub = f"nameserver {_STUB}" in facts.texts.get("/etc/resolv.conf", "")
    running = facts.on_bus(RESOLVED)
    if not running and not stub:
        return None
    where = [say("it is on the system bus")] if running else []
    where += (
        [say("{what} in {file}", what=f"nameserver {_STUB}", file="/etc/resolv.conf")]
        if stub
        else []
    )
    return Finding(
        "systemd-resolved",
        in_a_row(where),
        say(
            "Programs go on asking it. Byway takes the questions that it sends on, and so "
            "knows names; not those it asks encrypted (DNSOverTLS=yes), nor what it has "
            "asked before and still remembers (resolvectl flush-caches); there, rules by "
            "name see what TLS and HTTP say."
        ),
    )


def polkit(facts: Facts, plan: Plan) -> Finding | None:
    """Whether anybody could ask for a password. Agents cannot be listed by a user: only processes
    that are known to be one are seen."""
    if facts.bus is None:
        return Finding(
            say("System bus"),
            say("it does not answer"),
            say("`byway up` cannot reach its helper.")
            if facts.sandboxed
            else say("`byway up` cannot reach its helper. `byway run -- PROGRAM` needs none."),
            Severity.CONFLICT,
            (
                say("# Debian, Ubuntu; then start it, or the machine again:"),
                "sudo apt install dbus",
            ),
        )
    if facts.sandboxed or not facts.bus.knows(HELPER):
        return None  # it cannot be seen, or nobody will ask anything
    if not facts.bus.knows(POLKIT):
        return Finding(
            "polkit",
            say("it is not on the system bus, nor could be started"),
            say("`byway up` is refused: nobody could say whether you may."),
            Severity.CONFLICT,
            (
                say("# Debian, Ubuntu; with dnf and pacman it is called polkit:"),
                "sudo apt install polkitd",
            ),
        )
    agents = sorted(_AGENTS & facts.processes)
    if facts.root or agents:
        return None
    what = {
        Session.GRAPHICAL: say("a graphical session, and no agent that Byway knows"),
        Session.TERMINAL: say("no graphical session, and no agent that Byway knows"),
        Session.REMOTE: say("a session over SSH, and no agent that Byway knows"),
    }[facts.session]
    return Finding(
        say("Password"),
        what,
        say(
            "If polkit wants one, `byway up` may find nobody to ask you; then start an "
            "agent for this shell first."
        ),
        Severity.NOTE,
        (
            say("# in a second terminal, with what `echo $$` says in this one:"),
            "pkttyagent --process PID",
        ),
    )
