"""`byway group`: groups of upstreams: how they are, choosing a member, testing them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byway_core.api.client import ControlClient
    from byway_core.model.group import GroupStanding, MemberStanding


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "group",
        help="show groups of upstreams, choose a member, test them",
        description="Lists the groups of your running engines with their members: which one new "
        "connections take, which are alive, and what their last test took. With MEMBER, lets a "
        "select group have that one, from now on and after a restart; live connections keep "
        "theirs. Where no engine runs, it is about the profile, and a choice holds from the next "
        "start on. Exit status 1 if that cannot be done.",
    )
    parser.add_argument("group", metavar="GROUP", nargs="?", help="only this one (default: all)")
    parser.add_argument(
        "member", metavar="MEMBER", nargs="?", help="choose this one of its members"
    )
    parser.add_argument("--test", action="store_true", help="test the members of GROUP now")
    parser.add_argument(
        "--profile", metavar="FILE", help="only engines with this profile (default: all)"
    )
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.set_defaults(run=run, usage_error=parser.error)


def run(args: argparse.Namespace) -> int:
    """0 where all was done; what was not is said on stderr."""
    from byway_core.cli.engines import running_engines

    if args.test and (args.group is None or args.member is not None):
        args.usage_error("--test wants a GROUP, and no MEMBER")
    with running_engines(quiet=True, kept=True) as engines:
        found = [
            (engine, known) for engine in engines if (known := _groups(engine, args)) is not None
        ]
        if not found:
            return _offline(args)
        if args.group is not None:
            found = [(engine, known) for engine, known in found if known]
            if not found:
                return _failed(f"no engine of yours has a group {args.group!r}")
        if args.member is not None:
            return max(_choose(engine, args) for engine, _ in found)
        if args.test:
            return max(_test(engine, args) for engine, _ in found)
        for engine, known in found:
            _show(known, args, engine)
    return 0


def _groups(engine: ControlClient, args: argparse.Namespace) -> list[GroupStanding] | None:
    """Those of an engine that are meant; None where the engine is not, or has just ended."""
    from byway_core.model.errors import BywayError

    try:
        status = engine.status()
    except (BywayError, OSError) as error:
        _failed(f"process {engine.hello.pid}: {error}")
        return None
    if args.profile is not None and not _same(Path(status.profile), Path(args.profile)):
        return None
    return [each for each in status.groups if args.group in (None, each.name)]


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _choose(engine: ControlClient, args: argparse.Namespace) -> int:
    from byway_core.model.errors import BywayError

    try:
        not_kept = engine.choose(args.group, args.member)
    except (BywayError, OSError) as error:
        return _failed(f"process {engine.hello.pid}: {error}")
    if not_kept:
        _failed(f"process {engine.hello.pid}: {not_kept}")
    print(f"{_who(engine)}: {args.group} has {args.member} now")
    return 0


def _test(engine: ControlClient, args: argparse.Namespace) -> int:
    from byway_core.model.errors import BywayError

    try:
        _show([engine.test(args.group)], args, engine)
    except (BywayError, OSError) as error:
        return _failed(f"process {engine.hello.pid}: {error}")
    return 0


def _offline(args: argparse.Namespace) -> int:
    """No engine runs that is meant: what the profile says, and what was chosen in it."""
    from byway_core.api.groups import resting_groups
    from byway_core.api.profiles import default_profile, read_profile
    from byway_core.cli.check import report
    from byway_core.cli.engines import NOTHING_RUNS
    from byway_core.model.errors import ProfileError

    if args.test:
        _failed("no engine runs to test it")
        return NOTHING_RUNS
    file = Path(args.profile) if args.profile else default_profile()
    try:
        profile = read_profile(file).value
    except ProfileError as error:
        report(str(file), error.problems)
        return 1
    known = [each for each in resting_groups(profile, file) if args.group in (None, each.name)]
    if args.group is not None and not known:
        return _failed(f"{file} has no group {args.group!r}")
    if args.member is not None:
        return _keep(file, known[0], args.member)
    _show(known, args, None)
    return 0


def _keep(file: Path, group: GroupStanding, member: str) -> int:
    from byway_core.api.groups import keep_choice
    from byway_core.model.errors import NotTakenError

    try:
        keep_choice(file, group, member)
    except NotTakenError as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(f"it cannot be kept: {error}")
    print(f"{file}: {group.name} has {member} from the next start on")
    return 0


def _failed(why: str) -> int:
    from byway_core.cli.terminal import printable

    print(f"byway group: {printable(why)}", file=sys.stderr)
    return 1


def _who(engine: ControlClient) -> str:
    from byway_core.cli.terminal import printable

    return f"byway {printable(engine.hello.kind)}, process {engine.hello.pid}"


def _show(
    groups: Iterable[GroupStanding], args: argparse.Namespace, engine: ControlClient | None
) -> None:
    from byway_core.api.wire import group_to_json

    known = list(groups)
    if args.json:
        pid = engine.hello.pid if engine else None
        print(json.dumps({"process": pid, "groups": [group_to_json(each) for each in known]}))
        return
    if engine is not None:
        print(_who(engine))
    for group in known:
        print("\n".join(_in_words(group)))
    if not known:
        print("  no groups")


def _in_words(group: GroupStanding) -> list[str]:
    from byway_core.cli.terminal import printable, row, widths

    now = printable(group.current)
    if now and group.upstream not in ("", group.current):
        now += f" ({printable(group.upstream)})"
    lines = [f"  {printable(group.name)}: {group.kind.value}{f', now {now}' if now else ''}"]
    rows = [
        [
            "*" if member.name == group.current else " ",
            printable(member.name),
            _state(member),
            "" if member.ms is None else f"{member.ms:.0f} ms",
            printable(member.trouble),
        ]
        for member in group.members
    ]
    columns = widths(rows)
    return lines + ["    " + row(each, columns, right=(3,)) for each in rows]


def _state(member: MemberStanding) -> str:
    return {None: "", True: "alive", False: "dead"}[member.alive]
