"""`rules`: the list's lines, their targets, and lines that can never decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from byway_core.config.findings import Findings
from byway_core.config.positions import Path
from byway_core.config.section import type_name
from byway_core.model.decision import DIRECT, Address, Query, Verdict
from byway_core.model.errors import Problem
from byway_core.model.rule import Always, Rule
from byway_core.model.sentence import one_and, say
from byway_core.rules.bounds import NEVER
from byway_core.rules.faults import closest
from byway_core.rules.naive import decide_naively
from byway_core.rules.parse import ReadRule, read_rule
from byway_core.rules.shadows import shadowed

# An intercepted connection asks the rules once; a million of them still answer in microseconds but
# cost a gigabyte to hold. Lists that big belong into files of their own kind.
MAX_RULES = 200_000

_ACTIONS = ("DIRECT", "REJECT")
_NOWHERE = DIRECT  # of a place held open; it is never asked
_KEY = "rules"
_LOOPBACK: dict[Address, str] = {
    IPv4Address("127.0.0.1"): "127.0.0.0/8",
    IPv6Address("::1"): "::1/128",
}
_EXPECTED = say('a list of rules, as in ["DOMAIN-SUFFIX,example.com,DIRECT"]')


def read_rules(findings: Findings, value: object, upstreams: Sequence[str]) -> tuple[Rule, ...]:
    """The rules in their order; wrong ones are reported and held open by one that never matches,
    so that the places of the others stay right."""
    if not isinstance(value, list):
        what = (
            say("rules is missing")
            if value is None
            else say("rules is {type}", type=type_name(value))
        )
        path = () if value is None else (_KEY,)
        findings.error(path, what, expected=_EXPECTED)
        return ()
    if len(value) > MAX_RULES:
        findings.error(
            (_KEY,),
            say("{n} rules", n=len(value)),
            expected=say("at most {most}", most=MAX_RULES),
        )
        return ()
    targets = Targets(say("upstream"), (*_ACTIONS, *upstreams))
    rules = tuple(
        read_one(findings, (_KEY, number), text, targets) for number, text in enumerate(value)
    )
    last = next(
        (i for i, rule in enumerate(rules) if rule.enabled and isinstance(rule.condition, Always)),
        None,
    )
    _warn_of_dead(findings, rules, last)
    if last is not None and not findings.has_errors:
        _warn_of_loopback(findings, rules, last)
    return rules


def check_rule(text: str, targets: Iterable[str]) -> tuple[Problem, ...]:
    """What is wrong with a rule, or unwise about it, by its place in `text`, before it is in any
    profile. `targets` are the names that it may send to."""
    findings = Findings()
    others = (name for name in targets if name not in _ACTIONS)
    read_one(findings, (_KEY, 0), text, Targets(say("upstream"), (*_ACTIONS, *others)))
    return findings.problems_of_line()


@dataclass(frozen=True, slots=True)
class Targets:
    """What rules of one list may send to; `noun` is what it is called."""

    noun: str
    names: tuple[str, ...]


def read_one(findings: Findings, path: Path, text: object, targets: Targets) -> Rule:
    """The rule at `path`, whose end is its number; one that never matches where it is wrong."""
    if not isinstance(text, str):
        message = say("rule {number} is {type}", number=int(path[-1]) + 1, type=type_name(text))
        findings.error(path, message, expected=say("a string"))
        return Rule(NEVER, _NOWHERE, "", enabled=False)
    read = read_rule(text)
    likely = _check_target(findings, path, read, targets)
    for fault in read.faults:
        nearest = fault.nearest
        if likely:  # the correction is to have a target that exists
            before, _, after = nearest.rpartition(read.target)
            nearest = before + likely + after if before else ""
        findings.error(
            path, fault.message, expected=fault.expected, nearest=nearest, offset=fault.offset
        )
    for note in read.notes:
        findings.warn(path, note.message, nearest=note.nearest, offset=note.offset)
    return read.rule


def _check_target(findings: Findings, path: Path, read: ReadRule, targets: Targets) -> str | None:
    """Report a target that does not exist; the one that was likely meant, if one was."""
    text, target, start = read.rule.text, read.target, read.target_offset
    if not target or target in targets.names:
        return None
    likely = closest(target, targets.names)
    report = findings.error if read.rule.enabled or read.faults else findings.warn
    report(
        path,
        say("there is no {what} {target}", what=targets.noun, target=target),
        expected=say("one of {choices}", choices=", ".join(targets.names)),
        nearest=text[:start] + likely + text[start + len(target) :]
        if likely and not read.faults
        else "",
        offset=start,
    )
    return likely


def _warn_of_dead(findings: Findings, rules: tuple[Rule, ...], last: int | None) -> None:
    if last is None:
        if not findings.has_errors:
            findings.warn(
                (_KEY,),
                say("no MATCH at the end: what no rule matches goes DIRECT"),
                expected=say('"MATCH,DIRECT" or another target as the last rule'),
                at_key=True,
            )
        last = len(rules)
    behind = [i for i in range(last + 1, len(rules)) if rules[i].enabled]
    if behind:
        message = say(
            "never reached: rule {last}, {text}, takes everything before it",
            last=last + 1,
            text=rules[last].text,
        )
        if len(behind) > 1:
            message = say(
                "{message} (and {n} more rules behind it)", message=message, n=len(behind) - 1
            )
        findings.warn((_KEY, behind[0]), message)
    warn_of_shadowed(findings, (_KEY,), rules[:last])


def warn_of_shadowed(findings: Findings, path: Path, rules: Sequence[Rule]) -> None:
    """Of the list at `path`: rules that one before them always comes before."""
    for index, earlier in shadowed(rules):
        message = say(
            "never decides: rule {earlier}, {text}, comes first",
            earlier=earlier + 1,
            text=rules[earlier].text,
        )
        findings.warn((*path, index), message)


def _warn_of_loopback(findings: Findings, rules: tuple[Rule, ...], last: int) -> None:
    """An upstream for all the rest also gets what is meant for this machine's own services."""
    if rules[last].action.verdict is not Verdict.UPSTREAM:
        return
    taken = {
        str(address): f'"IP-CIDR,{network},DIRECT"'
        for address, network in _LOOPBACK.items()
        if decide_naively(rules, Query("", address, 80)).rule_index == last
    }
    if taken:
        findings.warn(
            (_KEY, last),
            say(
                "{taken}, this machine itself, goes to {action} too",
                taken=one_and(taken),
                action=rules[last].action,
            ),
            expected=say("{rules} before it", rules=one_and(taken.values())),
        )
