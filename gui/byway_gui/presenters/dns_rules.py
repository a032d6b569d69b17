"""The profile's resolvers and the rules on names that choose among them: what is there, what can be
done to them, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from byway_core.api.dns_table import SYSTEM, check_name_rule, check_resolver
from byway_core.api.profiles import Draft, RuleLine
from byway_core.api.rules import RuleFields
from byway_core.api.targets import target_of, with_target
from byway_core.model.errors import Problem
from byway_gui.presenters.dns import server_text
from byway_gui.presenters.rules import Column, cell
from byway_gui.presenters.upstreams import problem_text, used_by
from byway_gui.words import joined, tr

Table = Mapping[str, object]
_RULES, _RESOLVERS = ("dns", "rules"), ("dns", "resolver")
_NAME, _SERVERS = "name", "servers"


def about() -> str:
    """What they are for."""
    return tr(
        "Some names are known to a company's or a home's own servers only. The first rule that "
        "matches says which resolver is asked; all other names are asked of the servers."
    )


def no_rules(*, has_resolvers: bool) -> str:
    if has_resolvers:
        return tr(
            "No rules yet: every name is asked of the servers. Add one for a resolver's names."
        )
    return tr("No rules yet: every name is asked of the servers. Add a resolver first, below.")


def no_resolvers() -> str:
    return tr("No resolvers yet. A resolver is a name for servers that some names are asked of.")


def resolver_words(name: str) -> str:
    return tr("the system's own servers") if name == SYSTEM else name


# -- what is there


def resolvers_of(draft: Draft | None) -> tuple[Table, ...]:
    return () if draft is None else draft.tables(*_RESOLVERS)


def name_of(table: Table) -> str:
    return str(table.get(_NAME, ""))


def servers_in(table: Table) -> tuple[object, ...]:
    value = table.get(_SERVERS)
    return tuple(value) if isinstance(value, list) else ()


def rules_of(draft: Draft | None) -> tuple[RuleLine, ...]:
    return tuple(map(_line, _written(draft)))


def count_of_rules(draft: Draft | None, name: str) -> int:
    """How many name that resolver."""
    return sum(target_of(line.text) == name for line in rules_of(draft))


def resolver_row(draft: Draft | None, table: Table) -> tuple[str, str, str]:
    name = name_of(table)
    servers = ", ".join(map(server_text, servers_in(table)))
    return name, servers, used_by(count_of_rules(draft, name))


def rule_row(line: RuleLine) -> tuple[str, str]:
    resolver = resolver_words(target_of(line.text))
    return (
        cell(line, Column.HOSTS, 0),
        resolver if line.enabled else tr("{name} (turned off)", name=resolver),
    )


# -- what can be done


def with_rule(draft: Draft, place: int | None, line: RuleLine) -> Draft:
    """With a rule in place of that one, or behind all."""
    rules = _written(draft)
    text = line.text if line.enabled else f"# {line.text}"
    if place is None:
        rules.append(text)
    elif _line(rules[place]) != line:
        rules[place] = text
    return draft.with_value(rules, *_RULES)


def without_rule(draft: Draft, place: int) -> Draft:
    rules = _written(draft)
    del rules[place]
    return draft.with_value(rules or None, *_RULES)


def moved_rule(draft: Draft, place: int, to: int) -> Draft:
    rules = _written(draft)
    rules.insert(to, rules.pop(place))
    return draft.with_value(rules, *_RULES)


def with_resolver(draft: Draft, place: int | None, name: str, servers: Sequence[object]) -> Draft:
    """With a resolver in place of that one, whose rules follow to its name, or behind all."""
    members = _members(draft)
    table: Table = {_NAME: name, _SERVERS: list(servers)}
    if place is None:
        return draft.with_tables([*members, (None, table)], *_RESOLVERS)
    former = name_of(members[place][1])
    members[place] = (former, {**members[place][1], **table})
    rules = [
        with_target(str(rule), name) if target_of(str(rule)) == former else rule
        for rule in _written(draft)
    ]
    changed = draft.with_tables(members, *_RESOLVERS)
    return changed.with_value(rules, *_RULES) if rules else changed


def without_resolver(draft: Draft, place: int) -> Draft:
    """Without it, nor the rules that name it: what they match is asked as all other names are."""
    members = _members(draft)
    former = name_of(members.pop(place)[1])
    rules = _written(draft)
    left = [rule for rule in rules if target_of(str(rule)) != former]
    changed = draft.with_tables(members, *_RESOLVERS)
    return changed if left == rules else changed.with_value(left or None, *_RULES)


# -- what is wrong


def resolver_errors(
    name: str, servers: Sequence[object], others: Sequence[str], upstreams: Sequence[str]
) -> tuple[str, str]:
    """What is wrong with the name and with the servers."""
    found = check_resolver(name, servers, others, upstreams)
    return _sentences(found.name), _sentences(found.servers)


def rule_errors(line: RuleLine, resolvers: Sequence[str]) -> str:
    """What is wrong with a rule; "" where nothing is. `resolvers`: all that it may name."""
    if not line.text:
        return tr("Which names? One at least.")
    found = check_name_rule(line.text, [name for name in resolvers if name != SYSTEM])
    return "\n".join(
        joined(
            problem_text(problem),
            tr("Nearest: {rule}", rule=problem.nearest) if problem.nearest else "",
        )
        for problem in found
    )


def is_on_hosts(fields: RuleFields) -> bool:
    """Whether hosts are all that it asks for."""
    return fields == RuleFields(fields.hosts, target=fields.target)


def _sentences(problems: Sequence[Problem]) -> str:
    return "\n".join(map(problem_text, problems))


def _written(draft: Draft | None) -> list[object]:
    value = None if draft is None else draft.value(*_RULES)
    return list(value) if isinstance(value, list) else []


def _line(value: object) -> RuleLine:
    text = str(value).lstrip()
    return RuleLine(text[1:].lstrip(), False) if text.startswith("#") else RuleLine(str(value))


def _members(draft: Draft) -> list[tuple[str | None, Table]]:
    return [(name_of(table) or None, table) for table in draft.tables(*_RESOLVERS)]
