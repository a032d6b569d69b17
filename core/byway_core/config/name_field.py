"""The name of a table in a list, by which rules call it."""

from __future__ import annotations

from collections.abc import Sequence

from byway_core.config.section import Section
from byway_core.rules.parse import OPTIONS


def read_name(
    section: Section, names: Sequence[str], noun: str, reserved: Sequence[str]
) -> str | None:
    """The name; None where it is wrong or missing, which is reported. `noun` is what it is a name
    of, `names` are those of the tables before, `reserved` have a meaning already."""
    expected = "a name for the rules, as in office"
    name = section.string("name")
    if name is None:
        if not section.has("name"):
            section.error("name", f"the {noun} has no name", expected=expected)
        return None
    fault = _fault(name, names, noun, reserved)
    if fault:
        section.error("name", fault, expected=expected, nearest=_nearest(name))
        return None
    like = [other for other in (*reserved, *names) if other.casefold() == name.casefold()]
    if like:
        section.warn("name", f"{name} and {like[0]} differ in capitals only")
    return name


def _fault(name: str, names: Sequence[str], noun: str, reserved: Sequence[str]) -> str:
    if name in names:
        return f"there already is {_article(noun)} {noun} {name}"
    if name in reserved or name.lower() in OPTIONS:
        return f"{name} has a meaning of its own in rules"
    if not name.strip():
        return "the name is empty"
    if name != name.strip() or "," in name or not name.isprintable():
        return "a name in a rule cannot have commas, line breaks, or blanks at its ends"
    return ""


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _nearest(name: str) -> str:
    plain = "-".join("".join(c if c.isprintable() else " " for c in name.replace(",", " ")).split())
    return f'name = "{plain}"' if plain and plain != name else ""
