"""The profile's list of rules as lines to be changed, and as the text of an editor.

    in the file                               in the editor
      # at home                                 # at home
      "DOMAIN,nas.lan,DIRECT",  # the box       DOMAIN,nas.lan,DIRECT  # the box
      "# MATCH,office",                         # MATCH,office

In the editor a comment and a disabled rule both begin with "#": what can be read as a rule is one,
and a comment that could gets a second "#". It must not know the rest of the profile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from byway_core.config.list_text import Entry, ListText, clean_lines, clean_note
from byway_core.rules.parse import read_rule

# What TOML's basic strings must have escaped (toml.io, "String").
_ESCAPED = re.compile(r'["\\\x00-\x08\x0a-\x1f\x7f]')
_SHORT = {"\b": "\\b", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_BLANKS = " \t\r"
_NOTE = re.compile(r"[ \t]+#(?:[ \t]+|$)")
_ENDS = re.compile(r"[\r\n]+")
# An entry of the file's list as it stands there: `"RULE",  # note`.
_ENTRY = re.compile(r"""(?P<quote>["'])(?P<rule>.+)(?P=quote),?[ \t]*(?:#[ \t]*(?P<note>.*))?""")
_TWO_SIGNS = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One entry of the profile's list of rules.

    `text` is the rule without the "#" that disables it. `note` is the text of the comment behind it
    on its line; `above` the comments and blank lines before it, each line without the blanks at its
    sides and with "\\n" at its end.
    """

    text: str
    enabled: bool = True
    note: str = ""
    above: str = ""


def basic_string(text: str) -> str:
    """`text` as TOML's basic string."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    sign = found.group()
    return _SHORT.get(sign) or f"\\u{ord(sign):04X}"


def rule_lines(listed: ListText, values: Iterable[object]) -> tuple[RuleLine, ...]:
    """The rules of a list; `values` are what the parser read there. What is no string, and so no
    rule, is shown as it is written."""
    return tuple(
        _rule_line(value if isinstance(value, str) else entry.raw, entry.note, entry.above)
        for entry, value in zip(listed.entries, values, strict=True)
    )


def _rule_line(value: str, note: str, above: str) -> RuleLine:
    body = value.lstrip()
    if body.startswith("#"):
        return RuleLine(body[1:].lstrip(), False, note, above)
    return RuleLine(value, True, note, above)


def entries(
    rules: Iterable[RuleLine], listed: ListText, former: Iterable[RuleLine]
) -> Iterable[Entry]:
    """The entries for these rules. A rule that is in the list already (`former` are all of them)
    stays written as it is: 'single quotes' remain."""
    written = {
        (rule.text, rule.enabled): entry.raw
        for rule, entry in zip(former, listed.entries, strict=True)
    }
    for rule in rules:
        raw = written.get((rule.text, rule.enabled))
        if raw is None:
            raw = basic_string(rule.text if rule.enabled else f"# {rule.text}")
        yield Entry(raw, clean_note(rule.note), clean_lines(rule.above))


def shown(rules: Iterable[RuleLine], tail: str) -> str:
    """The rules as an editor's text; `tail` are the comments behind the last one."""
    lines: list[str] = []
    rules = tuple(rules)
    odd = _Odd(rules)
    for rule in rules:
        lines += (odd.shown_comment(line) for line in rule.above.split("\n")[:-1])
        text = _ENDS.sub(" ", rule.text if rule.enabled else f"# {rule.text}")
        lines.append(f"{text}  # {rule.note}" if rule.note else text)
    lines += (odd.shown_comment(line) for line in tail.split("\n")[:-1])
    return "".join(line + "\n" for line in lines)


def read_shown(text: str, former: Iterable[RuleLine]) -> tuple[tuple[RuleLine, ...], str]:
    """The rules and the tail of such a text. `former` are the rules from which it came: their texts
    are recognised even where they look like something else."""
    odd = _Odd(former)
    rules: list[RuleLine] = []
    above = ""
    for line in text.removesuffix("\n").split("\n") if text else ():
        line = line.strip(_BLANKS)
        rule = odd.rule(line, above) if line else None
        if rule is None:
            above += odd.comment(line) + "\n"
        else:
            rules.append(rule)
            above = ""
    return tuple(rules), above


class _Odd:
    """Telling comments, notes and rules apart, where rules are written as hardly anybody does."""

    def __init__(self, rules: Iterable[RuleLine]) -> None:
        self._disabled = set()  # those that are no rules as they stand
        self._with_note = []  # those that seem to have a note within
        for rule in rules:
            if not rule.enabled and not _is_rule(rule.text):
                self._disabled.add(rule.text)
            if _NOTE.search(rule.text):
                self._with_note.append(rule.text)
        self._with_note.sort(key=len, reverse=True)

    def rule(self, line: str, above: str) -> RuleLine | None:
        """The rule that is meant by an editor's line; None where it is a comment."""
        if not line.startswith("#"):
            text, note = _of_entry(line) or self._split(line)
            return RuleLine(text, True, note, above)
        hashes, text, note = self._behind_hashes(line)
        if hashes == 1 and self._is_disabled(text):
            return RuleLine(text, False, note, above)
        return None

    def comment(self, line: str) -> str:
        """An editor's line, which is a comment or blank, as it stands in the file."""
        hashes, text, _ = self._behind_hashes(line)
        return line[1:] if hashes > 1 and self._is_disabled(text) else line

    def shown_comment(self, line: str) -> str:
        """The other way."""
        hashes, text, _ = self._behind_hashes(line)
        return f"#{line}" if hashes and self._is_disabled(text) else line

    def _behind_hashes(self, line: str) -> tuple[int, str, str]:
        rest = line.lstrip("#")
        return len(line) - len(rest), *self._split(rest.lstrip(_BLANKS))

    def _is_disabled(self, text: str) -> bool:
        return text in self._disabled or _is_rule(text)

    def _split(self, line: str) -> tuple[str, str]:
        """A rule and its note."""
        for text in self._with_note:
            if line == text or line.startswith(f"{text}  # "):
                return text, line[len(text) + len("  # ") :]
        found = _NOTE.search(line)
        if found is None:
            return line, ""
        return line[: found.start()], line[found.end() :]


def _of_entry(line: str) -> tuple[str, str] | None:
    """The rule and the note of a line as the file has them: somebody has taken the "#" from a
    comment there, as the starter profile says."""
    found = _ENTRY.fullmatch(line)
    if found is None:
        return None
    text = found["rule"]
    if found["quote"] == '"':
        text = _TWO_SIGNS.sub(r"\1", text)
    return (text, found["note"] or "") if _is_rule(text) else None


def _is_rule(text: str) -> bool:
    return "," in text and not text.startswith("#") and not read_rule(text).faults
