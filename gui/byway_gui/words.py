"""Every sentence that a user reads, in the user's language.

English is the sentence itself. The others are Qt Linguist's files, read as they are: some hundred
entries take a millisecond. No Qt, so that presenters have words too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

import byway_resources
from byway_core.model.sentence import PLACE, Sentence
from byway_gui.system_texts import ABOUT

# Language codes with their own names for themselves.
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}

# By what is said in English, and what tells that apart from the same words elsewhere.
_table: dict[tuple[str, str], str] = {}

# Of gettext's order; only the first that is set counts.
_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
# Those who read Simplified Chinese; "zh" alone is mainland China, as in glibc.
_SIMPLIFIED = re.compile(r"zh([_-](CN|SG|Hans)\b.*|[.@].*)?", re.IGNORECASE | re.DOTALL)
_AFTER_STOP = re.compile("(?<=[。\N{FULLWIDTH COLON}]) ")
_CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_STOPS = ".!?…。\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}"
_MARK = re.compile(r"\(&\w\)|&(&?)")
_ENGLISH = re.compile(r"(en\b|en_|C\b|POSIX\b).*", re.DOTALL)


def tr(text: str, about: str = "", /, **values: object) -> str:
    """`text` in the language in use, with `values` in the places of their {names}; sentences of the
    core's among them, or errors with one, are translated too. `about` tells it apart where the same
    English words mean two things; only translators see it."""
    found = _table.get((text, about)) or text
    return _put(found, {name: translated(str(value)) for name, value in values.items()})


def translated(text: str) -> str:
    """A sentence of the core's, or the system's text of an error, in the language in use; other
    texts are what they are."""
    if not isinstance(text, Sentence):
        return _table.get((text, ABOUT)) or text
    values = {name: translated(value) for name, value in text.values.items()}
    return _put(_table.get((text.words, "")) or text.words, values)


def _put(words: str, values: Mapping[str, str]) -> str:
    """The values in their places. Chinese has no space but beside Latin letters, and only here it
    is known which of the two a value begins and ends with."""
    if not values:
        return words
    text = ""
    for number, piece in enumerate(PLACE.split(words)):
        part = values.get(piece, f"{{{piece}}}") if number % 2 else piece
        if text[-1:] == " " and _CHINESE.match(text[-2:]) and _CHINESE.match(part):
            text = text[:-1]
        elif part[:1] == " " and _CHINESE.match(text[-1:]) and _CHINESE.match(part[1:]):
            part = part[1:]
        text += part
    return text


def tr_n(one: str, many: str, n: int, **values: object) -> str:
    """As tr, `one` where n is 1; {n} is the number."""
    return tr(one if n == 1 else many, n=f"{n:,}", **values)


def joined(*sentences: str) -> str:
    """One behind the other; a Chinese full stop has its own space."""
    return _AFTER_STOP.sub("", " ".join(filter(None, sentences)))


def full(text: str) -> str:
    """Words that begin small and end without a full stop, as a sentence."""
    if not text:
        return ""
    sentence = f"{text[0].upper()}{text[1:]}"
    return sentence if text[-1] in _STOPS else tr("{message}.", message=sentence)


def plain(label: str) -> str:
    """A label without the mark of its key: "&Open…" as well as "打开(&O)…"."""
    return _MARK.sub(r"\1", label)


def use(language: str) -> None:
    """Speak `language` from here on: a code of LANGUAGES, "" for what the session is set to."""
    _table.clear()
    code = language if language in LANGUAGES else of_session()
    if code != "en":
        _table.update(read(byway_resources.translation(code)))


def of_session() -> str:
    """The language of the session, of those there are, as gettext would choose: LANGUAGE's list
    goes first, but where the locale is C there is no translation."""
    locale = next(filter(None, (os.environ.get(name, "") for name in _LOCALES)), "C")
    if locale.partition(".")[0] in {"C", "POSIX"}:
        return "en"
    for wanted in (*os.environ.get("LANGUAGE", "").split(":"), locale):
        if _SIMPLIFIED.fullmatch(wanted):
            return "zh_CN"
        if _ENGLISH.fullmatch(wanted):
            return "en"
    return "en"


def read(source: bytes) -> dict[tuple[str, str], str]:
    """A Linguist file's finished translations, by source and disambiguating comment."""
    from xml.etree import ElementTree

    found = {}
    for message in ElementTree.fromstring(source).iter("message"):  # noqa: S314 - our own file
        translation = message.find("translation")
        if translation is not None and translation.get("type") is None:
            key = message.findtext("source", ""), message.findtext("comment", "")
            found[key] = translation.text or ""
    return found
