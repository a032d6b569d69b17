"""`byway leaktest`: does anything leave by another way than the rules say?"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from byway_core.flatpak import is_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byway_core.leaktest.rehearsal import Rehearsed
    from byway_core.leaktest.stage import Mode
    from byway_core.leaktest.verdict import Trial
    from byway_core.model.profile import Profile

_KINDS = {"names": "names", "tcp": "TCP", "udp": "UDP", "quic": "QUIC"}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "leaktest",
        help="try out whether anything leaves by another way than the rules say",
        description="Runs the profile on this machine's kernel between an Internet of its own and "
        "a program that knows of no proxy, and reads every packet: names, TCP, UDP and QUIC, IPv4 "
        "and IPv6, for a destination of each rule that names one. Nothing is sent to any real "
        "network, and it needs no root. With --here on the real machine instead, under the `byway "
        "up` that is in force: which way each leaves, to addresses that nobody has. Only root may "
        "read packets there.",
        epilog="Exit status: 0 no leak, 1 a leak, 2 it could not be tried.",
    )
    parser.add_argument("--profile", metavar="FILE", help="the profile (default: your own)")
    parser.add_argument(
        "--only",
        choices=("run", "up"),
        help="as a program of `byway run` or of a machine under `byway up` (default: both)",
    )
    parser.add_argument(
        "--here", action="store_true", help="on this machine as it is, under `byway up`"
    )
    parser.add_argument("--json", action="store_true", help="a line of JSON for each trial")
    parser.set_defaults(run=run, usage_error=parser.error)


def run(args: argparse.Namespace) -> int:
    from pathlib import Path

    from byway_core.api.profiles import default_profile, read_profile
    from byway_core.cli.check import report
    from byway_core.config.load import decode, read_bytes
    from byway_core.leaktest.stage import Mode
    from byway_core.model.errors import InterceptError, ProfileError

    if args.here:
        if args.profile or args.only:
            args.usage_error("--here is about the profile of the `byway up` that is in force")
        return _run_here(as_json=args.json)
    file = Path(args.profile) if args.profile else default_profile()
    try:
        profile = read_profile(file).value
        text = decode(str(file), read_bytes(file))
    except ProfileError as error:
        report(str(file), error.problems)
        return 2
    modes = [Mode(args.only)] if args.only else list(Mode)
    leaking = False
    for mode in modes:
        try:
            leaking |= _tell(text, profile, mode, as_json=args.json)
        except InterceptError as error:
            print(f"byway leaktest: {error}", file=sys.stderr)
            return 2
    return int(leaking)


def _run_here(*, as_json: bool) -> int:
    from pathlib import Path

    from byway_core.api.profiles import read_profile
    from byway_core.cli.check import report
    from byway_core.cli.engines import engines_of_caller
    from byway_core.leaktest.here import observe
    from byway_core.model.errors import BywayError, ProfileError

    with engines_of_caller() as engines:
        engine = next((each for each in engines if each.hello.kind == "machine"), None)
        if engine is None:
            print("byway leaktest: no `byway up` of yours is in force", file=sys.stderr)
            return 2
        try:
            file = engine.status().profile
            profile = read_profile(Path(file)).value
            rehearsed, packets_read = observe(engine, profile)
        except ProfileError as error:
            report(file, error.problems)
            return 2
        except (BywayError, OSError) as error:
            print(f"byway leaktest: {error}", file=sys.stderr)
            return 2
    _show(rehearsed, "here", "This machine, under the `byway up` in force:", as_json=as_json)
    if not packets_read:
        unseen = "Names, and what passes by the engine's sockets, can only be seen by root"
        cure = "not from a Flatpak" if is_here() else "sudo byway leaktest --here"
        print(f"{unseen}: {cure}", file=sys.stderr)
    return int(_is_leaking(rehearsed))


def _tell(text: str, profile: Profile, mode: Mode, *, as_json: bool) -> bool:
    """Try and tell; whether something leaks."""
    from byway_core.leaktest.rehearsal import rehearse

    rehearsed = rehearse(text, profile, mode)
    _show(rehearsed, mode.value, f"A program under `byway {mode.value}`:", as_json=as_json)
    return _is_leaking(rehearsed)


def _is_leaking(rehearsed: Rehearsed) -> bool:
    from byway_core.leaktest.verdict import leaks

    return bool(leaks(rehearsed.trials))


def _show(rehearsed: Rehearsed, mode: str, heading: str, *, as_json: bool) -> None:
    from byway_core.leaktest.verdict import as_json as in_json

    if as_json:
        for trial in rehearsed.trials:
            print(json.dumps({"mode": mode, **in_json(trial)}), flush=True)
    else:
        print("\n".join(_in_words(rehearsed, heading)), flush=True)


def _in_words(rehearsed: Rehearsed, heading: str) -> Iterator[str]:
    from byway_core.leaktest.verdict import Judgement, leaks

    yield heading
    for target, trials in groupby(rehearsed.trials, lambda trial: trial.target):
        of_it = list(trials)
        yield f"\n  {target.label}, by the rules {_by_the_rules(of_it)}"
        for kind, each in groupby(of_it, lambda trial: trial.kind):
            yield from (f"    {_KINDS[kind]:<6} {line}" for line in _lines(list(each)))
    yield ""
    if rehearsed.left_out:
        yield f"{rehearsed.left_out} more rules name a destination; they were not tried."
    found = leaks(rehearsed.trials)
    stuck = sum(trial.judgement is Judgement.STUCK for trial in rehearsed.trials)
    if stuck:
        yield f"{stuck} of {len(rehearsed.trials)} trials did not get through, and should."
    yield _sum(found, len(rehearsed.trials))


def _sum(found: list[Trial], count: int) -> str:
    names = sum(trial.kind == "names" for trial in found)
    if not found:
        return f"No leak: {count} trials went as the rules say.\n"
    said = f"{len(found)} of {count} trials LEAK."
    if names:
        said += (
            f" {names} of them are names that were asked in clear: everybody on the way reads "
            "them. Let the profile ask servers of your own choice through an upstream."
        )
    return said + "\n"


def _by_the_rules(trials: list[Trial]) -> str:
    """What they say; with the kind of traffic where that makes a difference."""
    said = {trial.rules: trial.kind for trial in reversed(trials)}
    if len(said) == 1:
        return next(iter(said))
    return ", ".join(f"{rules} ({_KINDS[kind]})" for rules, kind in said.items())


def _lines(trials: list[Trial]) -> Iterator[str]:
    """One for each way; IPv4 and IPv6 in one where they are alike."""
    words = [(trial.family, _words(trial)) for trial in trials]
    if len({said for _, said in words}) == 1:
        yield words[0][1]
    else:
        yield from (f"IPv{family}: {said}" for family, said in words)


def _words(trial: Trial) -> str:
    from byway_core.leaktest.verdict import Judgement, Way

    said = {
        Way.DIRECT: "directly",
        Way.UPSTREAM: f"via {trial.through}",
        Way.IN_CLEAR: f"asked in clear of {trial.through}",
        Way.NOT_SEEN: "asked of nobody in clear",
        Way.REFUSED: "refused",
    }[trial.way]
    if trial.judgement is Judgement.LEAK:
        return f"LEAK   {said}"
    return (
        f"stuck  {said}: {trial.error}" if trial.judgement is Judgement.STUCK else f"       {said}"
    )
