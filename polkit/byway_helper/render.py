"""Plan -> the text of nftables tables, from the files in `rules/`.

There they are as nft takes them, but for three things: `$name` is a word of the plan's; a line
after `condition|` stands only where that holds of the plan; `<file` stands for that file's lines.
Pure apart from these files: the words are numbers, address objects and names that `contract` has
checked. The golden files of the tests show the whole results, and the kernel loads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from string import Template

from byway_helper.contract import Family, Plan, Ports, Udp

TABLE = "byway"
GUARD = "byway_guard"  # the kill switch's

Network = IPv4Network | IPv6Network

_RULES = Path(__file__).parent / "rules"
PROBE = (_RULES / "probe.nft").read_text(encoding="ascii")
_CONDITIONS = re.compile(r"([a-z0-9+-]+)\|(.*)")


def render(plan: Plan, ports: Mapping[Family, Ports]) -> str:
    """The table that takes. `ports` has every family of the plan, else KeyError."""
    return filled(_RULES / "byway.nft", plan, ports)


def render_guard(plan: Plan) -> str:
    return filled(_RULES / "guard.nft", plan, {})


def update(bypass: Iterable[Network]) -> str:
    """Commands that put other networks into the table's sets, in one transaction."""
    lines = []
    for name, elements in bypassed(bypass).items():
        lines.append(f"flush set inet {TABLE} {name}")
        lines += [f"add element inet {TABLE} {name} {{ {elements} }}"] * bool(elements)
    return "\n".join([*lines, ""])


def filled(file: Path, plan: Plan, ports: Mapping[Family, Ports], **more: str) -> str:
    """The text of a file for this plan, with `more` words; what is left out of it are comments,
    blank lines, and what does not hold. KeyError for a word that nobody has given."""
    words = {name: f"{value:#010x}" for name, value in _numbers(plan).items()}
    words |= bypassed(plan.bypass) | {"lan": ", ".join(f'"{name}"' for name in plan.lan)} | more
    for family, each in ports.items():
        words |= {f"tcp{family.value}": str(each.tcp), f"udp{family.value}": str(each.udp)}
    holding = {name for name in ("lan", "bypass4", "bypass6") if words[name]}
    holding.add("all" if plan.udp is Udp.ALL else "names")
    holding |= {f"{'' if f in plan.families else 'no-'}ipv{f.value}" for f in Family}
    text = "\n".join([*_standing(file, holding), ""])
    return Template(text).substitute(words)


def bypassed(networks: Iterable[Network]) -> dict[str, str]:
    """The elements of each set."""
    found: dict[str, list[str]] = {"bypass4": [], "bypass6": []}
    for network in networks:
        found[f"bypass{network.version}"].append(str(network))
    return {name: ", ".join(each) for name, each in found.items()}


def _numbers(plan: Plan) -> dict[str, int]:
    marks = plan.marks
    return {
        "mask": marks.mask,
        "keep": ~marks.mask & 0xFFFFFFFF,
        "local": marks.local,
        "gateway": marks.gateway,
        "bypass": marks.bypass,
        "reply": marks.reply,
    }


def _standing(file: Path, holding: set[str]) -> Iterator[str]:
    for conditions, line in _lines(file):
        if conditions <= holding:
            if line.startswith("<"):
                yield from _standing(_RULES / line[1:], holding)
            else:
                yield line


@cache
def _lines(file: Path) -> list[tuple[frozenset[str], str]]:
    """Conditions and line, of all that is no comment."""
    found = []
    for line in file.read_text(encoding="ascii").splitlines():
        conditional = _CONDITIONS.match(line)
        conditions, rule = conditional.groups() if conditional else ("", line)
        if rule.strip() and not rule.lstrip().startswith("#"):
            found.append((frozenset(conditions.split("+")) - {""}, rule))
    return found
