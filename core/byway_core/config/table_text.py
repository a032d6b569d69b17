"""Keys and tables of a TOML text, changed in place: what is not meant stays to the byte.

tomlkit changes what it is given; it is given as little as will do, as it takes comments to belong
to the table before them. It must not know what any key means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any

import tomlkit

from byway_core.config.list_text import Entry, line_end, read_list
from byway_core.config.positions import scan
from byway_core.config.table_pieces import Pieces
from byway_core.config.value_text import item, list_of_lines, same, with_values
from byway_core.model.sentence import say

_LONE_FEED = re.compile(r"(?<!\r)\n")

Members = Sequence[tuple[int | None, Mapping[str, object]]]


def with_value(text: str, keys: tuple[str, ...], value: object | None) -> str:
    """The text with that value at these keys; None removes what is there. A mapping changes a table
    name by name; a new one of several names gets its own header. TypeError where the way leads
    through something that is no table."""
    old = _at(tomlkit.parse(text).unwrap(), keys)
    if isinstance(value, Mapping) and (isinstance(old, dict) or (old is None and len(value) > 1)):
        return _with_names(text, keys, old or {}, value)
    positions = scan(text)
    listed = list_of_lines(text, positions, keys)
    if listed is not None and isinstance(old, list) and isinstance(value, list):
        return with_values(listed, old, value)
    pieces = Pieces(text, positions)
    if old is not None:
        inside = [slot for slot in pieces.tables if slot.path[: len(keys)] == keys]
        for slot in reversed(inside):
            text = text[: slot.start] + text[slot.end :]
        if inside:
            return text if value is None else with_value(text, keys, value)
    return _with_pair(text, pieces, keys, value)


def _with_pair(text: str, pieces: Pieces, keys: tuple[str, ...], value: object | None) -> str:
    """The key has no header of its own: it belongs under one, or before all."""
    home = pieces.home(keys[:-1])
    if len(keys) > 1 and not home.path and keys[0] not in tomlkit.parse(home.body(text)):
        return text if value is None else _with_table(text, pieces, keys, value)
    body = home.body(text)
    document = tomlkit.parse(body)
    table: object = document
    for number, key in enumerate(keys[:-1]):
        if not isinstance(table, MutableMapping):
            raise TypeError(say("{key} is no table", key=".".join(keys[:number])))
        if key not in table:
            if value is None:
                return text
            table[key] = tomlkit.table()
        table = table[key]
    if not isinstance(table, MutableMapping):
        raise TypeError(say("{key} is no table", key=".".join(keys[:-1])))
    _put(table, keys[-1], value)
    body = _with_line_ends(tomlkit.dumps(document), text)
    return text[: home.start] + body + text[home.body_end :]


def _at(table: object, keys: Sequence[str]) -> object | None:
    for key in keys:
        if not isinstance(table, dict) or key not in table:
            return None
        table = table[key]
    return table


def _with_names(
    text: str, keys: tuple[str, ...], old: dict[str, object], new: Mapping[str, object]
) -> str:
    """`a.b = 1` and `"a.b" = 1` are the same name here, and each stays as it is written."""
    paths = {".".join(path): path for path in _paths(old)}
    for name, path in paths.items():
        if new.get(name) is None:
            text = with_value(text, (*keys, *path), None)
    for name, value in new.items():
        path = paths.get(name, (name,))
        if value is not None and not same(_at(old, path), value):
            text = with_value(text, (*keys, *path), value)
    return text


def _paths(table: dict[str, object]) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from ((key, *path) for path in _paths(value))
        else:
            yield (key,)


def _with_table(text: str, pieces: Pieces, keys: Sequence[str], value: object) -> str:
    """A new table: before what else is of that name, else before the arrays of tables, which are
    long, else at the end."""
    newline = line_end(text)
    pair = tomlkit.document()
    pair[keys[-1]] = item(value)
    added = _with_line_ends(f"[{_header(keys[:-1])}]\n{tomlkit.dumps(pair)}", text)
    kin = [slot.start for slot in pieces.tables if slot.path[0] == keys[0]]
    arrays = [slot.start for slot in pieces.tables if isinstance(slot.path[-1], int)]
    at = (kin or arrays or [len(text)])[0]
    behind = text[at:]
    return f"{_ended(text[:at], newline)}{added}{newline if behind else ''}{behind}"


def with_members(text: str, keys: tuple[str, ...], former: int, members: Members) -> str:
    """The text with these tables as the members of the array at these keys, which has `former` now:
    each with its former number, or None for a new one."""
    positions = scan(text)
    start = positions.values.get(keys)
    if start is not None:
        return _with_inline_members(text, start, members)
    slots = Pieces(text, positions).members(keys)
    if len(slots) != former:
        raise ValueError(say("{name} is no array of tables", name=".".join(keys)))
    newline = line_end(text)
    bodies = [
        _ended_line(
            _new_member(keys, table, text)
            if number is None
            else _changed_member(slots[number].body(text), keys, table),
            newline,
        )
        for number, table in members
    ]
    if not slots:
        before = _ended(text, newline)
        return before + newline.join(bodies) if bodies else text
    pieces, at = [], 0
    for number, slot in enumerate(slots):
        pieces.append(text[at : slot.start])
        last = number == len(slots) - 1
        mine = bodies[number:] if last else bodies[number : number + 1]
        if mine:
            pieces += [newline.join(mine), text[slot.body_end : slot.end]]
        at = slot.end
    return "".join((*pieces, text[at:]))


def _changed_member(body: str, keys: tuple[str, ...], table: Mapping[str, object]) -> str:
    for key, value in table.items():
        listed = list_of_lines(body, scan(body), (*keys, 0, key))
        old = _first_member(tomlkit.parse(body), keys).get(key)
        if listed is not None and isinstance(old, list) and isinstance(value, list):
            body = with_values(listed, old, value)
    document = tomlkit.parse(body)
    _change(_first_member(document, keys), table)
    return _with_line_ends(tomlkit.dumps(document), body)


def _first_member(document: MutableMapping[str, Any], keys: Sequence[str]) -> Any:
    found: Any = document
    for key in keys:
        found = found[key]
    return found[0]


def _new_member(keys: tuple[str, ...], table: Mapping[str, object], text: str) -> str:
    document = tomlkit.document()
    _change(document, table)
    return _with_line_ends(f"[[{_header(keys)}]]\n{tomlkit.dumps(document)}", text)


def _header(keys: Sequence[str]) -> str:
    return ".".join(tomlkit.key(key).as_string() for key in keys)


def _with_inline_members(text: str, start: int, members: Members) -> str:
    """The same for an array that is written as a list of inline tables."""
    listed = read_list(text, start)
    entries = []
    for number, table in members:
        old = Entry("{}") if number is None else listed.entries[number]
        document = tomlkit.parse(f"member = {old.raw}")
        _change(document["member"], table)
        raw = tomlkit.dumps(document).partition("=")[2].strip()
        entries.append(old if raw == old.raw else Entry(raw, old.note, old.above))
    return listed.with_entries(entries)


def _change(old: MutableMapping[str, object], new: Mapping[str, object]) -> None:
    """Make a table say what `new` does. What it says already is not touched."""
    for key in [*old, *(key for key in new if key not in old)]:
        _put(old, key, new.get(key))


def _put(table: MutableMapping[str, object], key: str, value: object | None) -> None:
    """None removes it; the same value stays as it is written."""
    if value is None:
        if key in table:
            del table[key]
    elif key not in table or not same(table[key], value):
        table[key] = item(value)


def _with_line_ends(text: str, like: str) -> str:
    """Lines that are new end as those of `like` do."""
    if line_end(like) == "\n" or _LONE_FEED.search(like):
        return text
    return _LONE_FEED.sub("\r\n", text)


def _ended_line(text: str, newline: str) -> str:
    return text if not text or text.endswith("\n") else text + newline


def _ended(text: str, newline: str) -> str:
    """Ready for another table: a blank line at its end, unless it is empty."""
    text = _ended_line(text, newline)
    return text if not text or text.endswith((f"\n{newline}", newline * 2)) else text + newline
