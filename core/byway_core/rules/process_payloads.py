"""The payloads that speak of programs: their names and paths, plain or as patterns.

Nearly everything can stand in a file's name; what is refused is what can only be a mistake, since
such a rule would be silently dead.
"""

from __future__ import annotations

import re

from byway_core.model.rule import (
    Condition,
    ProcessName,
    ProcessPath,
    ProcessRegex,
    ProcessWildcard,
)
from byway_core.model.sentence import say
from byway_core.rules.faults import Fault, Remark
from byway_core.rules.grammar import Clause, Field
from byway_core.rules.name_payloads import checked_regex
from byway_core.rules.processes import own_name

_NAME_EXPECTED = say("a program's name, as in firefox")
_PATH_EXPECTED = say("the whole path of a program, as in /usr/bin/curl or /opt/app/*")
_GLOB = re.compile(r"[*?]")


def process_name(clause: Clause, remarks: list[Remark]) -> Condition:
    """A pattern where it has `*` or `?`, as in a shell."""
    written = clause.payload
    _check_quotes(written, _NAME_EXPECTED)
    name = written.text.lower()
    if not name:
        raise Fault(
            written.start,
            written.end,
            say("the program's name is missing"),
            expected=_NAME_EXPECTED,
        )
    if "/" in name:
        path = name.startswith(("/", "*"))
        fix = f"PROCESS-PATH,{written.text}" if path else own_name(written.text) or None
        start = clause.kind.start if path else written.start
        raise Fault(
            start, written.end, say("a name has no / in it"), expected=_NAME_EXPECTED, fix=fix
        )
    return ProcessWildcard(name, False) if _GLOB.search(name) else ProcessName(name)


def process_path(clause: Clause, remarks: list[Remark]) -> Condition:
    """Likewise."""
    written = clause.payload
    _check_quotes(written, _PATH_EXPECTED)
    path = written.text.lower()
    if not path.startswith(("/", "*", "?")):
        raise _no_path(clause)
    if path.endswith("/"):
        message = say("a folder is no program")
        fix = f"{written.text}*"
        raise Fault(written.start, written.end, message, expected=_PATH_EXPECTED, fix=fix)
    return ProcessWildcard(path, True) if _GLOB.search(path) else ProcessPath(path)


def _no_path(clause: Clause) -> Fault:
    written = clause.payload
    start, fix = written.start, None
    if not written.text:
        message = say("the path is missing")
    elif written.text.startswith(("~", "$")):
        message = say("~ and variables are not replaced here: * stands for any text")
        fix = f"*{written.text[written.text.find('/') :]}" if "/" in written.text else None
    else:
        message = say("a path begins with /")
        if not re.search(r"[/\\]", written.text):
            start, fix = clause.kind.start, f"PROCESS-NAME,{written.text}"
    return Fault(start, written.end, message, expected=_PATH_EXPECTED, fix=fix)


def _check_quotes(written: Field, expected: str) -> None:
    text = written.text
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        message = say("quotes would be a part of it")
        raise Fault(written.start, written.end, message, expected=expected, fix=text[1:-1])


def process_name_wildcard(clause: Clause, remarks: list[Remark]) -> Condition:
    return ProcessWildcard(_pattern(clause, "fire*"), False)


def process_path_wildcard(clause: Clause, remarks: list[Remark]) -> Condition:
    return ProcessWildcard(_pattern(clause, "/opt/*/app"), True)


def _pattern(clause: Clause, sample: str) -> str:
    written = clause.payload
    if not written.text:
        expected = say("a pattern, as in {sample}", sample=sample)
        raise Fault(written.start, written.end, say("the pattern is missing"), expected=expected)
    return written.text.lower()


def process_name_regex(clause: Clause, remarks: list[Remark]) -> Condition:
    expected = say("a regular expression, as in ^fire(fox|bird)$")
    return ProcessRegex(checked_regex(clause.payload, remarks, expected), False)


def process_path_regex(clause: Clause, remarks: list[Remark]) -> Condition:
    expected = say("a regular expression, as in ^/opt/.*/app$")
    return ProcessRegex(checked_regex(clause.payload, remarks, expected), True)
