"""`byway explain`: where would this go, and why? Asks the rules only; nothing is connected."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byway_core.model.decision import Process, Query
    from byway_core.model.profile import Profile
    from byway_core.rules.compile import RuleSet
    from byway_core.rules.explain import Explanation
    from byway_core.rules.reasons import Beside


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "explain",
        help="say which rule decides about a destination, and why",
        description="Names the rule that decides about HOST and PORT, and those before it that "
        "nearly did. With --batch, reads lines `host port [tcp|udp]` and answers each with a "
        "line of JSON, all for the process that --process and --uid name.",
    )
    parser.add_argument("--profile", metavar="FILE", help="the profile (default: your own)")
    parser.add_argument("host", metavar="HOST", nargs="?", help="a host name or an address")
    parser.add_argument("port", metavar="PORT", nargs="?", help="the destination's port")
    parser.add_argument("network", metavar="tcp|udp", nargs="?", help="default: tcp")
    parser.add_argument("--address", metavar="IP", help="the address that HOST resolves to")
    parser.add_argument("--source", metavar="IP[:PORT]", help="where the connection comes from")
    parser.add_argument("--process", metavar="NAME", help="the program's name or whole path")
    parser.add_argument("--uid", metavar="N", help="the number of the program's user")
    parser.add_argument("--batch", action="store_true", help="answer lines of standard input")
    parser.add_argument("--json", action="store_true", help="answer in JSON (--batch always does)")
    parser.set_defaults(run=run, usage_error=parser.error)


def run(args: argparse.Namespace) -> int:
    """Answer; 1 where the profile is not valid or a line of a batch could not be read."""
    if args.batch:
        if args.host or args.address or args.source:
            args.usage_error("--batch takes its questions from standard input")
        return _run_batch(args.profile, _process(args))
    query = _query(args)
    profile = _profile(args.profile)
    if profile is None:
        return 1

    from byway_core.rules.compile import compile_rules
    from byway_core.rules.explain import explain

    rules = compile_rules(profile.rules)
    explanation = explain(rules, query)
    asked = _asked_of(profile, rules, query.host)
    group = _group_of(profile, args.profile, explanation)
    if args.json:
        beside = {"names": asked, "group": group}
        print(json.dumps({**_as_json(explanation, args.host), **beside}, indent=2))
    else:
        print("\n".join(_in_words(explanation, len(rules.rules), asked, group)))
    return 0


def _run_batch(profile: str | None, process: Process | None) -> int:
    from byway_core.cli.explain_batch import answer_all

    read = _profile(profile)
    if read is None:
        return 1

    from byway_core.rules.compile import compile_rules

    try:
        rules = compile_rules(read.rules)
        done = answer_all(rules, process, sys.stdin.fileno(), sys.stdout.fileno())
        return 0 if done else 1
    except BrokenPipeError:
        return 0  # whoever asked has heard enough


def _profile(profile: str | None) -> Profile | None:
    """The profile; None after what is wrong with it was printed to stderr."""
    from byway_core.cli.check import report
    from byway_core.config.load import load
    from byway_core.config.paths import default_profile
    from byway_core.model.errors import ProfileError

    file = profile if profile is not None else str(default_profile())
    try:
        return load(file)[0]
    except ProfileError as error:
        report(file, error.problems)
        return None


def _group_of(profile: Profile, file: str | None, found: Explanation) -> list[str]:
    """What the group does that the rule names, if it names one: sentences."""
    if not profile.groups:
        return []
    from pathlib import Path

    from byway_core.config.group_choices import read_choices
    from byway_core.config.paths import default_profile
    from byway_core.upstreams.foretold import foretell

    groups = {each.name: each for each in profile.groups}
    chosen = read_choices(Path(file) if file else default_profile())
    return list(foretell(groups, chosen, str(found.decision.action), found.query))


def _asked_of(profile: Profile, rules: RuleSet, host: str) -> str:
    """Who is asked for the addresses of the name; "" where nobody is, or there is no choice."""
    from byway_core.engine.own_names import choice_of, fake_choice_of
    from byway_core.engine.tunnels import Tunnels
    from byway_core.upstreams.gateway import Gateway
    from byway_core.upstreams.standing import Standing

    dns = profile.dns
    if not host or not (dns.servers or dns.rules or dns.hosts or dns.fake_addresses):
        return ""
    if host in dict(dns.hosts):
        return "dns.hosts of the profile"
    gateways = {each.name: Gateway.of(each, None) for each in profile.upstreams}
    groups = {each.name: each for each in profile.groups}
    choice = choice_of(dns, Tunnels(gateways, groups, Standing()))
    asked = choice.described(host)
    fakes = fake_choice_of(profile, rules, choice)
    if fakes is None:
        return asked
    if fakes.covers(host):
        return f"nobody: programs get fake ones. Where Byway itself needs them, of {asked}"
    why = fakes.reason(host) or "the network completes such names"
    return f"{asked}; no fake ones, for {why}"


def _query(args: argparse.Namespace) -> Query:
    """The question; ends the program with the usage where it is none."""
    from byway_core.rules.question import read_question

    if args.host is None or args.port is None:
        args.usage_error("HOST and PORT are missing")
    try:
        return read_question(
            args.host,
            args.address or "",
            args.port,
            args.network or "tcp",
            args.source or "",
            args.process or "",
            args.uid or "",
        )
    except ValueError as error:
        args.usage_error(str(error))
        raise


def _process(args: argparse.Namespace) -> Process | None:
    """Of all questions of a batch; ends the program where it can be none."""
    from byway_core.rules.question import read_process

    try:
        return read_process(args.process or "", args.uid or "")
    except ValueError as error:
        args.usage_error(str(error))
        raise


def _as_json(found: Explanation, host: str) -> dict[str, object]:
    from byway_core.rules.reasons import fact_names

    query, process = found.query, found.query.process
    return {
        "host": host,
        "port": query.port,
        "network": query.network.value,
        "address": str(query.address) if query.address else None,
        "source": str(query.source) if query.source else None,
        "source_port": query.source_port,
        "process": (process.path or process.name or None) if process else None,
        "uid": process.uid if process and process.uid >= 0 else None,
        "action": str(found.decision.action),
        "rule": found.rule.text if found.rule else None,
        "index": found.decision.rule_index,
        "resolves": [query.host] if found.wants_address else [],
        "by_absence": fact_names(found.by_absence),
        "host_matters": found.host_matters,
        "process_matters": found.process_matters,
        "near": [
            {"index": near.index, "rule": near.rule.text, "reason": near.reason}
            for near in found.near
        ],
        "open": [
            {"index": each.index, "rule": each.rule.text, "needs": fact_names(each.facts)}
            for each in found.open
        ],
        "later": [{"index": index, "rule": rule.text} for index, rule in found.later],
    }


# Enough to see what is going on; JSON has them all.
_SHOWN = 20


def _in_words(found: Explanation, count: int, asked: str, group: list[str]) -> list[str]:
    from byway_core.rules import reasons
    from byway_core.rules.facts import Fact

    how_to_say = {
        Fact.HOST: "HOST as a name",
        Fact.ADDRESS: "--address IP",
        Fact.SOURCE: "--source IP",
        Fact.SOURCE_PORT: "--source IP:PORT",
        Fact.PROCESS: "--process NAME",
        Fact.PROCESS_PATH: "--process PATH",
        Fact.USER: "--uid N",
    }
    words = [reasons.headline(found)]
    words += (f"  {line}" for line in reasons.reasons(found, count))
    words += (f"  {line}" for line in group)
    if asked:
        words.append(f"  its addresses are asked of {asked}")
    words += _listed("Nearly decided before it:", reasons.nearly(found))
    words += _listed(
        "Before it, and open without what is not known:", reasons.undecided(found, how_to_say)
    )
    words += _listed("Match too, but come later:", reasons.later(found))
    return words


def _listed(title: str, rules: list[Beside]) -> list[str]:
    if not rules:
        return []
    words = ["", title]
    for each in rules[:_SHOWN]:
        words.append(f"  rule {each.index + 1}: {each.rule}")
        if each.why:
            words.append(f"      {each.why}")
    if len(rules) > _SHOWN:
        words.append(f"  … and {len(rules) - _SHOWN} more (--json lists all)")
    return words
