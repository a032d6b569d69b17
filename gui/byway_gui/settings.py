"""The app's own settings: what concerns the window and not the traffic, which is the profile's.

A file of lines that others may have written in: what is not known here, or makes no sense, is
passed over when reading and left where it is when writing.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path

from byway_gui.theme import Theme
from byway_gui.words import LANGUAGES

_GROUP = "[desktop]"
_LINE = re.compile(r"\s*([A-Za-z_]+)\s*=\s*(.*?)\s*")
_SWITCHES = ("notifications", "keep_in_tray", "whole_machine", "welcomed", "told_of_tray")
_WORDS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Settings:
    """`language` "": the session's. `keep_in_tray`: closing the window only hides it.
    `whole_machine`: every program's traffic is taken, where the helper is installed; else that of
    programs with a proxy setting. `welcomed`: the first steps have been shown; `told_of_tray`: it
    was said that a closed window only hides. `test_target`: what tests of upstreams connect to.
    `profile`: the one that was open last, "" for the default."""

    language: str = ""
    theme: Theme = Theme.SYSTEM
    notifications: bool = True
    keep_in_tray: bool = True
    whole_machine: bool = True
    welcomed: bool = False
    told_of_tray: bool = False
    test_target: str = "example.com:443"
    profile: str = ""


def settings_path(environment: Mapping[str, str] = os.environ) -> Path:
    """The file, which need not exist (XDG Base Directory Specification)."""
    given = environment.get("XDG_CONFIG_HOME", "")
    folder = Path(given) if given.startswith("/") else Path.home() / ".config"
    return folder / "byway" / "desktop.ini"


def read_settings(text: str) -> Settings:
    """Whatever the text is; what is not there, or makes no sense, is as if nothing was set."""
    found: dict[str, object] = {}
    for name, value in _lines(text):
        match name:
            case "language" if value in LANGUAGES:
                found[name] = value
            case "theme" if value in {each.value for each in Theme}:
                found[name] = Theme(value)
            case "test_target" | "profile" if value:
                found[name] = value
            case name if name in _SWITCHES and value.lower() in _WORDS:
                found[name] = _WORDS[value.lower()]
    return replace(Settings(), **found)  # type: ignore[arg-type] # each has been looked at


def write_settings(text: str, settings: Settings) -> str:
    """The text with these settings in it, and everything else as it was."""
    wanted = {each.name: _written(getattr(settings, each.name)) for each in fields(settings)}
    lines, inside, place = [], False, None
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            inside = line.strip() == _GROUP
        found = _LINE.fullmatch(line) if inside else None
        if found is not None and found[1] in wanted:
            line = f"{found[1]} = {wanted.pop(found[1])}"
        elif found is not None and hasattr(settings, found[1]):
            continue  # a second time
        lines.append(line)
        if inside and line.strip():
            place = len(lines)
    if place is None:
        lines += [*([""] if lines else []), _GROUP]
        place = len(lines)
    lines[place:place] = [f"{name} = {value}" for name, value in wanted.items()]
    return "\n".join(lines) + "\n"


class SettingsFile:
    """The settings in force, and the file they come from."""

    def __init__(self, path: Path) -> None:
        """A file that is missing or cannot be read is one in which nothing is set."""
        self.path = path
        self.value = read_settings(self._text())

    def change(self, settings: Settings) -> None:
        """From now on these; they are in force even where OSError says that they are not kept."""
        self.value = settings
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = write_settings(self._text(), settings)
        # A link's target is written to, as in folders of dotfiles.
        write_whole(self.path.resolve(), text)

    def _text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return ""


def write_whole(file: Path, text: str) -> None:
    """All of it or nothing, for its owner alone. OSError where that cannot be done."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as out:
            out.write(text)
        os.replace(name, file)
    except OSError:
        with suppress(OSError):
            os.unlink(name)
        raise


def _lines(text: str) -> list[tuple[str, str]]:
    """The group's keys and values; of a key that comes twice the first counts."""
    found: dict[str, str] = {}
    inside = False
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            inside = line.strip() == _GROUP
        elif inside and (match := _LINE.fullmatch(line)) is not None:
            found.setdefault(match[1], match[2])
    return list(found.items())


def _written(value: object) -> str:
    if isinstance(value, Theme):
        return value.value
    return str(value).lower() if isinstance(value, bool) else str(value)
