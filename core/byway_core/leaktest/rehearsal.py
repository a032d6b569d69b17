"""One run of the stage for a profile, from its file to the trials' verdicts."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from ipaddress import IPv4Address
from pathlib import Path

import tomlkit

from byway_core.api.own_program import module
from byway_core.flatpak import is_here
from byway_core.leaktest.internet import Seen
from byway_core.leaktest.prober import Said
from byway_core.leaktest.stage import Mode
from byway_core.leaktest.targets import Upstream, targets_for
from byway_core.leaktest.verdict import Trial, datagram_ways, judged
from byway_core.model.decision import DIRECT
from byway_core.model.errors import InterceptError
from byway_core.model.group import leaves
from byway_core.model.profile import Profile
from byway_core.model.upstream import UpstreamKind
from byway_core.rules.compile import compile_rules

# The profile's upstreams, one after the other (RFC 5737).
_FIRST_UPSTREAM = IPv4Address("192.0.2.101")
# All trials are over in two seconds.
_PATIENCE = 180.0
_STAGE = (
    *("unshare", "--user", "--map-root-user", "--net", "--mount", "--fork", "--kill-child"),
    *module("byway_core.leaktest.stage"),
)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """`left_out`: rules that there was no room to try."""

    trials: list[Trial]
    left_out: int


def rehearse(text: str, profile: Profile, mode: Mode) -> Rehearsed:
    """Try the profile out; `text` is its file's. Blocks for seconds. InterceptError where this
    machine does not let us."""
    targets, left_out = targets_for(profile.rules)
    upstreams = [
        Upstream(
            each.name,
            str(_FIRST_UPSTREAM + number),
            each.port,
            told=each.kind is not UpstreamKind.SERVICE,
        )
        for number, each in enumerate(profile.upstreams)
    ]
    with tempfile.TemporaryDirectory(prefix="byway-leaktest-") as name:
        folder = Path(name)
        (folder / "profile.toml").write_text(staged(text, upstreams), encoding="utf-8")
        spec = {"targets": list(map(asdict, targets)), "upstreams": list(map(asdict, upstreams))}
        (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
        _play(folder, mode)
        said = [Said(**json.loads(line)) for line in (folder / "said").read_text().splitlines()]
        seen = [Seen(**each) for each in json.loads((folder / "seen.json").read_text())]
    rules = compile_rules(profile.rules)
    ways = datagram_ways(profile)
    groups = {group.name: group for group in profile.groups}
    direct = {name for name in groups if str(DIRECT) in leaves(groups, name)}
    return Rehearsed(judged(rules, targets, ways, said, seen, may_be_direct=direct), left_out)


def staged(text: str, upstreams: Iterable[Upstream]) -> str:
    """The profile for the stage: its upstreams stand elsewhere and ask for no password, and there
    are no other machines."""
    document = tomlkit.parse(text)
    for table, upstream in zip(document.get("upstream", ()), upstreams, strict=True):
        table["server"] = upstream.address
        for key in "username", "password":
            table.pop(key, None)
    for section, keys in _NOT_STAGED.items():
        for key in keys:
            document.get(section, {}).pop(key, None)
    return tomlkit.dumps(document)


# Ports and passwords that others may have, interfaces that are not there.
_NOT_STAGED = {
    "general": ("mixed_port", "mixed_username", "mixed_password"),
    "machine": ("lan", "lan_ports", "kill_switch"),
}


def _play(folder: Path, mode: Mode) -> None:
    if is_here():
        raise InterceptError(
            "this Byway is a Flatpak, whose sandbox may make no namespaces, and the trials need "
            "some; byway leaktest --here needs none"
        )
    command = [*_STAGE, str(folder), mode.value]
    try:
        ended = subprocess.run(  # noqa: S603 - ours
            command, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except FileNotFoundError as error:
        raise InterceptError("unshare(1) is missing; it belongs to util-linux") from error
    except subprocess.TimeoutExpired as error:
        raise InterceptError(f"the trials have not ended after {_PATIENCE:.0f} s") from error
    if ended.returncode:
        words = ended.stderr.strip() or f"its exit status is {ended.returncode}"
        raise InterceptError(f"the stage could not be set up: {words}")
