"""The applications that are installed here, from their .desktop files.

Desktop Entry Specification 1.5, https://specifications.freedesktop.org/desktop-entry-spec/latest/,
and for the folders the XDG Base Directory Specification.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from byway_gui.presenters.desktop_entry import (
    Entry,
    list_of,
    locales_of,
    localised,
    read_entry,
    split_exec,
    text_of,
)
from byway_gui.presenters.terminals import in_terminal
from byway_gui.words import tr

Environment = Mapping[str, str]

# A file is some kilobytes, LibreOffice's with all its languages 60.
_LONGEST = 1 << 20
# Stand for files and addresses, of which there are none.
_FILES = frozenset("fFuU")
_CODE = re.compile(r"%(.)")


@dataclass(frozen=True, slots=True)
class Application:
    """`id` is that of the specification; `argv` what runs it, in a terminal where it needs one;
    `icon` a name in the icon theme or a path; `found_by` what a search looks into, casefolded;
    `program` the first word of its command, without the terminal."""

    id: str
    name: str
    about: str
    argv: tuple[str, ...]
    icon: str
    terminal: bool
    found_by: str
    program: str


def installed(environment: Environment = os.environ) -> Iterator[Application]:
    """Those that a menu would show in this session, unsorted. Of files with the same id the first
    folder's counts, even where it hides the application."""
    locales, seen = locales_of(environment), set()
    for folder in folders(environment):
        for file in _files(folder):
            id_ = str(file.relative_to(folder)).replace("/", "-")
            if id_ in seen:
                continue
            seen.add(id_)
            try:
                entry = read_entry(_text(file))
                if _is_shown(entry, environment):
                    yield _application(id_, file, entry, locales, environment)
            except (OSError, ValueError):
                continue  # broken, or not to be run here


def read_application(file: Path, environment: Environment = os.environ) -> Application:
    """One that a user has pointed at, shown in menus or not. ValueError says in a sentence why it
    cannot be run."""
    try:
        entry = read_entry(_text(file))
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from error
    except ValueError:
        raise ValueError(tr("{file} is no application's file.", file=file.name)) from None
    return _application(file.name, file, entry, locales_of(environment), environment)


def folders(environment: Environment = os.environ) -> list[Path]:
    """Where .desktop files are, the user's own first; they need not exist."""
    home = environment.get("XDG_DATA_HOME", "")
    data = home if home.startswith("/") else str(Path.home() / ".local" / "share")
    system = environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    found = [data, *(each for each in system.split(":") if each.startswith("/"))]
    return [Path(each) / "applications" for each in dict.fromkeys(found)]


def fits(application: Application, needle: str) -> bool:
    """Whether each word of the needle is somewhere in it."""
    return all(word in application.found_by for word in needle.casefold().split())


def _files(folder: Path) -> Iterator[Path]:
    """In a fixed order, so that of two files with one id it is always the same that counts."""
    for parent, inside, names in os.walk(folder, followlinks=False):
        inside.sort()
        yield from (Path(parent) / name for name in sorted(names) if name.endswith(".desktop"))


def _text(file: Path) -> str:
    with open(file, encoding="utf-8", errors="replace") as opened:
        return opened.read(_LONGEST)


def _is_shown(entry: Entry, environment: Environment) -> bool:
    if entry.get("NoDisplay") == "true" or entry.get("Hidden") == "true":
        return False
    here = set(environment.get("XDG_CURRENT_DESKTOP", "").split(":"))
    if "OnlyShowIn" in entry and not here & set(list_of(entry["OnlyShowIn"])):
        return False
    return not here & set(list_of(entry.get("NotShowIn", "")))


def _application(
    id_: str, file: Path, entry: Entry, locales: list[str], environment: Environment
) -> Application:
    """ValueError says why it cannot be run."""
    name = localised(entry, "Name", locales) or file.stem
    if entry.get("Type", "Application") != "Application" or not entry.get("Exec"):
        raise ValueError(tr("{name} is nothing that could be run.", name=name))
    try:
        argv = _arguments(split_exec(entry["Exec"]), name, file, text_of(entry.get("Icon", "")))
    except ValueError as error:
        raise ValueError(tr("{name}: its command cannot be read.", name=name)) from error
    for program in (text_of(entry.get("TryExec", "")), argv[0]):
        if program and shutil.which(program, path=environment.get("PATH")) is None:
            raise ValueError(tr("{name} is not installed: {program}", name=name, program=program))
    terminal, own = entry.get("Terminal") == "true", argv[0]
    if terminal:
        argv = in_terminal(argv, environment)
        if not argv:
            raise ValueError(tr("{name} needs a terminal, and there is none here.", name=name))
    about = localised(entry, "Comment", locales)
    words = (
        name,
        text_of(entry.get("Name", "")),
        localised(entry, "GenericName", locales),
        about,
        localised(entry, "Keywords", locales),
        " ".join(argv),
    )
    icon = text_of(entry.get("Icon", ""))
    found_by = "\n".join(words).casefold()
    return Application(id_, name, about, argv, icon, terminal, found_by, own)


def _arguments(words: list[str], name: str, file: Path, icon: str) -> tuple[str, ...]:
    """With the field codes replaced. An argument that has one for files is about files, and goes
    as a whole. ValueError where nothing is left to run."""
    argv: list[str] = []
    for word in words:
        codes = set(_CODE.findall(word))
        if word == "%i":
            argv += ["--icon", icon] if icon else []
        elif not codes & _FILES:
            argv.append(_CODE.sub(lambda found: _replaced(found[1], name, file), word))
    if not argv or not argv[0]:
        raise ValueError("there is nothing to execute")
    return tuple(argv)


def _replaced(code: str, name: str, file: Path) -> str:
    """What other codes there are is deprecated, and to be removed."""
    return {"%": "%", "c": name, "k": str(file)}.get(code, "")
