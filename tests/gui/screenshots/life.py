"""What a busy user's Byway has to show, made up and the same each time: addresses and names are
those reserved for examples."""

from __future__ import annotations

import errno
import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from byway_core.api.wire import ActionStatus, EngineStatus
from byway_core.cli.status_explain import Explained, HelperState, as_json, plan_of
from byway_core.coexistence.detect import detect
from byway_core.coexistence.facts import Bus, Facts, Link
from byway_core.model.decision import Network
from byway_core.model.errors import Area, HelperFault
from byway_core.model.flow import FlowSnapshot, FlowState, HostSource
from byway_core.model.group import GroupKind, GroupStanding, MemberStanding
from byway_core.model.profile import Machine, Profile
from byway_core.model.sentence import say
from byway_core.relay.reasons import why
from byway_gui.engine_link.inbox import Batch
from byway_gui.presenters.log_lines import Level, Record
from byway_helper.contract import VERSION

FLOWS, RULES = 2_000, 300

# name, type, server, port, user, password
_UPSTREAMS = (
    ("office", "socks5", "proxy.example.com", 1080, "j.doe", '{ keyring = "office" }'),
    ("office-backup", "socks5", "proxy2.example.com", 1080, "j.doe", '{ keyring = "office" }'),
    ("lab", "http", "gateway.lab.example.org", 3128, "", ""),
    ("home", "socks5", "192.0.2.40", 1080, "", ""),
    ("tor", "socks5", "127.0.0.1", 9050, "", ""),
    ("ssh", "socks5", "127.0.0.1", 1081, "", ""),
    ("frankfurt", "socks5", "fra.vpn.example.net", 1080, "4711", '{ file = "frankfurt.key" }'),
    ("singapore", "socks5", "sin.vpn.example.net", 1080, "4711", '{ env = "SIN_PASSWORD" }'),
    ("tokyo", "http", "tyo.vpn.example.net", 8080, "4711", '{ keyring = "tokyo" }'),
    ("old-printer", "socks4", "192.0.2.9", 1080, "", ""),
    ("archive", "socks4a", "archive.example.org", 1080, "guest", ""),
    ("mirror", "service", "2001:db8::50", 8443, "", ""),
)
# host, and the place of the rule that decides
_NAMES = (
    ("www.example.com", 3),
    ("mail.example.com", 3),
    ("git.lab.example.org", 4),
    ("packages.example.org", RULES - 1),
    ("static.video.example.net", 9),
    ("a-very-long-name-of-a-content-server-17.eu-central-1.video.example.net", 9),
    ("news.example.org", RULES - 1),
    ("tracker.ads.example.net", 6),
    ("chat.example.com", 3),
    ("updates.example.org", 10),
    ("", RULES - 1),
)
_PROGRAMS = (
    "firefox",
    "curl https://www.example.com",
    "thunderbird",
    "git fetch --all",
    "",
)
_DNS = """
[dns]
servers = ["192.0.2.53", { server = "https://dns.example/dns-query", via = "office" }]
rules = [
  "DOMAIN-SUFFIX,corp.example,corp",
  "OR,((DOMAIN-SUFFIX,lan),(DOMAIN-SUFFIX,home.arpa)),home",
  "# DOMAIN,www.corp.example,system",
]
fake_addresses = true
real_names = ["*.lan", "+.games.example.net"]

[dns.hosts]
"nas.lan" = "192.168.1.2"
"printer.lan" = ["192.168.1.9", "fd00::9"]

[[dns.resolver]]
name = "corp"
servers = [{ server = "tls://ns1.corp.example", address = "10.0.0.53" }, "10.0.1.53"]

[[dns.resolver]]
name = "home"
servers = ["192.168.1.1"]
"""
_TOPICS = ("shop", "mail", "video", "docs", "build", "wiki", "photos", "music", "maps", "bank")


_TEST = 'test = "www.example.com:443"'
_GROUPS = (
    ("abroad", "select", ["fastest", "frankfurt", "singapore", "DIRECT", "REJECT"]),
    ("fastest", "url-test", ["frankfurt", "singapore", "home"], _TEST),
    ("work", "fallback", ["office", "office-backup"]),
)


def profile() -> str:
    """A profile with 12 upstreams, 3 groups and 300 rules."""
    lines = ["version = 1", "", "rules = ["]
    for text, note in _rules():
        lines.append(f'  "{text}",{f"  # {note}" if note else ""}')
    lines += ["]"]
    for name, kind, server, port, user, password in _UPSTREAMS:
        lines += ["", "[[upstream]]", f'name = "{name}"', f'type = "{kind}"']
        lines += [f'server = "{server}"', f"port = {port}"]
        lines += [f'username = "{user}"'] if user else []
        lines += [f"password = {password}"] if password else []
    for name, kind, members, *more in _GROUPS:
        lines += ["", "[[group]]", f'name = "{name}"', f'type = "{kind}"', f"members = {members}"]
        lines += more
    lines += ["", "[general]", "mixed_port = 7890", "", "[machine]", "see_direct = true"]
    lines += [_DNS]
    return "\n".join(lines) + "\n"


def _rules() -> list[tuple[str, str]]:
    """(rule, note); one that begins with # is off."""
    found = [
        ("DOMAIN-SUFFIX,localhost,DIRECT", "this computer"),
        ("IP-CIDR,127.0.0.0/8,DIRECT", ""),
        ("IP-CIDR,192.168.0.0/16,DIRECT", "home network"),
        ("DOMAIN-SUFFIX,example.com,office", "work"),
        ("DOMAIN-SUFFIX,lab.example.org,lab", "the laboratory's own servers"),
        ("AND,((NETWORK,TCP),(DST-PORT,25)),REJECT", "no mail past the provider"),
        ("DOMAIN-KEYWORD,tracker,REJECT", ""),
        ("# DOMAIN-SUFFIX,video.example.net,singapore", "while in Frankfurt"),
        ("AND,((DOMAIN-SUFFIX,video.example.net),(NETWORK,UDP),(DST-PORT,443)),REJECT", "no QUIC"),
        ("DOMAIN-SUFFIX,video.example.net,abroad", ""),
        ("OR,((DOMAIN,updates.example.org),(DOMAIN,mirror.example.org)),singapore", ""),
        ("IP-CIDR6,2001:db8:4::/48,home,no-resolve", ""),
        ("DOMAIN-REGEX,^cdn[0-9]+\\\\.example\\\\.net$,frankfurt", "numbered servers"),
        ("PROCESS-NAME,thunderbird,office", "mail"),
        (
            "AND,((OR,((PROCESS-NAME,firefox),(PROCESS-PATH,/opt/Chat/*))),"
            "(DOMAIN-SUFFIX,example.org)),home",
            "",
        ),
    ]
    targets = ["DIRECT", "REJECT", *(each[0] for each in _UPSTREAMS)]
    dice = random.Random(7)
    while len(found) < RULES - 1:
        name = f"{dice.choice(_TOPICS)}-{len(found)}.example"
        kind = dice.choice(("DOMAIN-SUFFIX", "DOMAIN"))
        found.append((f"{kind},{name},{dice.choice(targets)}", ""))
    return [*found, ("MATCH,DIRECT", "everything else")]


def hits() -> list[int]:
    dice = random.Random(8)
    many = [max(0, int(dice.expovariate(1) * 90_000 / (row + 1)) - 40) for row in range(RULES)]
    off = [text.startswith("#") for text, _ in _rules()]
    return [0 if is_off else hits for hits, is_off in zip(many, off, strict=True)]


def flows(now: float, later: float = 0.0) -> Batch:
    """2,000 connections, the first 240 of them live: as they are `later` seconds after `now`."""
    dice, rules = random.Random(9), [text for text, _ in _rules()]
    made = {}
    for number in range(FLOWS):
        host, place = dice.choice(_NAMES)
        action = rules[place].split(",")[-1]
        bytes_ = 0 if action == "REJECT" else 1
        live = number < 240
        opened = now - dice.expovariate(1 / 90) - (0 if live else 60)
        made[1, f"4711.{number}"] = FlowSnapshot(
            id=f"4711.{number}",
            opened=opened,
            closed=0.0 if live else min(now, opened + dice.expovariate(1 / 20)),
            network=Network.UDP if number % 9 == 4 else Network.TCP,
            source="127.0.0.1",
            source_port=32_768 + number,
            address=f"198.51.100.{number % 250}" if number % 6 else f"2001:db8:7::{number:x}",
            port=dice.choice((443, 443, 443, 80, 993, 22)),
            host=host,
            host_source=HostSource.SNI if host else HostSource.NONE,
            action=action,
            rule=rules[place],
            rule_index=place,
            state=_state(dice, live=live, refused=action == "REJECT"),
            up=int(bytes_ * (9_000 + later * 700 * live) * dice.expovariate(1)),
            down=int(
                bytes_ * (700_000 + later * 90_000 * live * (number % 4 == 0)) * dice.expovariate(1)
            ),
            reason=_reason(number, live=live, refused=action == "REJECT"),
            program=dice.choice(_PROGRAMS),
        )
    return Batch(frozenset(), made, frozenset())


def _state(dice: random.Random, *, live: bool, refused: bool) -> FlowState:
    if not live or refused:
        return FlowState.CLOSED
    return FlowState.CONNECTING if dice.random() < 0.05 else FlowState.OPEN


def _reason(number: int, *, live: bool, refused: bool) -> str:
    if refused:
        return say("refused by the rules")
    if live or number % 11:
        return ""
    if number % 2:
        late = why("198.51.100.7:1080", errno.ETIMEDOUT)
        return say("via {upstream}: {words}", upstream="frankfurt", words=late)
    return why(say("the program"), errno.ECONNRESET)


def troubled(status: EngineStatus) -> EngineStatus:
    silent = say(
        "the DNS server {server} does not answer: {why}",
        server="https://dns.example/dns-query",
        why=say("no answer within {n} s", n=5),
    )
    unknown = say(
        "which application a connection is of is not known: {obstacle}",
        obstacle=say("the kernel lacks a module, {name}", name="udp_diag"),
    )
    areas = Area.NAMES.value, Area.PROGRAMS.value
    return replace(status, problems=(silent, unknown), areas=areas)


def groups() -> tuple[GroupStanding, ...]:
    late = say("upstream {name} ({authority})", name="singapore", authority="sg.proxy.example:1080")
    trouble = say("{who} did not answer in time", who=late)
    frankfurt = MemberStanding("frankfurt", True, 41.2)
    singapore = MemberStanding("singapore", False, None, trouble)
    home = MemberStanding("home", True, 18.7)
    fastest = MemberStanding("fastest", True, 18.7)
    rest = (MemberStanding("DIRECT"), MemberStanding("REJECT"))
    office = (MemberStanding("office", True, 12.0), MemberStanding("office-backup"))
    return (
        GroupStanding(
            "abroad", GroupKind.SELECT, (fastest, frankfurt, singapore, *rest), "fastest", "home"
        ),
        GroupStanding("fastest", GroupKind.URL_TEST, (frankfurt, singapore, home), "home", "home"),
        GroupStanding("work", GroupKind.FALLBACK, office, "office", "office"),
    )


def status(now: float) -> EngineStatus:
    actions = {
        "DIRECT": ActionStatus(48_211, 61, 1_204_331_877, 18_902_334_112),
        "REJECT": ActionStatus(9_302, 0, 0, 0),
        "office": ActionStatus(12_870, 44, 902_113_004, 7_204_556_218),
        "lab": ActionStatus(1_022, 3, 88_120_114, 1_204_556_001),
        "frankfurt": ActionStatus(6_420, 27, 310_223_904, 41_204_556_218),
        "singapore": ActionStatus(402, 2, 9_223_904, 204_556_218),
    }
    for name, *_ in _UPSTREAMS:
        actions.setdefault(name, ActionStatus())
    return EngineStatus(
        pid=4711,
        version="0.1",
        kind="up",
        since=now - 8_040,
        profile="profile.toml",
        mixed_port=7890,
        workers=4,
        has_machine=True,
        live=137,
        flows=sum(each.flows for each in actions.values()),
        up=sum(each.up for each in actions.values()),
        down=sum(each.down for each in actions.values()),
        actions=actions,
        groups=groups(),
    )


def traffic() -> list[tuple[int, int]]:
    """Bytes up and down since the beginning, at each of 120 seconds."""
    dice, up, down = random.Random(10), 0, 0
    found = []
    for second in range(121):
        burst = 6.0 if 30 < second < 52 else 1.0
        up += int(40_000 * (1 + dice.random()) * (3.0 if second > 95 else 1.0))
        down += int(400_000 * burst * (0.4 + dice.random()))
        found.append((up, down))
    return found


def log(now: float) -> list[Record]:
    dice = random.Random(11)
    lines = (
        (Level.INFO, "the profile was read: 300 rules, 12 upstreams", ""),
        (Level.INFO, "in force: every program's TCP and UDP, IPv4 and IPv6", ""),
        (Level.WARNING, "via upstream frankfurt: connection timed out after 10 s", "4711.{n}"),
        (Level.INFO, "reset by peer", "4711.{n}"),
        (Level.ERROR, "upstream singapore: authentication refused", "4711.{n}"),
        (Level.DEBUG, "www.example.com has the addresses 198.51.100.7, 2001:db8:7::7", ""),
        (Level.WARNING, "rule 214 is never reached: rule 10 takes everything before it", ""),
    )
    made = []
    for number in range(600):
        level, text, flow = lines[dice.choice((2, 3, 3, 3, 4, 5, 5, 6))] if number > 1 else lines[0]
        made.append(Record(now - 600 + number, level, flow.format(n=number), text))
    return made


def machine(*, busy: bool) -> dict[str, Any]:
    """As `byway status --explain --json` says it."""
    missing = say("the privileged helper is not there")
    helper = HelperState(False, HelperFault.MISSING, missing)
    bus = Bus(frozenset({"org.freedesktop.NetworkManager"}))
    ipv6 = {"/proc/net/if_inet6": f"{1:032x} 01 80 10 80 lo"}
    facts = Facts(bus=bus, texts=ipv6)
    lan: tuple[str, ...] = ()
    if busy:
        lan = ("virbr0",)
        helper = HelperState(
            True,
            version=VERSION,
            backend="nftables",
            mode="global",
            families=(4, 6),
        )
        facts = Facts(
            links=(Link("docker0", "bridge"), Link("virbr0", "bridge")),
            sysctls={"net/bridge/bridge-nf-call-iptables": "1"},
            bus=bus,
            files=frozenset({"/run/docker.sock"}),
            texts=ipv6,
        )
    plan, direct = plan_of(Profile(rules=(), machine=Machine(lan=lan)))
    found = detect(facts, plan, in_force=busy)
    known = Explained(helper, plan, "profile.toml", "", busy, direct, found)
    return as_json(known) | {"engines": []}


def applications(folder: Path) -> None:
    """.desktop files, as a menu would show them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, about, run in (
        ("Firefox", "Web Browser", "true %u"),
        ("Thunderbird", "Mail Client", "true %u"),
        ("Terminal", "Command line", "true"),
        ("Files", "Access and organise files", "true %U"),
        ("Chat", "Talk to the team", "true"),
        ("Image Viewer", "Browse and rotate images", "true %U"),
        ("Music Player", "Play and organise your music collection", "true %U"),
        ("Text Editor", "Edit text files", "true %F"),
        ("Software", "Add, remove and update programs on this computer", "true"),
        ("Weather", "Show weather conditions and forecast", "true"),
    ):
        lines = ("[Desktop Entry]", "Type=Application", f"Name={name}", f"Comment={about}")
        text = "\n".join([*lines, f"Exec={run}", ""])
        Path(folder, f"{name.replace(' ', '-').lower()}.desktop").write_text(text)


def now() -> float:
    return time.time()
