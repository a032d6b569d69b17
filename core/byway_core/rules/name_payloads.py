"""The payloads that speak of host names: names, suffixes, keywords, wildcards, regexes.

What can never stand in a host name is refused here, since such a rule would be silently dead.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from byway_core.model.rule import (
    Condition,
    Domain,
    DomainKeyword,
    DomainRegex,
    DomainSuffix,
    DomainWildcard,
)
from byway_core.model.sentence import say
from byway_core.rules.faults import Fault, Remark
from byway_core.rules.grammar import Clause, Field
from byway_core.rules.names import MAX_LABEL, MAX_NAME, map_unicode, normalise_host, parse_address
from byway_core.rules.patterns import can_run_away, compile_regex

# Blanks, and the signs of URLs, lists and patterns. Underscores and the like do occur in names.
_NEVER_IN_NAMES = re.compile(r"[\s/:@*?,()\[\]\"'\\|^$+#%&=<>{};!`~]")
_NEVER_IN_WILDCARDS = re.compile(r"[\s/:@,()\[\]\"'\\|^$+#%&=<>{};!`~]")
# The host in "https://host:port/path", "//host" and "host:port" or "host/path".
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//([^/:@\s]+)(?:[:/].*)?|([^/:@\s]+)(?:/|:\d+).*", re.I)
_LIST_PREFIX = re.compile(r"(?:[+*]?\.)+")
_NAME_EXPECTED = say("a host name, as in www.example.com")


def domain(clause: Clause, remarks: list[Remark]) -> Condition:
    written = clause.payload
    name = _name(clause, written)
    _remark_address(clause, remarks)
    return Domain(name)


def domain_suffix(clause: Clause, remarks: list[Remark]) -> Condition:
    """`.x`, `+.x` and `*.x` are how other lists write it; here they all mean x and below."""
    written = clause.payload
    prefix = _LIST_PREFIX.match(written.text)
    skipped = prefix.end() if prefix else 0
    bare = Field(written.text[skipped:].rstrip("."), written.start + skipped)
    name = _name(clause, bare)
    if bare != written:
        message = say(
            "{text} is read as {name}: that name and everything below it",
            text=written.text,
            name=name,
        )
        remarks.append(Remark(written.start, written.end, message, bare.text))
    _remark_address(clause, remarks)
    return DomainSuffix(name)


def _remark_address(clause: Clause, remarks: list[Remark]) -> None:
    written = clause.payload
    if parse_address(written.text) is not None:
        message = say("an address is no name, so this never matches")
        fix = f"IP-CIDR,{written.text}"
        remarks.append(Remark(clause.kind.start, written.end, message, fix))


def is_name(text: str) -> bool:
    """Whether DOMAIN would take it."""
    try:
        _checked(Field(text, 0))
    except Fault:
        return False
    return True


def _name(clause: Clause, written: Field) -> str:
    """The name in its compared form; `written` is the clause's payload or the end of it."""
    foreign = _NEVER_IN_NAMES.search(written.text)
    if foreign is None:
        return _checked(written)
    message = say("{sign} cannot stand in a host name", sign=repr(foreign.group()))
    start, expected, fix = written.start, _NAME_EXPECTED, None
    if parse_address(written.text) is not None:
        message = say("an address is no name")
        start, fix = clause.kind.start, f"IP-CIDR,{written.text}"
    elif url := _URL.fullmatch(written.text):
        fix = url.group(1) or url.group(2)
    elif foreign.group() in "*?":
        start, fix = clause.kind.start, f"DOMAIN-WILDCARD,{clause.payload.text}"
    else:
        start += foreign.start()
    raise Fault(start, written.end, message, expected=expected, fix=fix)


def _checked(written: Field) -> str:
    if not written.text.strip("."):
        raise Fault(written.start, written.end, say("the name is missing"), expected=_NAME_EXPECTED)
    if _NEVER_IN_NAMES.search(written.text):
        raise Fault(written.start, written.end, say("not a host name"), expected=_NAME_EXPECTED)
    name = _mapped(written, normalise_host, _NAME_EXPECTED)
    if "" in name.split("."):
        fix = ".".join(label for label in written.text.split(".") if label)
        message = say("a dot with no name between it and the next")
        raise Fault(written.start, written.end, message, expected=_NAME_EXPECTED, fix=fix)
    if len(name) > MAX_NAME or max(map(len, name.split("."))) > MAX_LABEL:
        message = say(
            "longer than a name can be ({max_label} characters a label, {max_name} in all)",
            max_label=MAX_LABEL,
            max_name=MAX_NAME,
        )
        raise Fault(written.start, written.end, message, expected=_NAME_EXPECTED)
    return name


def domain_keyword(clause: Clause, remarks: list[Remark]) -> Condition:
    expected = say("a part of a host name, as in google")
    text = clause.payload.text
    if "*" in text or "?" in text:
        message = say("a keyword has no wildcards: it is found anywhere in a name as it is")
        fix = text.strip("*?") if not re.search(r"[*?]", text.strip("*?")) else None
        raise Fault(
            clause.payload.start, clause.payload.end, message, expected=expected, fix=fix or None
        )
    return DomainKeyword(_pattern(clause.payload, expected))


def domain_wildcard(clause: Clause, remarks: list[Remark]) -> Condition:
    return DomainWildcard(_pattern(clause.payload, say("a pattern, as in *.example.com")))


def _pattern(written: Field, expected: str) -> str:
    if not written.text:
        message = say("the text to look for is missing")
        raise Fault(written.start, written.end, message, expected=expected)
    foreign = _NEVER_IN_WILDCARDS.search(written.text)
    if foreign:
        at = written.start + foreign.start()
        message = say("{sign} cannot stand in a host name", sign=repr(foreign.group()))
        raise Fault(at, at + 1, message, expected=expected)
    if written.text.isascii():
        return written.text.lower()
    return _mapped(written, map_unicode, expected)


def _mapped(written: Field, mapping: Callable[[str], str], expected: str) -> str:
    try:
        return mapping(written.text)
    except ValueError as error:
        raise Fault(written.start, written.end, str(error), expected=expected) from error


def domain_regex(clause: Clause, remarks: list[Remark]) -> Condition:
    expected = say("a regular expression, as in ^ads?\\.example\\.com$")
    return DomainRegex(checked_regex(clause.payload, remarks, expected))


def checked_regex(written: Field, remarks: list[Remark], expected: str) -> str:
    """The pattern, where it can be read as one."""
    if not written.text:
        raise Fault(written.start, written.end, say("the pattern is missing"), expected=expected)
    try:
        compile_regex(written.text)
    except re.error as error:
        at = written.start + min(error.pos or 0, len(written.text))
        raise Fault(
            at, written.end, say("in the pattern: {why}", why=error.msg), expected=expected
        ) from error
    except (RecursionError, OverflowError) as error:
        message = say("the pattern is nested too deeply or repeats too often")
        raise Fault(written.start, written.end, message, expected=expected) from error
    if can_run_away(written.text):
        message = say("a repetition of a repetition takes endless time on some names")
        remarks.append(Remark(written.start, written.end, message))
    return written.text
