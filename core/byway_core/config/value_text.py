"""Values as they are written in TOML, and a list of them changed line by line.

It must not know what any value means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import tomlkit
from tomlkit.items import Item

from byway_core.config.list_text import Entry, ListText, read_list
from byway_core.config.positions import Path, Positions


def same(old: object, new: object) -> bool:
    plain = old.unwrap() if isinstance(old, Item) else old
    return type(plain) is type(_plain(new)) and plain == _plain(new)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def item(value: object) -> Item:
    """A value as it is written behind a key: mappings in braces, also in a list, of which tomlkit
    would make tables of their own."""
    if isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        return tomlkit.value(f"[{', '.join(item(each).as_string() for each in value)}]")
    if isinstance(value, Mapping) and value:
        pairs = [
            f"{tomlkit.key(key).as_string()} = {item(each).as_string()}"
            for key, each in value.items()
        ]
        return tomlkit.value(f"{{ {', '.join(pairs)} }}")
    return tomlkit.item(_plain(value))


def list_of_lines(text: str, positions: Positions, path: Path) -> ListText | None:
    """The list there, if it is written on more than one line."""
    start = positions.values.get(path)
    if start is None or text[start] != "[":
        return None
    listed = read_list(text, start)
    return listed if "\n" in text[start : listed.end] else None


def with_values(listed: ListText, old: Sequence[object], new: Sequence[object]) -> str:
    """The text with other values in a list that has a line for each. What is there already keeps
    its comments; so does what is another now, in a list of the same length. Those above one that
    goes pass to the next that stays."""
    left = dict(enumerate(old))
    places: list[int | None] = []
    for value in new:
        place = next((place for place, each in left.items() if same(each, value)), None)
        places.append(place)
        if place is not None:
            del left[place]
    if len(old) == len(new):
        for number, place in enumerate(places):
            if place is None and number in left:
                places[number] = number
                del left[number]
    above, passed = {}, ""
    for place, entry in enumerate(listed.entries):
        passed += entry.above
        if place not in left:
            above[place], passed = passed, ""
    entries = []
    for value, place in zip(new, places, strict=True):
        if place is None:
            entries.append(Entry(item(value).as_string()))
            continue
        entry = listed.entries[place]
        raw = entry.raw if same(old[place], value) else item(value).as_string()
        entries.append(replace(entry, raw=raw, above=above[place]))
    return listed.with_entries(entries, passed + listed.tail)
