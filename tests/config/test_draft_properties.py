"""However a profile is written: what is changed is changed, and all else stays to the byte."""

from __future__ import annotations

from pathlib import Path

import tomli
from hypothesis import given
from hypothesis import strategies as st

from byway_core.config.draft import Draft
from byway_core.config.list_text import clean_lines, clean_note
from byway_core.config.rule_lines import RuleLine, basic_string

PATH = Path("profile.toml")

# Whole characters with some that hurt: quotes, escapes, signs of TOML, lines within lines.
SIGNS = st.sampled_from("aZ09.,-*#\"'\\[]{}= \t\u3000\u2028\x85é😀/")
COMMENTS = st.text(SIGNS, max_size=8)
NEWLINES = st.sampled_from(["\n", "\r\n"])
BLANKS = st.sampled_from(["", " ", "\t", "   "])
BODIES = st.one_of(
    st.sampled_from(
        [
            "DOMAIN,example.com,DIRECT",
            "DOMAIN-REGEX,^a\\.b(c|d)$,REJECT",
            "MATCH,REJECT",
            "# DOMAIN,example.com,DIRECT",
            "#MATCH,DIRECT",
            "AND,((NETWORK,UDP),(DST-PORT,443)),REJECT",
        ]
    ),
    st.text(st.one_of(SIGNS, st.sampled_from("\n\x00\x7f")), min_size=1, max_size=10),
)


@st.composite
def strings(draw: st.DrawFn) -> str:
    """A value as a user may write it."""
    body = draw(BODIES)
    plain = body.isprintable() and "'" not in body
    if plain and draw(st.booleans()):
        return f"'{body}'" if draw(st.booleans()) else f"'''{body}'''"
    if draw(st.integers(0, 5)) == 0:
        return f'""{basic_string(body)}""'
    return basic_string(body)


@st.composite
def fills(draw: st.DrawFn, newline: str, *, lines: bool = True) -> str:
    """Blanks, comments and lines' ends between two signs."""
    text = draw(BLANKS)
    for _ in range(draw(st.integers(0, 2)) if lines else 0):
        if draw(st.booleans()):
            text += f"#{draw(COMMENTS)}"
        text += newline + draw(BLANKS)
    return text


@st.composite
def lists(draw: st.DrawFn, newline: str) -> str:
    values = draw(st.lists(strings(), max_size=4))
    text = "[" + draw(fills(newline))
    for number, value in enumerate(values):
        text += value + draw(fills(newline))
        if number < len(values) - 1 or draw(st.booleans()):
            text += "," + draw(fills(newline))
    return text + "]"


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str, str]:
    """What is before a list of rules, the list, and what is behind it."""
    newline = draw(NEWLINES)
    before = draw(st.sampled_from(["", "version = 1", "# rules = [", 'x = """\nrules = [\n"""']))
    key = draw(st.sampled_from(["rules", '"rules"', "'rules'"]))
    behind = draw(st.sampled_from(["", "# ] x", "\n[[upstream]]\nrules = []\n"]))
    before = before.replace("\n", newline) + (newline if before else "") + f"{key} = "
    return before, draw(lists(newline)), behind.replace("\n", newline)


RULES = st.builds(
    RuleLine,
    BODIES.filter(lambda body: not body.lstrip().startswith("#")).map(str.lstrip),
    st.booleans(),
    COMMENTS.map(clean_note),
    st.lists(COMMENTS, max_size=2).map(lambda lines: clean_lines("\n".join(lines))),
)


def changes(rules: tuple[RuleLine, ...]) -> st.SearchStrategy[list[RuleLine]]:
    """Some of these and some new ones, in any order."""
    old = st.sampled_from(rules) if rules else RULES
    return st.lists(st.one_of(old, RULES), max_size=5)


@given(documents(), st.data())
def test_rules_change_between_their_brackets_alone(
    document: tuple[str, str, str], data: st.DataObject
) -> None:
    before, listed, behind = document
    draft = Draft.of(PATH, before + listed + behind)
    assert len(draft.rules) == len(tomli.loads(draft.text)["rules"])
    assert draft.with_rules(draft.rules) is draft
    rules = data.draw(changes(draft.rules))
    changed = draft.with_rules(rules)
    assert changed.text.startswith(f"{before}[")
    assert changed.text.endswith(f"]{behind}")
    assert changed.rules == tuple(rules)
    # Whoever reads the file finds the same.
    assert [RuleLine(rule.text, rule.enabled) for rule in Draft.of(PATH, changed.text).rules] == [
        RuleLine(rule.text, rule.enabled) for rule in rules
    ]
    # No comment of the list's own is lost, and a file with one kind of lines' ends keeps it.
    tail = draft.with_rules(()).rules_text().strip()
    assert changed.with_rules(()).rules_text().strip() == tail
    if "\r\n" in draft.text and "\n" not in draft.text.replace("\r\n", ""):
        assert "\n" not in changed.text.replace("\r\n", "")


@given(documents(), st.data())
def test_back_and_forth_is_nothing(document: tuple[str, str, str], data: st.DataObject) -> None:
    """What was moved and moved back is as it was, but for lists that share lines."""
    draft = Draft.of(PATH, "".join(document))
    once = draft.with_rules(data.draw(changes(draft.rules))).with_rules(draft.rules)
    assert once.rules == draft.rules
    again = once.with_rules(tuple(reversed(once.rules))).with_rules(once.rules)
    assert again.rules == once.rules
    tables = dict(tomli.loads(draft.text), rules=None)
    assert dict(tomli.loads(again.text), rules=None) == tables


def plain(rule: RuleLine) -> bool:
    """Its text can stand on a line of an editor and says by itself what it is."""
    text = rule.text
    return bool(text) and text == text.strip() and "\n" not in text and "#" not in text


@given(documents(), st.lists(RULES.filter(plain), max_size=5))
def test_an_editor_gives_back_what_it_shows(
    document: tuple[str, str, str], rules: list[RuleLine]
) -> None:
    draft = Draft.of(PATH, "".join(document)).with_rules(rules)
    assert draft.with_rules_text(draft.rules_text()) is draft


@given(documents(), st.text(st.one_of(SIGNS, st.just("\n")), max_size=60))
def test_any_text_in_the_editor_can_be_shown_again(
    document: tuple[str, str, str], text: str
) -> None:
    draft = Draft.of(PATH, "".join(document)).with_rules_text(text)
    assert draft.with_rules_text(draft.rules_text()) == draft


@given(st.text())
def test_a_string_is_read_as_it_was(text: str) -> None:
    assert tomli.loads(f"x = {basic_string(text)}") == {"x": text}
