"""Words for rules: a table's cells, kinds of hosts, targets, problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache

from byway_core.api.profiles import RuleLine
from byway_core.api.rules import RuleFields, fields_of
from byway_core.model.errors import Problem
from byway_gui.presenters.targets import target
from byway_gui.words import joined, tr, translated

# Rules whose parts are kept: what a few screens show.
_KEPT = 4096
_ALWAYS = ("MATCH", "FINAL")


class Column(IntEnum):
    ON = 0
    PROGRAMS = 1
    HOSTS = 2
    ADDRESSES = 3
    PORTS = 4
    NETWORK = 5
    TARGET = 6
    NOTE = 7
    HITS = 8


def header(column: int) -> str:
    return {
        Column.ON: tr("On", "column of check boxes"),
        Column.PROGRAMS: tr("Applications"),
        Column.HOSTS: tr("Hosts"),
        Column.ADDRESSES: tr("Addresses"),
        Column.PORTS: tr("Ports"),
        Column.NETWORK: tr("Protocol"),
        Column.TARGET: tr("Goes to"),
        Column.NOTE: tr("Note"),
        Column.HITS: tr("Hits"),
    }[Column(column)]


def host_kinds() -> list[tuple[str, str]]:
    """(kind, what it is called), the usual one first."""
    return [
        ("DOMAIN-SUFFIX", tr("Name and all below it")),
        ("DOMAIN", tr("Exactly this name")),
        ("DOMAIN-KEYWORD", tr("Name contains")),
        ("DOMAIN-WILDCARD", tr("Pattern with * and ?")),
        ("DOMAIN-REGEX", tr("Regular expression")),
    ]


def host(kind: str, payload: str) -> str:
    """One host of a rule, short."""
    match kind:
        case "DOMAIN-SUFFIX":
            return tr("{name} and below", name=payload)
        case "DOMAIN-KEYWORD":
            return tr("contains “{words}”", words=payload)
        case "DOMAIN-REGEX":
            return f"/{payload}/"
    return payload


@dataclass(frozen=True, slots=True)
class _Parts:
    hosts: str
    programs: str = ""
    addresses: str = ""
    ports: str = ""
    network: str = ""
    target: str = ""


@lru_cache(maxsize=_KEPT)
def _fields(text: str) -> RuleFields | None:
    return fields_of(text)


def _parts(text: str) -> _Parts:
    fields = _fields(text)
    if fields is None:
        condition, goes_to = _cut(text)
        return _Parts(condition, target=goes_to)
    hosts = "; ".join(host(kind, payload) for kind, payload in fields.hosts)
    if not fields.hosts and not fields.networks:
        hosts = tr("everything")
    addresses = ", ".join(fields.networks)
    if fields.resolve:
        addresses = tr("{addresses}, names too", addresses=addresses)
    ports = fields.ports.replace("/", ", ")
    programs = ", ".join(fields.programs)
    return _Parts(hosts, programs, addresses, ports, fields.network, fields.target)


def _cut(text: str) -> tuple[str, str]:
    """Condition and target of a rule that fields cannot show, for display."""
    before, bracket, after = text.rpartition(")")
    if bracket:
        return before + bracket, after.strip(", ").partition(",")[0]
    pieces = text.split(",")
    return (",".join(pieces[:2]), pieces[2].strip()) if len(pieces) > 2 else (text, "")


def cell(line: RuleLine, column: int, hits: int) -> str:
    match column:
        case Column.PROGRAMS:
            return _parts(line.text).programs
        case Column.HOSTS:
            return _parts(line.text).hosts
        case Column.ADDRESSES:
            return _parts(line.text).addresses
        case Column.PORTS:
            return _parts(line.text).ports
        case Column.NETWORK:
            return _parts(line.text).network
        case Column.TARGET:
            return target(_parts(line.text).target)
        case Column.NOTE:
            return line.note
        case Column.HITS:
            return f"{hits:,}" if hits else ""
    return ""


def spoken(line: RuleLine, column: int, hits: int) -> str:
    """A cell for who does not see it."""
    if column == Column.ON:
        return tr("on") if line.enabled else tr("off")
    return cell(line, column, hits)


def details(line: RuleLine, problem: Problem | None, earlier: int | None) -> str:
    """All about a rule; `earlier` is the place of an earlier rule that takes everything."""
    said = [line.text]
    if line.note:
        said.append(line.note)
    if not line.enabled:
        said.append(tr("Turned off."))
    if problem is not None:
        said.append(problem_text(problem))
    if earlier is not None:
        said.append(tr("Never reached: rule {n} takes everything before it.", n=earlier + 1))
    return "\n".join(said)


def problem_text(problem: Problem) -> str:
    """The engine's own words; what would be right is beside them."""
    message = translated(problem.message)
    message = f"{message[:1].upper()}{message[1:]}"
    if not problem.expected:
        return tr("{message}.", message=message)
    return tr("{message}; expected {expected}.", message=message, expected=problem.expected)


def problem_at(problem: Problem) -> str:
    """With the place and what would be right, for a list beside a text: the nearest right rule, or
    what was expected, which may be all kinds of rules."""
    short = replace(problem, expected="") if problem.nearest else problem
    said = tr(
        "Line {line}, column {column}: {problem}",
        line=problem.line,
        column=problem.column,
        problem=problem_text(short),
    )
    return joined(said, tr("Nearest: {rule}", rule=problem.nearest) if problem.nearest else "")


def found_by(line: RuleLine, words: str) -> bool:
    """Whether a filter's words, casefolded, are in it."""
    return words in f"{line.text}\n{line.note}".casefold()


def takes_everything(line: RuleLine) -> bool:
    return line.enabled and line.text.partition(",")[0].strip().upper() in _ALWAYS


def first_catch_all(lines: Sequence[RuleLine]) -> int | None:
    """The place of the first rule that takes everything."""
    return next((place for place, line in enumerate(lines) if takes_everything(line)), None)


def no_rules() -> str:
    return tr(
        "No rules yet: everything goes directly. A rule sends applications, hosts, addresses or "
        "ports through an upstream, or refuses them; the first that matches decides."
    )


def rest(catch_all: int | None, count: int) -> str:
    """What happens with what no rule takes; "" where the last one says it."""
    if catch_all is None:
        return tr("Everything else goes directly.")
    if catch_all < count - 1:
        return tr("Rules below rule {n} are never reached: it takes everything.", n=catch_all + 1)
    return ""


def same(one: Sequence[RuleLine], other: Sequence[RuleLine]) -> bool:
    """Whether they say the same; how the comments above them are set does not count."""
    return len(one) == len(other) and all(map(_is_same, one, other))


def _is_same(one: RuleLine, other: RuleLine) -> bool:
    if one == other:
        return True
    return (one.text, one.enabled, one.note, one.above.split()) == (
        other.text,
        other.enabled,
        other.note,
        other.above.split(),
    )
