"""Sentences for a user that can be said in another language.

The core speaks English, and what it says is text: compared, printed and sent like any other. A
`Sentence` is such a text that still knows the words it was made of and what was put into them, so
that a front end can look up the words. `say` makes all of them, of literals: translators' tools
find each (`./dev translations`), and a test finds what is said otherwise.

A sentence put together by `+` or an f-string is plain text again: what belongs together is one
`say`, with other sentences as its values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

# Nothing but names is a place, whoever has chosen the words; unlike in str.format.
PLACE = re.compile(r"\{(\w+)\}")


class Sentence(str):
    """`words` in English with {places}, and a text for each, which may be a sentence itself."""

    __slots__ = ("values", "words")

    words: str
    values: Mapping[str, str]

    def __new__(cls, words: str, values: Mapping[str, str]) -> Sentence:
        sentence = super().__new__(cls, _filled(words, values))
        sentence.words, sentence.values = words, values
        return sentence

    def __str__(self) -> str:
        """Itself: so it also comes out of an exception as it went in."""
        return self

    def __reduce__(self) -> tuple[type[Sentence], tuple[str, Mapping[str, str]]]:
        return Sentence, (self.words, self.values)


def _filled(words: str, values: Mapping[str, str]) -> str:
    return PLACE.sub(lambda place: values.get(place[1], place[0]), words) if values else words


def say(words: str, /, **values: object) -> Sentence:
    """`words` with the values in the places of their {names}."""
    return Sentence(words, {name: str(value) for name, value in values.items()})


def one_or(texts: Iterable[str]) -> str:
    """Alternatives: "A or B or C"."""
    return reduce(lambda one, other: say("{one} or {other}", one=one, other=other), texts)


def one_and(texts: Iterable[str]) -> str:
    """All of them: "A and B and C"."""
    return reduce(lambda one, other: say("{one} and {other}", one=one, other=other), texts)


def in_a_row(texts: Iterable[str]) -> str:
    """Each is a remark of its own: "A; B; C". Without any it is ""."""
    present = [text for text in texts if text]
    if not present:
        return ""
    return reduce(lambda one, other: say("{one}; {other}", one=one, other=other), present)


# -- as plain values, for JSON and marshal

# A text, or what a sentence was made of: [words, {name: Parts}].
Parts = Any
_NO_PARTS = "these are no parts of a sentence"


def taken_apart(text: str) -> Parts:
    if not isinstance(text, Sentence):
        return text
    return [text.words, {name: taken_apart(value) for name, value in text.values.items()}]


def put_together(parts: Parts) -> str:
    """ValueError for what `taken_apart` does not make."""
    match parts:
        case str():
            return parts
        case [str(words), {**values}]:
            return Sentence(words, {str(name): put_together(part) for name, part in values.items()})
    raise ValueError(_NO_PARTS)


def with_parts(data: Mapping[str, Any]) -> dict[str, Any]:
    """An object of texts, and under "parts" those of them (or of lists of them) that are sentences,
    taken apart: the texts are for whoever reads English."""
    parts = {}
    for name, value in data.items():
        if isinstance(value, Sentence):
            parts[name] = taken_apart(value)
        elif isinstance(value, list) and any(isinstance(each, Sentence) for each in value):
            parts[name] = [taken_apart(each) for each in value]
    return {**data, "parts": parts} if parts else dict(data)


def without_parts(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `with_parts` got. ValueError where its parts are none."""
    parts = data.get("parts", {})
    if not isinstance(parts, Mapping):
        raise ValueError(_NO_PARTS)
    whole = {name: value for name, value in data.items() if name != "parts"}
    for name in parts.keys() & whole.keys():
        if not isinstance(whole[name], list):
            whole[name] = put_together(parts[name])
        elif isinstance(parts[name], list):
            whole[name] = [put_together(each) for each in parts[name]]
        else:
            raise ValueError(_NO_PARTS)
    return whole
