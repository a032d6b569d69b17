"""The syntax of .desktop files, read and written.

Desktop Entry Specification 1.5, https://specifications.freedesktop.org/desktop-entry-spec/latest/
pyxdg was looked at and not taken: without types, unchanged for years, and slow where one wants a
handful of keys out of some hundred files. What is read here is lines; what a key means is the
caller's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping

Entry = Mapping[str, str]

_ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\", ";": ";"}
# What must stand in quotes in an Exec line.
_RESERVED = re.compile(r"[\s\"'\\><~|&;$*?#()`]|^$")


def read_entry(text: str) -> dict[str, str]:
    """The keys of the group [Desktop Entry] with their values as they are written; ValueError where
    there is no such group. Of a key that comes twice the first counts."""
    found: dict[str, str] = {}
    inside = False
    for line in text.splitlines():
        if line.startswith("["):
            if inside:
                return found  # actions come behind it, and are many
            inside = line.rstrip() == "[Desktop Entry]"
        elif inside and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key.rstrip(), value.strip())
    if not inside:
        raise ValueError("there is no [Desktop Entry]")
    return found


def text_of(value: str) -> str:
    """Without its escapes."""
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), value)


def list_of(value: str) -> list[str]:
    """Its parts, each ended by a semicolon; the last one's may be missing."""
    parts = re.findall(r"(?:\\.|[^;\\])+", value)
    return [text_of(part) for part in parts]


def localised(entry: Entry, key: str, locales: Iterable[str]) -> str:
    """The value in the first of these that there is, else the one without a language."""
    for locale in locales:
        if (value := entry.get(f"{key}[{locale}]")) is not None:
            return text_of(value)
    return text_of(entry.get(key, ""))


def locales_of(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The session's, as keys have them: language with country and modifier, then less."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    wanted = next((environment[name] for name in names if environment.get(name)), "")
    found = re.fullmatch(r"([a-z]+)(_[A-Z]+)?(?:\.[^@]*)?(@.+)?", wanted)
    if found is None:
        return []
    language, country, modifier = found[1], found[2] or "", found[3] or ""
    forms = (country + modifier, country, modifier, "")
    return list(dict.fromkeys(language + form for form in forms))


def split_exec(value: str) -> list[str]:
    """An Exec line's arguments, field codes still in them. ValueError for an open quotation mark,
    and for an empty line."""
    line, words, word, at = text_of(value), [], "", 0
    quoted = inside = False
    while at < len(line):
        sign = line[at]
        if quoted and sign == "\\" and at + 1 < len(line):
            at += 1
            word += line[at]
        elif sign == '"':
            quoted, inside = not quoted, True
        elif sign in " \t\n" and not quoted:
            if inside:
                words.append(word)
            word, inside = "", False
        else:
            word, inside = word + sign, True
        at += 1
    if quoted:
        raise ValueError("a quotation mark is missing")
    if inside:
        words.append(word)
    if not words:
        raise ValueError("there is nothing to execute")
    return words


def started_by(text: str, argv: Iterable[str]) -> str:
    """The file's first group, [Desktop Entry], with another command line; without its actions."""
    entry = "[Desktop Entry]\n"
    changed = read_entry(text) | {"Exec": join_exec(argv)}
    return entry + "".join(f"{key}={value}\n" for key, value in changed.items() if key != "Actions")


def join_exec(argv: Iterable[str]) -> str:
    """An Exec line that starts exactly that."""
    line = " ".join(map(_quoted, argv)).replace("%", "%%")
    return line.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def _quoted(word: str) -> str:
    if not _RESERVED.search(word):
        return word
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"'
