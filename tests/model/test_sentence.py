"""Sentences: text like any other, and what it was made of."""

from __future__ import annotations

import copy
import json
import marshal
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.model.errors import RuleError, SecretError
from byway_core.model.sentence import (
    Sentence,
    in_a_row,
    one_and,
    one_or,
    put_together,
    say,
    taken_apart,
    with_parts,
    without_parts,
)

WHO = say("upstream {name}", name="office")
WHY = say("via {upstream}: {why}", upstream=WHO, why=say("the server has gone"))
PARTS = [
    "via {upstream}: {why}",
    {"upstream": ["upstream {name}", {"name": "office"}], "why": ["the server has gone", {}]},
]


def test_it_is_text() -> None:
    assert WHY == "via upstream office: the server has gone"
    assert json.dumps({"reason": WHY}) == '{"reason": "via upstream office: the server has gone"}'
    assert type(f"{WHY}!") is str


def test_it_knows_what_it_was_made_of() -> None:
    assert (WHY.words, WHY.values["upstream"]) == (PARTS[0], WHO)
    assert taken_apart(WHY) == PARTS
    for again in (
        put_together(PARTS),
        put_together(marshal.loads(marshal.dumps(taken_apart(WHY)))),  # noqa: S302 - our own
        put_together(json.loads(json.dumps(PARTS))),
        pickle.loads(pickle.dumps(WHY)),  # noqa: S301 - our own
        copy.deepcopy(WHY),
    ):
        assert again == WHY
        assert taken_apart(again) == PARTS


@pytest.mark.parametrize("error", [RuleError, SecretError, OSError, ValueError])
def test_it_comes_out_of_an_error_as_it_went_in(error: type[Exception]) -> None:
    assert str(error(WHY)) is WHY
    assert taken_apart(say("so: {error}", error=error(WHY)))[1]["error"] == PARTS


def test_only_names_are_places() -> None:
    """Words may have braces of their own, and values may look like places."""
    assert say("use { env = … } or {this}", this="{that}") == "use { env = … } or {that}"
    assert say("{}, {0}, {a.b}, {missing}", a="x") == "{}, {0}, {a.b}, {missing}"


def test_several_are_one() -> None:
    assert one_or(["A", "B", "C"]) == "A or B or C"
    assert one_and(["A"]) == "A"
    assert in_a_row(["", WHY, "", "b"]) == f"{WHY}; b"
    assert in_a_row([]) == ""
    assert isinstance(in_a_row([WHY, "b"]), Sentence)


def test_an_object_of_texts() -> None:
    plain: dict[str, object] = {"text": WHY, "lines": ["sudo x", WHY], "name": "office", "n": 1}
    sent = json.loads(json.dumps(with_parts(plain)))
    assert sent["text"] == WHY
    assert sent["parts"] == {"text": PARTS, "lines": ["sudo x", PARTS]}
    read = without_parts(sent)
    assert read == plain
    assert [taken_apart(read["text"]), taken_apart(read["lines"][1])] == [PARTS, PARTS]
    assert with_parts({"name": "office"}) == {"name": "office"}


@pytest.mark.parametrize(
    "parts",
    [
        3,
        {"text": None},
        {"text": {}},
        {"text": [3, {}]},
        {"text": ["{a}", {"a": 1}]},
        {"lines": 1},
        {"lines": [["a"]]},
    ],
    ids=str,
)
def test_what_are_no_parts(parts: Any) -> None:
    with pytest.raises(ValueError, match="no parts"):
        without_parts({"text": "a", "lines": ["a"], "parts": parts})


def test_parts_of_what_is_not_there_are_passed_over() -> None:
    assert without_parts({"text": "a", "parts": {"other": 3}}) == {"text": "a"}


def _values(inner: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.text(), inner, max_size=3)


@given(st.recursive(st.text(), lambda inner: st.builds(Sentence, st.text(), _values(inner))))
def test_whatever_is_said_survives(text: str) -> None:
    again = put_together(json.loads(json.dumps(taken_apart(text))))
    assert (again, taken_apart(again)) == (text, taken_apart(text))
