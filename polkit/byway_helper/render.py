"""Plan -> rules, from the files in `rules/`: nftables tables, or the same for x_tables.

There they are as nft and iptables-restore take them, but for three things: `$name` is a word of the
plan's; a line after `condition|` stands only where that holds of the plan; `<file` stands for that
file's lines. Pure apart from these files: the words are numbers, address objects and names that
`contract` has checked. The golden files of the tests show the whole results, and kernels load them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache, partial
from ipaddress import collapse_addresses
from itertools import groupby
from pathlib import Path
from string import Template
from typing import Any

from byway_helper.contract import Family, Mode, Network, Plan, Ports

TABLE = "byway"
GUARD = "byway_guard"  # the kill switch's

_RULES = Path(__file__).parent / "rules"
PROBE = (_RULES / "probe.nft").read_text(encoding="ascii")
_CONDITIONS = re.compile(r"([a-z0-9+-]+)\|(.*)")
_FEW = 8  # so many networks x_tables ask one by one


def render(plan: Plan, ports: Mapping[Family, Ports]) -> str:
    """The table that takes. `ports` has every family of the plan, else KeyError."""
    return filled(_RULES / "byway.nft", plan, ports)


def render_guard(plan: Plan) -> str:
    return filled(_RULES / "guard.nft", plan, {})


def update(bypass: Iterable[Network]) -> str:
    """Commands that put other networks into the table's sets, in one transaction."""
    lines = []
    for name, elements in _sets(bypass).items():
        lines.append(f"flush set inet {TABLE} {name}")
        lines += [f"add element inet {TABLE} {name} {{ {elements} }}"] * bool(elements)
    return "\n".join([*lines, ""])


def render_iptables(plan: Plan, family: Family, ports: Ports) -> str:
    """Table mangle, of this family."""
    return _restored("mangle", "BYWAY", plan, family, {family: ports})


def render_iptables_guard(plan: Plan, family: Family) -> str:
    """Table filter."""
    return _restored("filter", "BYWAY_GUARD", plan, family, {})


def render_iptables_raw() -> str:
    """Table raw, for any plan."""
    return filled(_RULES / "raw.iptables", Plan(Mode.GLOBAL), {})


def filled(file: Path, plan: Plan, ports: Mapping[Family, Ports], **more: str) -> str:
    """The text of a file for this plan, with `more` words; what is left out of it are comments,
    blank lines, and what does not hold. KeyError for a word that nobody has given."""
    marks = {**plan.marks._asdict(), "keep": ~plan.marks.mask & 0xFFFFFFFF}
    words = {name: f"{value:#010x}" for name, value in marks.items()} | _sets(plan.bypass)
    words |= {"lan": ", ".join(f'"{name}"' for name in plan.lan)} | more
    for family, each in ports.items():
        words |= {f"tcp{family.value}": str(each.tcp), f"udp{family.value}": str(each.udp)}
    holding = {name for name in ("lan", "bypass4", "bypass6") if words[name]} | {plan.udp.value}
    holding |= {f"{'' if f in plan.families else 'no-'}ipv{f.value}" for f in Family}
    return Template("\n".join([*_standing(file, holding), ""])).substitute(words)


def _sets(networks: Iterable[Network]) -> dict[str, str]:
    """The elements of each set."""
    found: dict[str, list[str]] = {"bypass4": [], "bypass6": []}
    for network in networks:
        found[f"bypass{network.version}"].append(str(network))
    return {name: ", ".join(each) for name, each in found.items()}


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


def _restored(
    table: str, ours: str, plan: Plan, family: Family, ports: Mapping[Family, Ports]
) -> str:
    networks = tuple(network for network in plan.bypass if network.version == family.value)
    words = {
        "ours": ours,
        "clients": "\n".join(f"-A {ours}_LAN -i {name} -g {ours}_CLIENT" for name in plan.lan),
        "networks": _tree(networks).replace("$ours", ours),
    }
    alone = replace(plan, families=(family,), bypass=())
    return filled(_RULES / f"{table}.iptables", alone, ports, **words)


@lru_cache(len(Family))  # the kill switch has the same
def _tree(networks: Any) -> str:
    """The networks as chains, one for each four bits of the prefix."""
    rules = []
    chains = [("$ours_NEAR", list(collapse_addresses(networks)), 4)]
    for chain, inside, size in chains:  # it grows meanwhile
        for _, group in groupby(inside, partial(_part, size)):
            members = list(group)
            if len(inside) <= _FEW or len(members) == 1:
                rules += [f"-A {chain} -d {network} -j RETURN" for network in members]
            else:
                chains.append((f"$ours_NEAR_{len(chains)}", members, size + 4))
                part = members[0].supernet(new_prefix=size)
                rules.append(f"-A {chain} -d {part} -g {chains[-1][0]}")
        rules.append(f"-A {chain} -g $ours_END")
    return "\n".join(rules)


def _part(size: int, network: Network) -> int:
    """The first bits of an address; where a network has fewer, no other has the same ones."""
    return int(network.network_address) >> (network.max_prefixlen - size)
