"""`[[dns.resolver]]` and `dns.rules`: servers with a name, and which names they are asked for."""

from __future__ import annotations

from collections.abc import Iterable

from byway_core.config.findings import Findings
from byway_core.config.name_field import read_name
from byway_core.config.nameserver_entry import SYSTEM, Ways
from byway_core.config.positions import Path
from byway_core.config.rule_section import Targets, read_one, warn_of_shadowed
from byway_core.config.section import Section, type_name
from byway_core.config.server_list import read_servers
from byway_core.model.errors import Problem
from byway_core.model.profile import DnsResolver
from byway_core.model.rule import (
    Always,
    And,
    Condition,
    Domain,
    DomainKeyword,
    DomainRegex,
    DomainSuffix,
    DomainWildcard,
    Not,
    Or,
    Rule,
)
from byway_core.model.sentence import say

_KEYS = ("name", "servers")
_RULES = "rules"
_EXPECTED = say('a list of rules, as in ["DOMAIN-SUFFIX,corp.example,corp"]')
# As many as a profile may have of its other rules are not names that somebody keeps apart.
_MAX_RULES = 10_000
_ON_NAMES = (Domain, DomainSuffix, DomainKeyword, DomainWildcard, DomainRegex)
_NAMES_EXPECTED = say("DOMAIN, DOMAIN-SUFFIX, DOMAIN-KEYWORD, DOMAIN-WILDCARD or DOMAIN-REGEX")


def read_resolvers(section: Section, ways: Ways) -> tuple[tuple[DnsResolver, ...], list[str]]:
    """The resolvers that are right, and the names of all."""
    value = section.raw("resolver")
    if value is None:
        return (), []
    path = (*section.path, "resolver")
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        message = say("resolver is {type}", type=type_name(value))
        section.findings.error(
            path, message, expected=say("a table for each"), nearest="[[dns.resolver]]", at_key=True
        )
        return (), []
    resolvers: list[DnsResolver] = []
    names: list[str] = []
    for number, table in enumerate(value):
        own = Section(section.findings, (*path, number), table, _KEYS)
        nouns = say("the resolver"), say("a resolver")
        name = read_name(own, names, nouns, (SYSTEM,))
        if not own.has("servers"):
            own.error("servers", say("the servers are missing"), expected='servers = ["192.0.2.1"]')
        servers = read_servers(own, ways)
        if name is not None:
            names.append(name)
            resolvers.append(DnsResolver(name, servers))
    return tuple(resolvers), names


def read_name_rules(section: Section, resolvers: list[str]) -> tuple[Rule, ...]:
    """The rules in their order; wrong ones are reported, and never match."""
    value = section.raw(_RULES)
    if value is None:
        value = []
    if not isinstance(value, list):
        section.error(_RULES, say("rules is {type}", type=type_name(value)), expected=_EXPECTED)
        return ()
    if len(value) > _MAX_RULES:
        section.error(
            _RULES,
            say("{n} rules", n=len(value)),
            expected=say("at most {most}", most=_MAX_RULES),
        )
        return ()
    path = (*section.path, _RULES)
    rules = [
        _read_rule(section.findings, (*path, number), text, resolvers)
        for number, text in enumerate(value)
    ]
    warn_of_shadowed(section.findings, path, rules)
    _warn_of_idle(section, resolvers, rules)
    return tuple(rules)


def check_name_rule(text: str, resolvers: Iterable[str]) -> tuple[Problem, ...]:
    """What is wrong with a rule of `dns.rules`, by its place in `text`; `resolvers` are those that
    it may name, beside the system's."""
    findings = Findings()
    _read_rule(findings, (_RULES, 0), text, resolvers)
    return findings.problems_of_line()


def _read_rule(findings: Findings, path: Path, text: object, resolvers: Iterable[str]) -> Rule:
    rule = read_one(findings, path, text, Targets(say("resolver"), (*resolvers, SYSTEM)))
    if rule.enabled:
        _check_condition(findings, path, rule.condition)
    return rule


def _check_condition(findings: Findings, path: Path, condition: Condition) -> None:
    if isinstance(condition, Always):
        message = say("what no rule matches is asked of dns.servers")
        findings.error(path, message, expected=say("dns.servers for all the rest"))
    elif not _is_on_names(condition):
        message = say("a question has a name, and neither port nor address")
        findings.error(path, message, expected=_NAMES_EXPECTED)


def _is_on_names(condition: Condition) -> bool:
    if isinstance(condition, And | Or):
        return all(map(_is_on_names, condition.parts))
    if isinstance(condition, Not):
        return _is_on_names(condition.part)
    return isinstance(condition, _ON_NAMES)


def _warn_of_idle(section: Section, resolvers: list[str], rules: list[Rule]) -> None:
    used = {rule.action.upstream for rule in rules}
    for number, name in enumerate(resolvers):
        if name not in used and not section.findings.has_errors:
            path = (*section.path, "resolver", number)
            section.findings.warn(
                path, say("no rule of dns.rules names the resolver {name}", name=name)
            )
