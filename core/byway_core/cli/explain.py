"""`byway explain`: where would this go, and why? Asks the rules only; nothing is connected."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byway_core.model.decision import Address, Network, Query
    from byway_core.rules.compile import RuleSet
    from byway_core.rules.explain import Explanation
    from byway_core.rules.facts import Fact


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "explain",
        help="say which rule decides about a destination, and why",
        description="Names the rule that decides about HOST and PORT, and those before it that "
        "nearly did. With --batch, reads lines `host port [tcp|udp]` and answers each with a "
        "line of JSON.",
    )
    parser.add_argument("--profile", metavar="FILE", help="the profile (default: your own)")
    parser.add_argument("host", metavar="HOST", nargs="?", help="a host name or an address")
    parser.add_argument("port", metavar="PORT", nargs="?", help="the destination's port")
    parser.add_argument("network", metavar="tcp|udp", nargs="?", help="default: tcp")
    parser.add_argument("--address", metavar="IP", help="the address that HOST resolves to")
    parser.add_argument("--source", metavar="IP[:PORT]", help="where the connection comes from")
    parser.add_argument("--batch", action="store_true", help="answer lines of standard input")
    parser.add_argument("--json", action="store_true", help="answer in JSON (--batch always does)")
    parser.set_defaults(run=run, usage_error=parser.error)


def run(args: argparse.Namespace) -> int:
    """Answer; 1 where the profile is not valid or a line of a batch could not be read."""
    if args.batch:
        if args.host or args.address or args.source:
            args.usage_error("--batch takes its questions from standard input")
        return _run_batch(args.profile)
    query = _query(args)
    rules = _rules(args.profile)
    if rules is None:
        return 1

    from byway_core.rules.explain import explain

    explanation = explain(rules, query)
    if args.json:
        print(json.dumps(_as_json(explanation, args.host), indent=2))
    else:
        print("\n".join(_in_words(explanation, len(rules.rules))))
    return 0


def _run_batch(profile: str | None) -> int:
    from byway_core.cli.explain_batch import answer_all

    rules = _rules(profile)
    if rules is None:
        return 1
    try:
        return 0 if answer_all(rules, sys.stdin.fileno(), sys.stdout.fileno()) else 1
    except BrokenPipeError:
        return 0  # whoever asked has heard enough


def _rules(profile: str | None) -> RuleSet | None:
    """The profile's rules; None after what is wrong with it was printed to stderr."""
    from byway_core.cli.check import report
    from byway_core.config.load import load
    from byway_core.config.paths import default_profile
    from byway_core.model.errors import ProfileError
    from byway_core.rules.compile import compile_rules

    file = profile if profile is not None else str(default_profile())
    try:
        return compile_rules(load(file)[0].rules)
    except ProfileError as error:
        report(file, error.problems)
        return None


def _query(args: argparse.Namespace) -> Query:
    """The question; ends the program with the usage where it is none."""
    from byway_core.model.decision import Query
    from byway_core.rules.names import parse_address, parse_destination

    if args.host is None or args.port is None:
        args.usage_error("HOST and PORT are missing")
    try:
        host, address = parse_destination(args.host)
    except ValueError as error:
        args.usage_error(str(error))
    if args.address is not None:
        if address is not None:
            args.usage_error("HOST is an address already")
        address = parse_address(args.address)
        if address is None:
            args.usage_error(f"{args.address} is no address")
    port = _port(args, args.port)
    source, source_port = _source(args)
    return Query(host, address, port, _network(args), source, source_port)


def _network(args: argparse.Namespace) -> Network:
    from byway_core.model.decision import Network

    try:
        return Network((args.network or "tcp").lower())
    except ValueError:
        args.usage_error(f"{args.network} is no network: tcp or udp")
        raise


def _port(args: argparse.Namespace, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 0xFFFF):
        args.usage_error(f"{text} is no port")
    return int(text)


def _source(args: argparse.Namespace) -> tuple[Address | None, int | None]:
    from byway_core.rules.names import parse_address

    if args.source is None:
        return None, None
    address = parse_address(args.source)
    if address is not None:
        return address, None
    host, _, port = args.source.rpartition(":")
    address = parse_address(host)
    if address is None:
        args.usage_error(f"{args.source} is no address, nor one with a port")
    return address, _port(args, port)


def _fact_names(facts: frozenset[Fact]) -> list[str]:
    return sorted(fact.value for fact in facts)


def _as_json(found: Explanation, host: str) -> dict[str, object]:
    query = found.query
    return {
        "host": host,
        "port": query.port,
        "network": query.network.value,
        "address": str(query.address) if query.address else None,
        "source": str(query.source) if query.source else None,
        "source_port": query.source_port,
        "action": str(found.decision.action),
        "rule": found.rule.text if found.rule else None,
        "index": found.decision.rule_index,
        "resolves": [query.host] if found.wants_address else [],
        "by_absence": _fact_names(found.by_absence),
        "host_matters": found.host_matters,
        "near": [
            {"index": near.index, "rule": near.rule.text, "reason": near.reason}
            for near in found.near
        ],
        "open": [
            {"index": each.index, "rule": each.rule.text, "needs": _fact_names(each.facts)}
            for each in found.open
        ],
        "later": [{"index": index, "rule": rule.text} for index, rule in found.later],
    }


# Enough to see what is going on; JSON has them all.
_SHOWN = 20
_HOW_TO_SAY = {
    "host": "HOST as a name",
    "address": "--address IP",
    "source": "--source IP",
    "source port": "--source IP:PORT",
}


def _in_words(found: Explanation, count: int) -> list[str]:
    query, index = found.query, found.decision.rule_index
    place = query.host or str(query.address)
    if query.host and query.address is not None:
        place += f" ({query.address})"
    words = [f"{place} port {query.port} {query.network.value}: {found.decision.action}"]
    if found.rule is None or index is None:
        words.append("  no rule matches; the default is DIRECT")
    else:
        words.append(f"  decided by rule {index + 1} of {count}: {found.rule.text}")
    if found.by_absence:
        lacking = " and ".join(_fact_names(found.by_absence))
        words.append(f"  it holds because no {lacking} is known")
    if found.wants_address:
        words.append(f"  a rule says resolve: {query.host} is looked up first, which may change it")
    if found.host_matters:
        words.append("  the name is not known; learning it (DNS, TLS, HTTP) could change this")
    words += _listed(
        "Nearly decided before it:",
        [(near.index, near.rule.text, near.reason) for near in found.near],
    )
    words += _listed(
        "Before it, and open without what is not known:",
        [(each.index, each.rule.text, _needs(each.facts)) for each in found.open],
    )
    words += _listed(
        "Match too, but come later:", [(later, rule.text, "") for later, rule in found.later]
    )
    return words


def _needs(facts: frozenset[Fact]) -> str:
    names = _fact_names(facts)
    hints = ", ".join(_HOW_TO_SAY[name] for name in names)
    return f"needs the {' and the '.join(names)} ({hints})"


def _listed(title: str, entries: list[tuple[int, str, str]]) -> list[str]:
    if not entries:
        return []
    words = ["", title]
    for index, rule, reason in entries[:_SHOWN]:
        words.append(f"  rule {index + 1}: {rule}")
        if reason:
            words.append(f"      {reason}")
    if len(entries) > _SHOWN:
        words.append(f"  … and {len(entries) - _SHOWN} more (--json lists all)")
    return words
