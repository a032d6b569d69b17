"""Targets in the text of rules, held against the rules' own reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.api.profiles import Draft, RuleLine
from byway_core.api.targets import places_by_target, renamed_target, target_of, with_target
from byway_core.rules.parse import read_rule

RULES = [
    "MATCH,office",
    "match , office ",
    "DOMAIN,office,office",
    "DOMAIN-SUFFIX,example.com,my office",
    "IP-CIDR,192.0.2.0/24,office,no-resolve",
    " ip-cidr , 192.0.2.0/24 , office , NO-RESOLVE ",
    "SRC-IP-CIDR,192.0.2.0/24,office",
    "AND,((NETWORK,UDP),(DST-PORT,443)),office",
    "NOT,((OR,((DOMAIN,office),(DOMAIN,b)))),office",
    "DOMAIN-REGEX,^a{1,2},b$,office",
    "DOMAIN-REGEX,a,resolve,office,no-resolve",
    "DOMAIN,office,電池",
]


@pytest.mark.parametrize("text", RULES)
def test_it_is_the_readers(text: str) -> None:
    read = read_rule(text)
    assert not read.faults
    assert target_of(text) == read.target
    changed = with_target(text, "a new one")
    start, end = read.target_offset, read.target_offset + len(read.target)
    assert changed == f"{text[:start]}a new one{text[end:]}"
    assert read_rule(changed).target == "a new one"


# No upstream is called like an option (`config.name_field`).
NAMES = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters=","), min_size=1
).filter(lambda name: name.lower() not in {"resolve", "no-resolve"})
PAYLOADS = st.sampled_from(["DOMAIN,a", "DOMAIN-REGEX,x{1,2}", "IP-CIDR,192.0.2.1", "MATCH"])
OPTIONS = st.sampled_from(["", ",no-resolve", " , No-Resolve "])


@given(PAYLOADS, NAMES, NAMES, OPTIONS)
def test_any_names(payload: str, old: str, new: str, option: str) -> None:
    text = f"{payload}, {old} {option}"
    read = read_rule(text)
    if not read.faults:
        assert target_of(text) == read.target == old
        assert with_target(text, new) == f"{payload}, {new} {option}"


@pytest.mark.parametrize("text", ["", "MATCH", "MATCH,", "office", "resolve,no-resolve", ",,"])
def test_none(text: str) -> None:
    assert target_of(text) == ""
    assert with_target(text, "office") == text


def test_places() -> None:
    lines = [RuleLine("MATCH,a"), RuleLine("DOMAIN,x,b", enabled=False), RuleLine("MATCH,a")]
    assert places_by_target([*lines, RuleLine("nothing")]) == {"a": (0, 2), "b": (1,)}


def test_a_profile() -> None:
    text = """version = 1
rules = [
  "DOMAIN,a,office",  # stays
  "# DOMAIN,b,office",
  'DOMAIN,office,home',
]
"""
    draft = Draft.of(Path("profile.toml"), text)
    renamed = renamed_target(draft, "office", "a, b")
    assert renamed.text == text.replace(',office"', ',a, b"')
    assert renamed_target(draft, "nobody", "home") is draft
