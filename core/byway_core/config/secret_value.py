"""How a password is written in a profile: where it is to be had, or, unwisely, as it is."""

from __future__ import annotations

from byway_core.config.section import Section, type_name
from byway_core.model.sentence import say
from byway_core.model.upstream import Secret, SecretSource
from byway_core.rules.faults import closest

_SOURCES = {
    "env": SecretSource.ENV,
    "file": SecretSource.FILE,
    "keyring": SecretSource.KEYRING,
}
_EXPECTED = say('{ env = "NAME" }, { file = "path" } or { keyring = "entry" }')


def read_secret(section: Section, key: str) -> Secret | None:
    """The secret at `key`; None where there is none, or a wrong one, which is reported."""
    value = section.raw(key)
    if value is None:
        return None
    if isinstance(value, str):
        if value:  # an empty one gives nothing away
            section.warn(
                key,
                say("the password stands in the profile for everyone who can read the file"),
                expected=_EXPECTED,
            )
        return Secret(SecretSource.LITERAL, value)
    if not isinstance(value, dict):
        section.error(
            key,
            say("{key} is {type}", key=key, type=type_name(value)),
            expected=_EXPECTED,
        )
        return None
    return _read_reference(section, key, value)


def _read_reference(section: Section, key: str, table: dict[str, object]) -> Secret | None:
    findings, path = section.findings, (*section.path, key)
    known = [name for name in table if name in _SOURCES]
    for name in table:
        if name not in _SOURCES:
            findings.error(
                (*path, name),
                say("a password does not come from {name}", name=name),
                expected=_EXPECTED,
                nearest=closest(name, _SOURCES) or "",
                at_key=True,
            )
    if len(known) != 1:
        if len(known) == len(table):
            message = say("a password has one source")
            if known:
                message = say("a password has one source, not several")
            section.error(key, message, expected=_EXPECTED)
        return None
    reference = table[known[0]]
    if not isinstance(reference, str) or not reference or "\0" in reference:
        message = say("{key} is {type}", key=known[0], type=type_name(reference))
        if isinstance(reference, str):
            message = (
                say("{key} is empty", key=known[0])
                if not reference
                else say("a NUL in {key}", key=known[0])
            )
        findings.error((*path, known[0]), message, expected=say("a string that is not empty"))
        return None
    return Secret(_SOURCES[known[0]], reference)
