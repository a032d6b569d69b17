"""One browsing run in the world, under rules, with every packet read that leaves the machine.

For code that `own_network.inside` runs with mounts of its own.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.support.helper_stage import stage
from tests.support.whole_machine import Up
from tests.support.wire import Packet, captured
from tests.support.world import NUMBERS, World, world

_PATIENCE = 200.0
# polkit(8): whoever asks may.
_ADMITTED = "polkit.addRule(function() { return polkit.Result.YES })"


@dataclass(frozen=True, slots=True)
class Left:
    """Packets that left for one place: what they ask in clear, "" for nothing, and which of the
    names are to be read in them."""

    protocol: str
    address: str
    port: int
    question: str
    names: tuple[str, ...]


def play(mode: str, rules: Sequence[str], more: str, browsers: Sequence[str]) -> None:
    """Prints as JSON what came of each program's trial, and what has left. `mode` is "run" (the
    programs in a namespace of their own), "up" (all of the machine, by the helper), or "up-polkit"
    (the same with the real polkit, which takes a real root)."""
    told, packets = asyncio.run(_play(mode, rules, more, browsers))
    print(json.dumps({"told": told, "left": [asdict(each) for each in left(packets)]}))


def left(packets: Iterable[Packet]) -> set[Left]:
    return {
        Left(
            each.protocol,
            each.address,
            each.port,
            each.question,
            tuple(kind for kind in NUMBERS if kind.encode() in each.payload),
        )
        for each in packets
        if each.outgoing
    }


async def _play(
    mode: str, rules: Sequence[str], more: str, browsers: Sequence[str]
) -> tuple[dict[str, str], list[Packet]]:
    rules_of_polkit = _ADMITTED if mode == "up-polkit" else None
    async with (
        stage(helper=mode != "run", rules=rules_of_polkit) as place,
        world(place.folder) as made,
    ):
        folders = str(made.folder), str(made.authority.directory)
        browsing = [sys.executable, "-m", "tests.support.browsing", *folders, *browsers]
        up = Up(place, more, rules=rules, bypass="", start=mode != "run")
        environment = {**up.environment, "HOME": str(made.folder)}
        if mode != "run":
            await up.ready()
        else:
            browsing = up.byway("run", "--profile", str(up.file), "--", *browsing)
        with captured("out") as packets:
            told = await asyncio.to_thread(_browse, browsing, environment, made)
            if mode != "run":
                ended = await asyncio.to_thread(up.ask, "down")
                assert ended.returncode == 0, ended.stderr
        return told, packets


def _browse(argv: Sequence[str], environment: dict[str, str], made: World) -> dict[str, Any]:
    done = subprocess.run(
        argv,
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    told["visits"] = sorted(" ".join(each) for each in made.visits())
    return told
