"""The name of a table in a list, by which rules call it."""

from __future__ import annotations

from collections.abc import Sequence

from byway_core.config.section import Section
from byway_core.model.sentence import say
from byway_core.rules.parse import OPTIONS


def read_name(
    section: Section, names: Sequence[str], nouns: tuple[str, str], reserved: Sequence[str]
) -> str | None:
    """The name; None where it is wrong or missing, which is reported. `nouns` are what it is a name
    of, as in "the upstream" and "an upstream", `names` those of the tables before; `reserved` have
    a meaning already."""
    the, a = nouns
    expected = say("a name for the rules, as in office")
    name = section.string("name")
    if name is None:
        if not section.has("name"):
            section.error("name", say("{what} has no name", what=the), expected=expected)
        return None
    fault = _fault(name, names, a, reserved)
    if fault:
        section.error("name", fault, expected=expected, nearest=_nearest(name))
        return None
    like = [other for other in (*reserved, *names) if other.casefold() == name.casefold()]
    if like:
        section.warn(
            "name", say("{name} and {like} differ in capitals only", name=name, like=like[0])
        )
    return name


def _fault(name: str, names: Sequence[str], what: str, reserved: Sequence[str]) -> str:
    if name in names:
        return say("there already is {what} {name}", what=what, name=name)
    if name in reserved or name.lower() in OPTIONS:
        return say("{name} has a meaning of its own in rules", name=name)
    if not name.strip():
        return say("the name is empty")
    if name != name.strip() or "," in name or not name.isprintable():
        return say("a name in a rule cannot have commas, line breaks, or blanks at its ends")
    return ""


def _nearest(name: str) -> str:
    plain = "-".join("".join(c if c.isprintable() else " " for c in name.replace(",", " ")).split())
    return f'name = "{plain}"' if plain and plain != name else ""
