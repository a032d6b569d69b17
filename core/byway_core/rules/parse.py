"""One line of text to a Rule, or to an error that says where, what was expected, and what the
nearest line is that would have been right.

    KIND,payload,target[,option]        AND,((KIND,payload),(KIND,payload)),target
    MATCH,target                        # KIND,payload,target      (disabled)

Kinds and options are read in any letter case, targets as they are. Whether a target exists is not
known here: `ReadRule.target_offset` lets the profile's reader say so at the right place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from byway_core.model.decision import DIRECT, REJECT, Action, Verdict
from byway_core.model.errors import RuleError
from byway_core.model.rule import Always, And, Condition, Not, Or, Rule
from byway_core.model.sentence import one_or, say
from byway_core.rules.bounds import NEVER
from byway_core.rules.faults import Fault, Remark, closest
from byway_core.rules.grammar import LOGIC, REGEXES, Clause, Field, field, fields, group
from byway_core.rules.payloads import READERS

# A rule longer than this is a list pasted into one string; reading it would only cost time.
MAX_RULE = 65_536

MATCH_KINDS = ("MATCH", "FINAL")
KINDS = (*READERS, *LOGIC, *MATCH_KINDS)
OPTIONS = ("no-resolve", "resolve")
# Kinds that the same lists carry and that are not read yet: to be told apart from typing errors.
_NOT_YET = re.compile(
    "(SRC-)?(GEOIP|IP-ASN|IP-SUFFIX)|GEOSITE|RULE-SET|SUB-RULE"
    "|DSCP|IN-(PORT|TYPE|USER|NAME|IFACE)|SCRIPT|USER-AGENT|URL-REGEX"
)
# How often a correction may itself be corrected before it is not called "nearest" any more.
_MAX_CORRECTIONS = 8


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was read, but is hardly meant as written. `offset` counts from 0 in the
    rule's text; `nearest` is the whole rule as it would have been clear, or ""."""

    offset: int
    message: str
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule with what its reader must know beside it.

    With `faults`, which are in the text's order, `rule` only holds the place: disabled, and never
    true. `target` is "" where it could not be told.
    """

    rule: Rule
    target: str = ""
    target_offset: int = 0
    notes: tuple[Note, ...] = ()
    faults: tuple[RuleError, ...] = ()


def parse_rule(text: str) -> Rule:
    """The rule alone; RuleError, the first one there is, where the text cannot be read."""
    read = read_rule(text)
    if read.faults:
        raise read.faults[0]
    return read.rule


def read_rule(text: str) -> ReadRule:
    """The rule, the place of its target, what is doubtful about it, and everything wrong with it.

    A disabled rule has no faults: what is behind its `#` is kept as it is, and noted where it
    looks like a rule but is none.
    """
    body = text.lstrip()
    disabled = body.startswith("#")
    reading = _Reading()
    rule, target = _read(text, len(text) - len(body) + disabled, reading)
    notes = [Note(each.start, each.message, _applied(text, each)) for each in reading.remarks]
    faults = sorted(reading.faults, key=lambda fault: fault.start)
    if disabled and faults and "," in text:
        message = say("disabled, and not a rule as it stands: {message}", message=faults[0].message)
        notes.append(Note(faults[0].start, message, _nearest(text, faults[0])))
    if disabled:
        rule = Rule(rule.condition, rule.action, text, enabled=False)
        faults = []
    errors = tuple(
        RuleError(
            fault.message,
            offset=fault.start,
            expected=fault.expected,
            nearest=_nearest(text, fault),
        )
        for fault in faults
    )
    return ReadRule(rule, target.text, target.start, tuple(notes), errors)


class _Reading:
    """What is found on the way through one text."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []
        self.faults: list[Fault] = []


def _nearest(text: str, fault: Fault) -> str:
    """`text` corrected until it can be read; "" where guessing does not get there."""
    for _ in range(_MAX_CORRECTIONS):
        if fault.fix is None:
            return ""
        text = text[: fault.start] + fault.fix + text[fault.end :]
        reading = _Reading()
        _read(text, len(text) - len(text.lstrip("# \t")), reading)
        if not reading.faults:
            return text
        fault = reading.faults[0]
    return ""


def _read(text: str, start: int, reading: _Reading) -> tuple[Rule, Field]:
    """The rule in `text` from `start` on, and its target; a rule that holds the place where
    there are faults."""
    target: Field | None = None
    try:
        whole, target = cut_rule(text, start)
        condition = _whole_condition(whole, reading)
    except Fault as fault:
        reading.faults.append(fault)
    if target is None or reading.faults:
        return Rule(NEVER, DIRECT, text, enabled=False), target or _guessed_target(text, start)
    return Rule(condition, _action(target.text), text), target


def _guessed_target(text: str, start: int) -> Field:
    """The target as far as it can be told when the kind is unknown: the third of three fields."""
    pieces = fields(text, start, min(len(text), MAX_RULE))
    return pieces[2] if len(pieces) == 3 and "(" not in text else Field("", 0)


def _whole_condition(whole: Clause, reading: _Reading) -> Condition:
    if _kind(whole.kind) in MATCH_KINDS:
        _check_options(whole, reading.remarks)
        return Always()
    return _condition(whole, reading)


def _applied(text: str, remark: Remark) -> str:
    if remark.fix is None:
        return ""
    return text[: remark.start] + remark.fix + text[remark.end :]


def _action(target: str) -> Action:
    return {"DIRECT": DIRECT, "REJECT": REJECT}.get(target) or Action(Verdict.UPSTREAM, target)


def cut_rule(text: str, start: int = 0) -> tuple[Clause, Field]:
    """The condition, with the options behind the target, and the target; Fault where it has not
    that shape."""
    end = len(text)
    if end > MAX_RULE:
        message = say("a rule of {n} characters", n=end)
        raise Fault(
            0,
            end,
            message,
            expected=say("at most {most}, and one rule a line", most=MAX_RULE),
        )
    comma = text.find(",", start)
    if comma < 0:
        raise _no_rule(field(text, start, end))
    kind = field(text, start, comma)
    name = _kind(kind)
    parts: tuple[Clause, ...] = ()
    if name in LOGIC:
        parts, after = group(text, comma + 1, end)
        payload = field(text, comma + 1, after)
        gap, *tail = fields(text, after, end)
        if gap.text:
            message = say("text after the closing parenthesis")
            raise Fault(gap.start, gap.end, message, expected=say("a comma and the target"), fix="")
    elif name in REGEXES:
        payload, tail = _cut_regex(text, comma)
    elif name in MATCH_KINDS:
        payload, tail = field(text, comma, comma), fields(text, comma + 1, end)
    else:
        payload, *tail = fields(text, comma + 1, end)
    if not tail or not tail[0].text:
        at = tail[0].start if tail else end
        expected = say("DIRECT, REJECT or an upstream's name")
        raise Fault(at, at, say("the target is missing"), expected=expected)
    return Clause(kind, payload, tuple(tail[1:]), parts), tail[0]


def _cut_regex(text: str, comma: int) -> tuple[Field, list[Field]]:
    """A regex may contain commas: its target is the last field that is no option."""
    pieces = fields(text, comma + 1, len(text))
    count = len(pieces)
    while count > 2 and pieces[count - 1].text.lower() in OPTIONS:
        count -= 1
    if count == 1:
        return pieces[0], []
    return field(text, comma + 1, pieces[count - 2].end), pieces[count - 1 :]


def _kind(written: Field) -> str:
    """The kind's name in capitals; Fault where there is no such kind."""
    name = written.text.upper()
    if name in KINDS:
        return name
    expected = say("one of {choices}", choices=", ".join(KINDS))
    if _NOT_YET.fullmatch(name):
        message = say("the kind {name} is not supported yet", name=name)
        raise Fault(written.start, written.end, message, expected=expected)
    bare = written.text.lstrip("-\"' \t")
    fix = bare if bare.upper() in KINDS else closest(bare, KINDS)
    message = (
        say("there is no kind {text}", text=written.text)
        if written.text
        else say("the kind is missing")
    )
    raise Fault(written.start, written.end, message, expected=expected, fix=fix)


def _no_rule(written: Field) -> Fault:
    expected = say("KIND,payload,target, as in DOMAIN-SUFFIX,example.com,DIRECT")
    if written.text.upper() in MATCH_KINDS:
        message = say("the target is missing")
        return Fault(written.end, written.end, message, expected="MATCH,target", fix=",DIRECT")
    message = say("not a rule: it has no comma") if written.text else say("an empty rule")
    return Fault(written.start, written.end, message, expected=expected)


def _condition(cut: Clause, reading: _Reading) -> Condition:
    """The condition; what is wrong in it, or in any of its parts, goes to `reading`."""
    try:
        name = _kind(cut.kind)
        if name in MATCH_KINDS:
            message = say("{name} stands alone, not inside another condition", name=name)
            raise Fault(cut.kind.start, cut.payload.end, message, expected=say("another kind"))
        _check_options(cut, reading.remarks)
        if name in LOGIC:
            return _logic(name, cut, reading)
        return READERS[name](cut, reading.remarks)
    except Fault as fault:
        reading.faults.append(fault)
        return NEVER


def _logic(name: str, cut: Clause, reading: _Reading) -> Condition:
    parts = tuple(_condition(part, reading) for part in cut.parts)
    if name != "NOT":
        return And(parts) if name == "AND" else Or(parts)
    if len(parts) != 1:
        message = say("NOT takes one condition, not {n}", n=len(parts))
        expected = say("NOT,((KIND,payload)),target; several go into OR or AND first")
        raise Fault(cut.payload.start, cut.payload.end, message, expected=expected)
    return Not(parts[0])


def _check_options(cut: Clause, remarks: list[Remark]) -> None:
    name = _kind(cut.kind)
    allowed = {"IP-CIDR": OPTIONS, "IP-CIDR6": OPTIONS, "SRC-IP-CIDR": OPTIONS[:1]}.get(name, ())
    seen: set[str] = set()
    for option in cut.options:
        word = option.text.lower()
        if word == "no-resolve" and not allowed:
            message = say("no-resolve says nothing here: {name} compares no address", name=name)
            remarks.append(Remark(option.start, option.end, message))
        elif word not in allowed:
            fix = closest(word, allowed)
            message = (
                say("{name} has no option {text}", name=name, text=option.text)
                if word
                else say("an empty option")
            )
            expected = one_or(allowed) if allowed else say("no option")
            raise Fault(option.start, option.end, message, expected=expected, fix=fix)
        seen.add(word)
    if len(seen.intersection(OPTIONS)) == 2:
        last = cut.options[-1]
        message = say("resolve and no-resolve exclude each other")
        raise Fault(last.start, last.end, message, expected=say("one of them"))
