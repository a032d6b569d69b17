"""A profile's text, changed by a program without touching what else its user wrote there.

Each change gives a new Draft; nothing is written before `save`. It may hold rules and values that
are wrong, as the user may be about to mend them: `check` tells. It must not know what they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from byway_core.config.list_text import ListText, line_end, read_list
from byway_core.config.load import ReadProfile, decode, loads, parse, read_bytes
from byway_core.config.positions import scan
from byway_core.config.replacement import replace_file
from byway_core.config.rule_lines import RuleLine, entries, read_shown, rule_lines, shown
from byway_core.model.errors import Problem, ProfileError
from byway_core.model.sentence import say

_RULES, _UPSTREAM, _GROUP, _NAME = "rules", "upstream", "group", "name"

# Tables of a list: each with its former name, None for a new one.
Members = Iterable[tuple[str | None, Mapping[str, object]]]


class _InFile:
    """What the file has, as far as this program knows; None: it was not read. Drafts that come of
    one another share it, so that after one was saved an earlier one may be (as undo does)."""

    __slots__ = ("data",)

    def __init__(self, data: bytes | None) -> None:
        self.data = data


@dataclass(frozen=True)
class Draft:
    """`text` is the file's without a signature, its lines ended as they are there."""

    path: Path
    text: str
    _in_file: _InFile = field(default_factory=lambda: _InFile(None), repr=False, compare=False)

    @classmethod
    def read(cls, path: Path) -> Draft:
        """The draft of what is there now; ProfileError where it cannot be read, or is no TOML."""
        data = read_bytes(path)
        return cls(path, decode(str(path), data), _InFile(data))._checked()

    @classmethod
    def of(cls, path: Path, text: str) -> Draft:
        """A text that was not read from the file, which its `save` replaces whatever is there;
        ProfileError where it is no TOML. For a change of a draft there is `with_text`."""
        return cls(path, text)._checked()

    def with_text(self, text: str) -> Draft:
        """Another text for the same file, as an editor has it: with "\\n" alone in it, its lines
        end as they did before. ProfileError where it is no TOML."""
        if "\r" not in text and line_end(self.text) == "\r\n":
            text = text.replace("\n", "\r\n")
        return self._with(text)

    @property
    def rules(self) -> tuple[RuleLine, ...]:
        """The list of rules; empty where there is none."""
        return self._rules

    @property
    def upstreams(self) -> tuple[Mapping[str, object], ...]:
        """The upstreams' tables as they are written."""
        return self.tables(_UPSTREAM)

    @property
    def groups(self) -> tuple[Mapping[str, object], ...]:
        """The groups' tables as they are written."""
        return self.tables(_GROUP)

    def tables(self, *keys: str) -> tuple[Mapping[str, object], ...]:
        """The tables of the array at this path, as `tables("dns", "resolver")`."""
        found = self.value(*keys)
        if not isinstance(found, list):
            return ()
        return tuple(table for table in found if isinstance(table, dict))

    def value(self, *keys: str) -> object | None:
        """What is at this path, as `value("general", "mixed_port")`; None where there is nothing.
        Names with dots, as in `dns.hosts`, may be written as tables; then it is a mapping."""
        found: object = self._table
        for key in keys:
            if not isinstance(found, dict) or key not in found:
                return None
            found = found[key]
        return found

    def with_rules(self, rules: Iterable[RuleLine]) -> Draft:
        """These rules, one a line. Those that are there already stay written as they are."""
        return self._with_rules(tuple(rules), None)

    def rules_text(self) -> str:
        """The rules for an editor: one a line, "# " before a disabled one, "  # note" behind, and
        the comments between them."""
        return shown(self.rules, self._list.tail if self._list else "")

    def with_rules_text(self, text: str) -> Draft:
        """The rules of such a text, and its comments."""
        return self._with_rules(*read_shown(text, self.rules))

    def with_upstreams(self, upstreams: Members) -> Draft:
        """These upstreams in this order: see `with_tables`."""
        return self.with_tables(upstreams, _UPSTREAM)

    def with_groups(self, groups: Members) -> Draft:
        """These groups in this order: see `with_tables`."""
        return self.with_tables(groups, _GROUP)

    def with_tables(self, tables: Members, *keys: str) -> Draft:
        """These tables in this order in the array at this path: each with its former name, None for
        a new one, and what it says. Comments move with the former ones; of a table, only what
        differs is written, and what is None is left out."""
        former, present = self.value(*keys), self.tables(*keys)
        if former is not None and (not isinstance(former, list) or len(present) != len(former)):
            path = ".".join(keys)
            raise self._wrong(say("{path} is no list of tables", path=path), f"[[{path}]]")
        names = [table.get(_NAME) for table in present]
        members: list[tuple[int | None, Mapping[str, object]]] = []
        for name, table in tables:
            number = names.index(name) if name is not None and name in names else None
            if number is not None:
                names[number] = None  # taken
            members.append((number, table))
        if members == list(enumerate(present)):
            return self
        # Here, as most drafts are read, or have other rules: tomlkit takes a megabyte.
        from byway_core.config.table_text import with_members

        with self._tomlkit():
            return self._with(with_members(self.text, keys, len(present), members))

    def with_value(self, value: object | None, *keys: str) -> Draft:
        """Another value at this path, in a table that is made where it is missing; None removes the
        key. A mapping changes a table name by name, and "a.b" in it is also what `a.b` is without
        quotes. ProfileError where the path leads through something that is no table."""
        if value == self.value(*keys) and type(value) is type(self.value(*keys)):
            return self
        from byway_core.config.table_text import with_value

        text, rules = self.text, ""
        listed = self._list if keys[0] != _RULES else None
        if listed is not None:  # tomlkit takes ten times as long as all the rest for long lists
            rules = text[listed.start : listed.end]
            text = f"{text[: listed.start]}[]{text[listed.end :]}"
        with self._tomlkit():
            text = with_value(text, keys, value)
        if listed is not None:
            at = scan(text).values[(_RULES,)]
            text = f"{text[:at]}{rules}{text[at + 2 :]}"
        return self._with(text)

    def check(self) -> ReadProfile:
        """The profile; ProfileError with every problem where it is not valid."""
        profile, warnings = loads(self.text, str(self.path))
        return ReadProfile(self.path, profile, warnings)

    def save(self) -> None:
        """Replace the file, at once and for good, valid or not; a new one is for its user alone.
        ChangedError where the file is not any more what was read, OSError where it cannot be
        written; then it is as it was."""
        data = self.text.encode()
        replace_file(self.path, data, self._in_file.data)
        self._in_file.data = data

    @cached_property
    def _table(self) -> dict[str, object]:
        return parse(self.text, str(self.path))

    @cached_property
    def _list(self) -> ListText | None:
        """The list of rules in the text; None where there is none."""
        if not isinstance(self._table.get(_RULES), list):
            return None
        start = scan(self.text).values.get((_RULES,))
        return None if start is None else read_list(self.text, start)  # None: it is [[rules]]

    @cached_property
    def _rules(self) -> tuple[RuleLine, ...]:
        values = self._table.get(_RULES)
        if not isinstance(values, list) or self._list is None:
            return ()
        return rule_lines(self._list, values)

    def _with_rules(self, rules: tuple[RuleLine, ...], tail: str | None) -> Draft:
        former, listed = self.rules, self._list
        if listed is None:
            if _RULES in self._table:
                raise self._wrong(say("rules is no list"), say('a list, as in ["MATCH,DIRECT"]'))
            return self._with(self._text_with_list())._with_rules(rules, tail)
        if rules == former and (tail is None or tail == listed.tail):
            return self
        return self._with(listed.with_entries(entries(rules, listed, former), tail))

    def _text_with_list(self) -> str:
        """The text with an empty list, behind `version`, before all tables."""
        newline = line_end(self.text)
        version = scan(self.text).values.get(("version",))
        at = 0
        if version is not None:
            at = self.text.find("\n", version) + 1
            if not at:
                return f"{self.text}{newline}rules = []{newline}"
        return f"{self.text[:at]}rules = []{newline}{self.text[at:]}"

    def _with(self, text: str) -> Draft:
        return self if text == self.text else Draft(self.path, text, self._in_file)._checked()

    def _checked(self) -> Draft:
        """Itself, if it is TOML that can be written to a file."""
        try:
            self.text.encode()
        except UnicodeEncodeError as error:
            line = self.text.count("\n", 0, error.start) + 1
            column = error.start - self.text.rfind("\n", 0, error.start)
            problem = Problem(line, column, say("half a character, which no file can hold"))
            raise ProfileError(str(self.path), (problem,)) from None
        _ = self._table
        return self

    @contextmanager
    def _tomlkit(self) -> Iterator[None]:
        """It knows TOML 1.0 only, where our parser knows 1.1."""
        from tomlkit.exceptions import TOMLKitError

        try:
            yield
        except (TypeError, TOMLKitError) as error:
            raise self._wrong(
                say("this cannot be changed here: {error}", error=error), ""
            ) from error

    def _wrong(self, message: str, expected: str) -> ProfileError:
        return ProfileError(str(self.path), (Problem(0, 0, message, expected),))
