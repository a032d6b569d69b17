"""Rules, for front ends: asking them, taking one apart for a form, making one of a connection.

Nothing is connected and nothing is looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from byway_core.model.decision import Network, Query
from byway_core.model.profile import Profile
from byway_core.model.rule import Rule
from byway_core.rules.shape import HOST_KINDS, RuleFields, fields_of, text_of
from byway_core.rules.suggestion import How, Suggestion, program_of, suggestions

if TYPE_CHECKING:
    from byway_core.rules.compile import RuleSet

__all__ = [
    "HOST_KINDS",
    "Explanation",
    "How",
    "Question",
    "RuleFields",
    "Suggestion",
    "explain",
    "fields_of",
    "program_of",
    "suggestions",
    "text_of",
]


@dataclass(frozen=True, slots=True)
class Question:
    """As a user types it: `host` a name or an address, `address` what the name resolves to or "",
    `source` an address, with a port or without, or "", `process` a program's name, its whole path,
    or "", `user` its user's number or ""."""

    host: str
    address: str
    port: int
    network: Network
    source: str = ""
    process: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """`action` is DIRECT, REJECT or an upstream's name; `rule_index` counts from 0, and is None,
    with `rule` "", where no rule matches. `reasons` are sentences. `near` are rules before it that
    nearly decided or may yet, `later` those behind it that match too: index, rule, why."""

    action: str
    rule_index: int | None
    rule: str
    reasons: tuple[str, ...]
    near: tuple[tuple[int, str, str], ...]
    later: tuple[tuple[int, str], ...] = ()


def explain(
    profile: Profile, question: Question, chosen: Mapping[str, str] | None = None
) -> Explanation:
    """Where it would go, and why. `chosen`: members of select groups. ValueError, with words for
    the user, where the question is none. A list of 10,000 rules takes a fifth of a second at first.
    """
    # Here, not above: a front end shows rules long before it asks one.
    from byway_core.rules import reasons
    from byway_core.rules.explain import explain as explain_query
    from byway_core.rules.question import read_question

    query = read_question(
        question.host,
        question.address,
        str(question.port),
        question.network.value,
        question.source,
        question.process,
        question.user,
    )
    found = explain_query(_compiled(profile.rules), query)
    action = str(found.decision.action)
    near = [*reasons.nearly(found), *reasons.undecided(found)]
    return Explanation(
        action=action,
        rule_index=found.decision.rule_index,
        rule=found.rule.text if found.rule is not None else "",
        reasons=(
            *reasons.reasons(found, len(profile.rules)),
            *_of_group(profile, chosen or {}, action, query),
        ),
        near=tuple(sorted((each.index, each.rule, each.why) for each in near)),
        later=tuple((each.index, each.rule) for each in reasons.later(found)),
    )


def _of_group(
    profile: Profile, chosen: Mapping[str, str], action: str, query: Query
) -> tuple[str, ...]:
    if not profile.groups:
        return ()
    from byway_core.upstreams.foretold import foretell

    groups = {each.name: each for each in profile.groups}
    return tuple(foretell(groups, chosen, action, query))


@lru_cache(maxsize=1)  # one profile is asked again and again
def _compiled(rules: tuple[Rule, ...]) -> RuleSet:
    from byway_core.rules.compile import compile_rules

    return compile_rules(rules)
