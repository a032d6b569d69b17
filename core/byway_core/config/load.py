"""A profile's file to a valid Profile, or to every reason why it is none, at once.

Knows the order of reading and the file itself; what each table means is in the sections.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import tomli

from byway_core.config.dns_section import read_dns
from byway_core.config.findings import Findings
from byway_core.config.general_section import read_general
from byway_core.config.group_section import read_groups
from byway_core.config.machine_section import read_machine
from byway_core.config.nameserver_entry import Ways
from byway_core.config.rule_section import read_rules
from byway_core.config.section import TOP_KEYS, Section
from byway_core.config.upstream_section import read_upstreams
from byway_core.model.errors import Problem, ProfileError
from byway_core.model.profile import Profile
from byway_core.model.sentence import say

VERSION = 1
# 200,000 rules have some 10 MB; a file beyond this is something else, and reading it whole would
# take a desktop's memory.
MAX_BYTES = 32 * 1024 * 1024

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_UTF8_SIGNATURE = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ReadProfile:
    """A valid profile, where it was read from, and what is unwise about it."""

    path: Path
    value: Profile
    warnings: tuple[Problem, ...]


def load(path: str | os.PathLike[str]) -> tuple[Profile, tuple[Problem, ...]]:
    """The profile in a file, and warnings about it in the file's order.

    Raises ProfileError with every problem (warnings among them) where it is not valid, cannot be
    read, or is no UTF-8.
    """
    name = os.fspath(path)
    return loads(decode(name, read_bytes(Path(path))), name)


def loads(text: str, path: str = "<profile>") -> tuple[Profile, tuple[Problem, ...]]:
    """The same for a profile's text; `path` is only named in the error."""
    text = text.replace("\r\n", "\n")
    table = parse(text, path)
    findings = Findings()
    profile = _read_profile(findings, table)
    problems = findings.problems(text)
    if findings.has_errors:
        raise ProfileError(path, problems)
    return profile, problems


def parse(text: str, path: str) -> dict[str, object]:
    """The tables in a profile's text, whatever they say; ProfileError where it is no TOML."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        problem = Problem(
            error.lineno, error.colno, say("not TOML: {msg}", msg=error.msg), _syntax_hint(error)
        )
    except RecursionError:
        problem = Problem(0, 0, say("lists or tables are nested too deeply"))
    raise ProfileError(path, (problem,))


def _read_profile(findings: Findings, table: dict[str, object]) -> Profile:
    top = Section(findings, (), table, TOP_KEYS)
    _check_version(top)
    upstreams, names = read_upstreams(findings, top.raw("upstream"))
    groups, group_names = read_groups(findings, top.raw("group"), names)
    return Profile(
        rules=read_rules(findings, top.raw("rules"), (*names, *group_names)),
        upstreams=upstreams,
        groups=groups,
        general=read_general(findings, top.raw("general")),
        dns=read_dns(findings, top.raw("dns"), Ways.of(upstreams, groups, (*names, *group_names))),
        machine=read_machine(findings, top.raw("machine")),
    )


def _check_version(top: Section) -> None:
    expected = f"version = {VERSION}"
    if not top.has("version"):
        top.error(
            "version",
            say("version is missing"),
            expected=say("{expected} as the first line", expected=expected),
        )
        return
    version = top.raw("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        message = say("a profile of version {version} is for a newer Byway", version=version)
        top.error("version", message, expected=expected)
    elif version != VERSION or isinstance(version, bool | float):
        top.error(
            "version",
            say("version is {version}", version=repr(version)),
            expected=expected,
            nearest=expected,
        )


def _syntax_hint(error: tomli.TOMLDecodeError) -> str:
    line = error.doc.split("\n")[error.lineno - 1] if error.lineno else ""
    if "\\" in line and "escape" in error.msg.lower():
        return say(
            "single quotes around text with backslashes, as in 'DOMAIN-REGEX,^a\\.b$,DIRECT'"
        )
    return ""


def read_bytes(path: Path) -> bytes:
    """What is in a profile's file; ProfileError where it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _unreadable(path, say("there is no such file")) from None
    except IsADirectoryError:
        raise _unreadable(path, say("this is a folder, not a file")) from None
    except PermissionError:
        raise _unreadable(path, say("you may not read this file")) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _unreadable(path, say("the file cannot be read: {reason}", reason=reason)) from None
    if len(data) > MAX_BYTES:
        raise _unreadable(path, say("the file has more than {n} MB", n=MAX_BYTES >> 20))
    return data


def decode(name: str, data: bytes) -> str:
    """A file's text without a signature; ProfileError, with `name`, where it is no UTF-8."""
    if data.startswith(_UTF16):
        message = say("the file is in UTF-16")
        raise ProfileError(name, (Problem(0, 0, message, say("a file saved as UTF-8")),))
    try:
        return data.removeprefix(_UTF8_SIGNATURE).decode()
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        message = say("byte 0x{code} is not UTF-8", code=f"{error.object[error.start]:02x}")
        raise ProfileError(
            name, (Problem(line, column, message, say("a file saved as UTF-8")),)
        ) from None


def _unreadable(path: Path, message: str) -> ProfileError:
    return ProfileError(str(path), (Problem(0, 0, message),))
