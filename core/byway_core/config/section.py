"""One table of a profile: its keys are known, its values of the right type and within bounds.

Reports what is wrong and returns None, so that the rest of the file is still looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from byway_core.config.findings import Findings
from byway_core.config.positions import Path
from byway_core.model.sentence import say
from byway_core.rules.faults import closest

E = TypeVar("E", bound=Enum)

PORT_RANGE = (1, 65_535)
# What may stand at the top of a profile, before its first [table].
TOP_KEYS = ("version", "rules", "general", "dns", "machine", "upstream", "group")
# Where keys belong that people put at the top, as other programs have them there.
_HOMES = {
    "mixed_port": "general",
    "mixed_username": "general",
    "mixed_password": "general",
    "log_level": "general",
    "workers": "general",
    "servers": "dns",
    "hosts": "dns",
    "fake_addresses": "dns",
    "real_names": "dns",
    "bypass": "machine",
    "lan": "machine",
    "lan_ports": "machine",
    "kill_switch": "machine",
    "see_direct": "machine",
}

_TYPES: tuple[tuple[type, str], ...] = (
    (bool, say("a boolean")),  # before int, of which it is a subclass
    (int, say("a whole number")),
    (float, say("a number with a fraction")),
    (str, say("a string")),
    (list, say("a list")),
    (dict, say("a table")),
)


def type_name(value: object) -> str:
    """What a value is, in the user's words."""
    return next((name for kind, name in _TYPES if isinstance(value, kind)), say("a date or time"))


class Section:
    """The keys of `table`, which stands at `path`; unknown ones are reported at once."""

    def __init__(
        self,
        findings: Findings,
        path: Path,
        table: Mapping[str, object],
        known: tuple[str, ...],
    ) -> None:
        self.findings = findings
        self.path = path
        self._table = table
        for key in table:
            if key not in known:
                self._report_unknown(key, known)

    def _report_unknown(self, key: str, known: tuple[str, ...]) -> None:
        expected = say("one of {choices}", choices=", ".join(known))
        nearest = closest(key, known) or ""
        if self.path and key in TOP_KEYS:
            expected = say("{key} at the top of the file, before the first [table]", key=key)
            nearest = ""
        elif not self.path and not nearest and (home := closest(key, _HOMES)):
            nearest = say("{key} in the table [{table}]", key=home, table=_HOMES[home])
        self.findings.error(
            (*self.path, key),
            say("unknown key {key}", key=key),
            expected=expected,
            nearest=nearest,
            at_key=True,
        )

    def has(self, key: str) -> bool:
        return key in self._table

    def raw(self, key: str) -> object:
        """The value as it is; None where there is none."""
        return self._table.get(key)

    def error(self, key: str, message: str, *, expected: str = "", nearest: str = "") -> None:
        """Something is wrong with this key's value, or with its absence."""
        about = (*self.path, key)
        path = about if key in self._table else self.path
        self.findings.error(path, message, expected=expected, nearest=nearest, about=about)

    def warn(self, key: str, message: str, *, expected: str = "", nearest: str = "") -> None:
        about = (*self.path, key)
        path = about if key in self._table else self.path
        self.findings.warn(path, message, expected=expected, nearest=nearest, about=about)

    def string(self, key: str) -> str | None:
        """A string; None where there is none, reported where there is something else."""
        value = self._table.get(key)
        if value is None or isinstance(value, str):
            return value
        nearest = f'{key} = "{value}"' if isinstance(value, int) else ""
        self.error(
            key,
            say("{key} is {type}", key=key, type=type_name(value)),
            expected=say("a string"),
            nearest=nearest,
        )
        return None

    def integer(self, key: str, bounds: tuple[int, int]) -> int | None:
        """A whole number within `bounds`, both included; None as for `string`."""
        value = self._table.get(key)
        if value is None:
            return None
        low, high = bounds
        expected = say("a whole number from {low} to {high}", low=low, high=high)
        if isinstance(value, bool) or not isinstance(value, int):
            nearest = ""
            if isinstance(value, str) and value.isascii() and value.isdigit():
                nearest = f"{key} = {int(value)}"
            message = say("{key} is {type}", key=key, type=type_name(value))
            self.error(key, message, expected=expected, nearest=nearest)
            return None
        if not low <= value <= high:
            self.error(key, say("{key} is {value}", key=key, value=value), expected=expected)
            return None
        return value

    def boolean(self, key: str) -> bool:
        """True or false; False where there is none, reported where there is something else."""
        value = self._table.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        nearest = f"{key} = true" if value in (1, "true", "yes", "on") else ""
        message = say("{key} is {type}", key=key, type=type_name(value))
        self.error(key, message, expected=say("true or false"), nearest=nearest)
        return False

    def choice(self, key: str, choices: type[E]) -> E | None:
        """A member of `choices` by its value; None as for `string`."""
        text = self.string(key)
        if text is None:
            return None
        values = [str(choice.value) for choice in choices]
        if text in values:
            return choices(text)
        self.error(
            key,
            say("there is no {key} {text}", key=key, text=repr(text)),
            expected=say("one of {choices}", choices=", ".join(values)),
            nearest=f'{key} = "{near}"' if (near := closest(text, values)) else "",
        )
        return None
