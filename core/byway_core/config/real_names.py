"""`dns.real_names`: which names never get fake addresses, as patterns."""

from __future__ import annotations

from byway_core.config.section import Section, type_name
from byway_core.model.rule import Condition
from byway_core.model.sentence import say
from byway_core.rules.faults import Fault
from byway_core.rules.grammar import Clause, Field
from byway_core.rules.name_payloads import domain_suffix, domain_wildcard

_KEY = "real_names"
_EXPECTED = say('names and patterns, as in ["*.example.com", "+.example.net"]')
# Each is asked once for a name; more is a list of its own, and a matter for the rules.
_MOST = 1000
_WITH_ALL_BELOW = "+."


def read_real_names(section: Section) -> tuple[Condition, ...]:
    """A condition on names for each; wrong ones are reported and left out."""
    value = section.raw(_KEY)
    if value is None:
        return ()
    if not isinstance(value, list):
        nearest = f'{_KEY} = ["{value}"]' if isinstance(value, str) else ""
        message = say("{key} is {what}", key=_KEY, what=type_name(value))
        section.error(_KEY, message, expected=_EXPECTED, nearest=nearest)
        return ()
    if len(value) > _MOST:
        message = say("{count} names", count=len(value))
        section.error(_KEY, message, expected=say("at most {most}", most=_MOST))
    if value and section.raw("fake_addresses") is not True:
        section.warn(_KEY, say("real_names without fake_addresses = true: all are real anyhow"))
    found = []
    for number, text in enumerate(value):
        path = (*section.path, _KEY, number)
        if not isinstance(text, str):
            message = say("this is {what}", what=type_name(text))
            section.findings.error(path, message, expected=_EXPECTED)
            continue
        try:
            found.append(_condition(text))
        except Fault as fault:
            section.findings.error(path, fault.message, expected=_EXPECTED, offset=fault.start)
    return tuple(found)


def _condition(text: str) -> Condition:
    """`+.x` is x and all below, as lists for Clash have it; `*` and `?` are DOMAIN-WILDCARD's.
    Fault where it is no pattern of names."""
    if text.startswith(_WITH_ALL_BELOW):
        return domain_suffix(Clause(Field("DOMAIN-SUFFIX", 0), Field(text, 0)), [])
    return domain_wildcard(Clause(Field("DOMAIN-WILDCARD", 0), Field(text, 0)), [])
