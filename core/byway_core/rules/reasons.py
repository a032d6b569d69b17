"""An explanation in a user's words, as sentences; how they are laid out is the front end's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from byway_core.model.sentence import one_and, say
from byway_core.rules.explain import Explanation
from byway_core.rules.facts import Fact


@dataclass(frozen=True, slots=True)
class Beside:
    """A rule that did not decide, by its place from 0, and why it is told; "" where that is plain
    from the list it is in."""

    index: int
    rule: str
    why: str = ""


def headline(found: Explanation) -> str:
    """The question and the answer."""
    query = found.query
    place = query.host or str(query.address)
    if query.host and query.address is not None:
        place += f" ({query.address})"
    return say(
        "{place} port {port} {network}: {action}",
        place=place,
        port=query.port,
        network=query.network.value,
        action=found.decision.action,
    )


def reasons(found: Explanation, count: int) -> list[str]:
    """Which of `count` rules decided, and what could still change it: a line each."""
    index = found.decision.rule_index
    if found.rule is None or index is None:
        lines: list[str] = [say("no rule matches; the default is DIRECT")]
    else:
        lines = [
            say(
                "decided by rule {index} of {count}: {text}",
                index=index + 1,
                count=count,
                text=found.rule.text,
            )
        ]
    if found.by_absence:
        lacking = one_and(fact_names(found.by_absence))
        lines.append(say("it holds because no {lacking} is known", lacking=lacking))
    if found.wants_address:
        host = found.query.host
        lines.append(
            say("a rule says resolve: {host} is looked up first, which may change it", host=host)
        )
    if found.host_matters:
        lines.append(
            say("the name is not known; learning it (DNS, TLS, HTTP, QUIC) could change this")
        )
    if found.process_matters:
        lines.append(say("the process is not known; which one it is could change this"))
    return lines


def nearly(found: Explanation) -> list[Beside]:
    """The rules before the deciding one that did not match for little."""
    return [Beside(near.index, near.rule.text, near.reason) for near in found.near]


def undecided(found: Explanation, hints: Mapping[Fact, str] | None = None) -> list[Beside]:
    """Those before it that may match once more is known. `hints` are how to say each fact."""
    return [Beside(each.index, each.rule.text, _needs(each.facts, hints)) for each in found.open]


def later(found: Explanation) -> list[Beside]:
    """Those behind it that match too."""
    return [Beside(index, rule.text) for index, rule in found.later]


def fact_names(facts: frozenset[Fact]) -> list[str]:
    return sorted(fact.value for fact in facts)


def _needs(facts: frozenset[Fact], hints: Mapping[Fact, str] | None) -> str:
    ordered = sorted(facts, key=lambda fact: fact.value)
    needs = say(
        "needs {facts}", facts=one_and(say("the {fact}", fact=each.value) for each in ordered)
    )
    if not hints:
        return needs
    return say("{needs} ({hints})", needs=needs, hints=", ".join(hints[fact] for fact in ordered))
