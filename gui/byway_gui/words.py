"""Every sentence that a user reads, in the user's language.

English is the sentence itself. The others are Qt Linguist's files, read as they are: some hundred
entries take a millisecond. No Qt, so that presenters have words too.
"""

from __future__ import annotations

import locale
import os
from xml.etree import ElementTree

import byway_resources

# Language codes with their own names for themselves.
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}

_table: dict[str, str] = {}


def tr(text: str, /, **values: object) -> str:
    """`text` in the language in use, with `values` in the places of their {names}."""
    found = _table.get(text) or text
    return found.format(**values) if values else found


def tr_n(one: str, many: str, n: int, /, **values: object) -> str:
    """As tr, `one` where n is 1; {n} is the number."""
    return tr(one if n == 1 else many, n=f"{n:,}", **values)


def use(language: str) -> None:
    """Speak `language` from here on: a code of LANGUAGES, "" for what the session is set to."""
    _table.clear()
    code = language if language in LANGUAGES else of_session()
    if code != "en":
        _table.update(read(byway_resources.translation(code)))


def of_session() -> str:
    """The language of the session, of those there are (gettext's order of variables)."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        for wanted in os.environ.get(name, "").split(":"):
            if wanted.startswith(("zh_CN", "zh_SG", "zh.", "zh_Hans")) or wanted == "zh":
                return "zh_CN"
            if locale.normalize(wanted).startswith(("en", "C")) and wanted:
                return "en"
    return "en"


def read(source: bytes) -> dict[str, str]:
    """A Linguist file's finished translations: source -> translation."""
    found = {}
    for message in ElementTree.fromstring(source).iter("message"):  # noqa: S314 - our own file
        translation = message.find("translation")
        if translation is not None and translation.get("type") is None:
            found[message.findtext("source", "")] = translation.text or ""
    return found
