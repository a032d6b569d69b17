"""An engine's part of the fake addresses, and what is left of those of earlier ones."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from byway_core.dns.choice import Choice
from byway_core.dns.fake_choice import FakeChoice
from byway_core.dns.fake_names import FakeNames
from byway_core.dns.servers import SystemServers
from byway_core.engine import fakes as module
from byway_core.engine.fakes import MACHINE, OWN_NAMESPACES, Fakes, Part, may_be_held
from byway_core.engine.messages import FakesGiven
from byway_core.model.fake_addresses import FAKES, fake_pair
from byway_core.model.profile import Dns, Profile
from byway_core.rules.compile import compile_rules

DAY = 86_400


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "byway/fake-addresses"


class Engine:
    def __init__(self, parts: tuple[Part, ...] = MACHINE, *, on: bool = True) -> None:
        self.names = FakeNames()
        self.told: list[FakesGiven] = []
        self.fakes = Fakes(parts, self.names, tell=self.told.append, in_use=frozenset)
        self.use(on=on)

    def use(self, *, on: bool) -> None:
        choice = FakeChoice(compile_rules(()), Choice(SystemServers()))
        self.fakes.configure(choice if on else None)

    def give(self, name: str) -> str:
        assert self.fakes.answers.pool is not None
        number = self.fakes.answers.pool.give(name)
        assert number is not None
        return str(fake_pair(number)[0])


def test_the_parts_have_nothing_in_common() -> None:
    slots = [each for _, part in (*MACHINE, *OWN_NAMESPACES) for each in part]
    assert slots == list(range(FAKES))


def test_workers_know_before_anybody_else() -> None:
    engine = Engine()
    address = engine.give("a.test")
    given, refused = engine.told[-1].given, engine.told[-1].refused
    assert given == ((int.from_bytes(bytes(map(int, address.split(".")))) - 0xC6120000, "a.test"),)
    assert refused == range(FAKES + 1)
    assert engine.names.name(address) == "a.test"
    assert engine.names.name("fd87:dfc7:76a7:9::1") == ""
    assert engine.fakes.count == 1
    engine.fakes.close()


def test_a_restart() -> None:
    before = Engine()
    address = before.give("a.test")
    before.fakes.close()
    after = Engine()
    assert after.names.name(address) == "a.test"
    assert after.told[-1].given[0][1] == "a.test"
    assert after.give("a.test") == address
    after.fakes.close()


def test_engines_at_a_time_never_mean_different_names() -> None:
    engines = [Engine(), *(Engine(OWN_NAMESPACES) for _ in range(3))]
    addresses = [engine.give(f"n{count}.test") for engine in engines for count in range(100)]
    assert len(set(addresses)) == 400
    for engine in engines:
        engine.fakes.close()
    again = Engine(OWN_NAMESPACES)
    assert again.names.name(addresses[100]) == "n0.test"
    assert again.names.name(addresses[0]) is None, "the machine's, which may be in force beside it"
    assert again.names.name(addresses[200]) == "", "another namespace's"
    again.fakes.close()


def test_no_part_is_free() -> None:
    engines = [Engine(OWN_NAMESPACES[:2]) for _ in range(3)]
    assert [engine.fakes.count for engine in engines] == [0, 0, None]
    (problem,) = engines[2].fakes.problems()
    assert problem.startswith("2 engines give out fake addresses already")
    assert engines[2].names.name("198.19.0.9") == ""
    for engine in engines:
        engine.fakes.close()


def test_a_folder_that_cannot_be_written(state: Path) -> None:
    state.parent.mkdir()
    state.write_text("")
    engine = Engine()
    (problem,) = engine.fakes.problems()
    assert problem == f"fake addresses will not outlive this engine: {state}: File exists"
    assert engine.names.name(engine.give("a.test")) == "a.test"
    engine.fakes.close()


def test_turned_off_and_on_while_it_runs() -> None:
    engine = Engine(on=False)
    assert engine.names.name("198.18.0.1") is None
    engine.use(on=True)
    address = engine.give("a.test")
    engine.use(on=False)
    assert engine.fakes.count is None
    assert engine.fakes.answers.choice is None
    assert engine.names.name(address) == "a.test"
    assert engine.names.name("fd87:dfc7:76a7:9::1") == ""
    engine.use(on=True)
    assert engine.give("a.test") == address
    engine.fakes.close()


def test_what_programs_still_hold_after_it_was_turned_off(state: Path) -> None:
    off, on = Profile(()), Profile((), dns=Dns(fake_addresses=True))
    assert may_be_held(on)
    assert not may_be_held(off)
    before = Engine()
    address = before.give("a.test")
    before.fakes.close()
    assert may_be_held(off)
    after = Engine(on=False)
    assert after.names.name(address) == "a.test"
    assert after.names.name("fd87:dfc7:76a7:9::1") == ""
    log = state / "machine.log"
    long_ago = time.time() - 8 * DAY
    os.utime(log, (long_ago, long_ago))
    assert not may_be_held(off)
    running = Engine()
    os.utime(log, (long_ago, long_ago))
    assert Engine(on=False).names.name(address) is None
    assert log.exists(), "an engine has it"
    running.fakes.close()
    assert Engine(on=False).names.name(address) is None
    assert not log.exists(), "it tells where somebody has been"


def test_who_is_asked_for_no_names_gives_none_out() -> None:
    engine = Engine(())
    assert engine.fakes.answers.choice is None
    assert engine.fakes.problems() == ()
    assert not module.folder().exists()
