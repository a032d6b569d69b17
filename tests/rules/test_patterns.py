"""Wildcards, regexes, and the texts by which the index finds them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.strategies import hosts, keywords, regexes, wildcards

from byway_core.model.rule import Condition, DomainKeyword, DomainRegex, DomainWildcard
from byway_core.rules.naive import _matches_host
from byway_core.rules.needed_text import needed_texts
from byway_core.rules.patterns import can_run_away, class_end, compile_regex, compile_wildcard


@pytest.mark.parametrize(
    ("pattern", "host", "matches"),
    [
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "example.com", False),
        ("*example.com", "example.com", True),
        ("a?.test", "ab.test", True),
        ("a?.test", "a.test", False),
        ("a?.test", "abc.test", False),
        ("a?test", "a.test", True),
        ("a.test", "a.test", True),
        ("a.test", "axtest", False),
        ("a*b*c", "abbbc", True),
        ("a*b*c", "acb", False),
        ("*a*b", "xaxbxb", True),
        ("**", "anything", True),
        ("a*a", "a", False),
    ],
)
def test_wildcard(pattern: str, host: str, matches: bool) -> None:
    assert bool(compile_wildcard(pattern).fullmatch(host)) is matches


@given(wildcards.filter(str.isascii), hosts)
def test_wildcard_is_the_obvious_regex(pattern: str, host: str) -> None:
    obvious = "".join({"*": ".*", "?": "."}.get(sign) or re.escape(sign) for sign in pattern)
    assert bool(compile_wildcard(pattern).fullmatch(host)) is bool(re.fullmatch(obvious, host))


@pytest.mark.timeout(5)
def test_no_wildcard_takes_exponential_time() -> None:
    assert compile_wildcard("*a" * 40 + "*b").fullmatch("a" * 250) is None


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        pytest.param("EXAMPLE", "www.example.com", id="any case, anywhere"),
        pytest.param(r"(?<n>a)\k<n>", "aa", id="named group of .NET"),
        pytest.param(r"(?P<n>a)(?P=n)", "aa", id="named group of Python"),
        pytest.param(r"\.com\z", "a.com", id="end of text of Go"),
        pytest.param(r"a(?i)b", "ab", id="flag in the middle"),
        pytest.param(r"(?<=a)b", "ab", id="look-behind"),
    ],
)
def test_regex_dialects(pattern: str, host: str) -> None:
    assert compile_regex(pattern).search(host)


def test_a_wrong_regex_says_where() -> None:
    with pytest.raises(re.error) as caught:
        compile_regex("a(?i)b(")
    assert caught.value.pos == 1


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"^www\.example\.com$", {"www.example.com"}),
        (r"^ads?\d*\.example\.com", {".example.com"}),
        (r"(ads|track)\d+\.", {"ads", "track"}),
        (r"^(?:ads|tracking)\.(net|com|info)", {"ads", "tracking"}),
        (r"google|yahoo", {"google", "yahoo"}),
        (r"(?i)Google", {"google"}),
        (r"google|y", set()),
        (r"(google)?", set()),
        (r"(google)*x(abc){2}", set()),
        (r"goo[gk]le", {"goo"}),
        (r"a{3}bcd", {"bcd"}),
        (r"abc+", {"abc"}),
        (r"abcd*", {"abc"}),
        (r"\x61\x62\x63", set()),
        (r"(?!google)abc", set()),
        (r"[]abc|]def", {"def"}),
        (r"[^]|]|abc", set()),
        (r"ab", set()),
    ],
)
def test_needed_texts_of_a_regex(pattern: str, texts: set[str]) -> None:
    assert needed_texts(DomainRegex(pattern)) == texts


def compiles(pattern: str) -> bool:
    try:
        compile_regex(pattern)
    except re.error:
        return False
    return True


patterns: st.SearchStrategy[Condition] = st.one_of(
    keywords.map(DomainKeyword),
    wildcards.map(DomainWildcard),
    regexes.filter(compiles).map(DomainRegex),
)


@given(patterns, hosts)
def test_a_matching_name_has_one_of_the_needed_texts(condition: Condition, host: str) -> None:
    texts = needed_texts(condition)
    if texts and _matches_host(condition, host):
        assert any(text in host for text in texts)


@pytest.mark.parametrize(
    ("text", "end"),
    [("[abc]d", 5), ("[]]d", 3), ("[^]]d", 4), (r"[\]]d", 4), ("[abc", 4), ("[", 1)],
)
def test_class_end(text: str, end: int) -> None:
    assert class_end(text, 0) == end


@pytest.mark.parametrize(
    ("pattern", "runs_away"),
    [
        (r"(a+)+$", True),
        (r"^([a-z0-9]*)*\.x", True),
        (r"(?:\w+){2,}", True),
        (r"(.*)*x", True),
        (r"^([a-z]+\.)+example\.com$", False),
        (r"(a+)?b", False),
        (r"\(a+\)+", False),
        (r"(ab)+c+", False),
    ],
)
def test_regexes_that_run_away(pattern: str, runs_away: bool) -> None:
    assert can_run_away(pattern) is runs_away
