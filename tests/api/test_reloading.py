"""A changed profile for a real engine in this process, and a kernel that a test plays."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest
import pytest_asyncio

from byway_core.api import Engine, Identity, Kind
from byway_core.api.profiles import read_profile
from byway_core.api.reloading import MOST_PROBLEMS, Reloading, kept
from byway_core.model.errors import Area, HelperError, HelperFault, Trouble
from byway_core.model.profile import General, LogLevel, Machine, Passwords, Profile
from byway_helper.contract import Plan

OLD = ("DOMAIN,a.test,REJECT", "MATCH,DIRECT")
NEW = ("DOMAIN,b.test,REJECT", "DOMAIN,c.test,REJECT", "MATCH,DIRECT")


class Kernel:
    """Stands in for `lease.Helper`: what it was told, and what the engine's rules were then."""

    def __init__(self) -> None:
        self.told: list[tuple[tuple[str, ...], int]] = []
        self.engine: Engine
        self.refuses = 0
        self.busy: asyncio.Event | None = None
        self.begun = asyncio.Event()
        self.at_once = 0
        self.most_at_once = 0

    async def update(self, plan: Plan) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.set()
        if self.busy is not None:
            await self.busy.wait()
        self.at_once -= 1
        networks = tuple(str(each) for each in plan.bypass)
        self.told.append((networks, len(self.engine.profile.rules)))
        if self.refuses:
            self.refuses -= 1
            raise HelperError(HelperFault.FAILED, "no room")


class Place:
    def __init__(self, file: Path, engine: Engine, kernel: Kernel, reloading: Reloading) -> None:
        self.file = file
        self.engine = engine
        self.kernel = kernel
        self.reloading = reloading

    def write(self, rules: tuple[str, ...], bypass: str, more: str = "") -> None:
        listed = "".join(f"  {rule!r},\n" for rule in rules)
        self.file.write_text(
            f"version = 1\nrules = [\n{listed}]\n{more}\n[machine]\nbypass = ['{bypass}']\n"
        )


@pytest_asyncio.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    file = tmp_path / "profile.toml"
    kernel = Kernel()
    made = Place(file, None, kernel, None)  # type: ignore[arg-type]  # in a moment
    made.write(OLD, "192.0.2.0/24")
    engine = Engine(read_profile(file).value, Passwords(), Identity(Kind.MACHINE, str(file)))
    engine.start(asyncio.get_running_loop())
    made.engine = kernel.engine = engine
    made.reloading = Reloading(engine)
    made.reloading.leased(kernel, plan_of("192.0.2.0/24"))
    level = logging.getLogger().level
    yield made
    logging.getLogger().setLevel(level)
    await made.reloading.close()
    engine.close()


def plan_of(*bypass: str) -> Plan:
    from byway_helper.contract import Mode

    return Plan(Mode.GLOBAL, bypass=tuple(map(IPv4Network, bypass)))


async def test_the_engine_knows_before_the_kernel(place: Place) -> None:
    place.write(NEW, "198.51.100.0/24", "[general]\nlog_level = 'debug'")
    said = await place.reloading.reload()
    assert said.taken, said
    assert (said.rules, said.upstreams, said.networks) == (3, 0, 1)
    assert place.kernel.told == [(("198.51.100.0/24",), 3)]
    assert logging.getLogger().level == logging.DEBUG


async def test_rules_by_process_are_reported_where_nobody_can_know_it(place: Place) -> None:
    assert not place.engine.troubles()
    place.engine._desk.obstacle = "the kernel lacks a module, tcp_diag"
    assert not (await place.reloading.reload()).problems
    unknown = (
        "which application a connection is of is not known: the kernel lacks a module, tcp_diag"
    )
    assert place.engine.troubles() == (Trouble(Area.PROGRAMS, unknown),)
    place.write(("PROCESS-NAME,curl,REJECT", *NEW), "198.51.100.0/24")
    said = await place.reloading.reload()
    assert said.taken
    assert [problem.message for problem in said.problems if problem.warning] == [
        "rules by process or user match nothing here: the kernel lacks a module, tcp_diag"
    ]
    assert [each.text for each in place.engine.troubles()] == [
        problem.message for problem in said.problems
    ]


async def test_a_kernel_that_refuses_leaves_all_as_it_was(place: Place) -> None:
    place.write(NEW, "198.51.100.0/24")
    before = place.engine.profile
    for refusals in (1, 2):
        place.kernel.told.clear()
        place.kernel.refuses = refusals
        said = await place.reloading.reload()
        assert (said.taken, said.rules, said.networks) == (False, 2, 1)
        assert "has been taken back: no room" in said.problems[0].message
        assert place.engine.profile == before
        # What it may have done of it is undone, after the engine has its old rules.
        assert place.kernel.told == [(("198.51.100.0/24",), 3), (("192.0.2.0/24",), 2)]
    assert (await place.reloading.reload()).taken


async def test_everything_goes_one_way_until_the_rules_are_asked_again(place: Place) -> None:
    upstream = "[[upstream]]\nname = 'far'\ntype = 'socks5'\nserver = '192.0.2.7'\nport = 1080\n"
    place.write(OLD, "192.0.2.0/24", upstream)

    async def ruled(**params: str) -> list[str]:
        said = await place.reloading.asked(params)
        assert said["taken"], said
        return [rule.text for rule in place.engine.profile.rules]

    assert await ruled(everything="far") == ["MATCH,far"]
    assert place.engine.everything == "far"
    place.write(NEW, "192.0.2.0/24", upstream)
    assert await ruled() == ["MATCH,far"]  # a changed file changes nothing of that
    assert await ruled(everything="DIRECT") == ["MATCH,DIRECT"]
    refused = await place.reloading.asked({"everything": "nowhere"})
    assert (refused["taken"], place.engine.everything) == (False, "DIRECT")
    assert "there is no nowhere in it" in refused["problems"][0]["message"]
    assert await ruled(everything="") == list(NEW)


async def test_another_file(place: Place, tmp_path: Path) -> None:
    place.write(OLD, "192.0.2.0/24")
    was, other = place.file, tmp_path / "other.toml"
    place.file = other
    place.write(NEW, "192.0.2.0/24")
    for wrong in ("other.toml", str(tmp_path / "missing.toml")):
        said = await place.reloading.asked({"profile": wrong})
        assert not said["taken"], said
        assert place.engine.identity.profile_path == str(was)
    said = await place.reloading.asked({"profile": str(other)})
    assert (said["taken"], said["rules"], said["profile"]) == (True, 3, str(other))
    assert place.engine.identity.profile_path == str(other)
    place.write(OLD, "192.0.2.0/24")  # and that is the one that is read from then on
    assert (await place.reloading.asked({}))["rules"] == 2


async def test_one_after_the_other(place: Place) -> None:
    place.write(NEW, "198.51.100.0/24")
    place.kernel.busy = asyncio.Event()
    all_ = [place.reloading.asked({}) for _ in range(3)]
    await place.kernel.begun.wait()
    place.write(OLD, "203.0.113.0/24")
    place.kernel.busy.set()
    said = await asyncio.gather(*all_)
    assert [each["rules"] for each in said] == [3, 2, 2]
    assert place.kernel.most_at_once == 1
    assert [networks for (networks,), _ in place.kernel.told] == [
        *("198.51.100.0/24", "203.0.113.0/24", "203.0.113.0/24")
    ]


async def test_the_end_waits_for_what_the_kernel_is_being_told(place: Place) -> None:
    place.write(NEW, "198.51.100.0/24")
    place.kernel.busy = asyncio.Event()
    told, waiting = place.reloading.asked({}), place.reloading.asked({})
    await place.kernel.begun.wait()
    asyncio.get_running_loop().call_later(0.05, place.kernel.busy.set)
    await place.reloading.close()
    assert place.kernel.told == [(("198.51.100.0/24",), 3)]
    assert told.cancelled()
    assert waiting.cancelled()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(lambda file: file.write_text("version = 1\nrules = 3"), "list", id="wrong"),
        pytest.param(lambda file: file.write_text("version ="), "", id="no TOML"),
        pytest.param(lambda file: file.unlink(), "", id="gone"),
    ],
)
async def test_what_cannot_be_read(
    place: Place, spoil: Callable[[Path], object], words: str
) -> None:
    spoil(place.file)
    said = await place.reloading.reload()
    assert (said.taken, said.rules) == (False, 2)
    assert words in said.problems[0].message + said.problems[0].expected
    assert place.kernel.told == []


async def test_more_wrong_than_one_answer_holds(place: Place) -> None:
    place.write(("DOMAIN,a.test,nobody",) * 300, "192.0.2.0/24")
    said = await place.reloading.reload()
    assert len(said.problems) == MOST_PROBLEMS + 1
    assert said.problems[-1].message.endswith("more: `byway check` has them")


async def test_what_is_unfit_for_this_machine(place: Place) -> None:
    reloading = Reloading(place.engine, lambda _: "not here")
    reloading.leased(place.kernel, plan_of())
    said = await reloading.reload()
    assert (said.taken, said.problems[0].message) == (False, "not here")


async def test_before_and_after_the_machine_is_ours(place: Place) -> None:
    await place.reloading.close()
    said = await place.reloading.reload()
    assert not said.taken
    assert "not in force" in said.problems[0].message


async def test_an_error_of_our_own(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    def wrong(_: Profile) -> str:
        raise ZeroDivisionError("oops")

    said = await Reloading(place.engine, wrong).reload()
    assert (said.taken, said.problems[0].message) == (False, "an error of Byway's own: oops")
    assert "ZeroDivisionError" in caplog.text


NOT_FIXED = replace(Profile(()), general=General(mixed_username="a", log_level=LogLevel.ERROR))
ALL = Profile(
    (),
    general=General(mixed_port=1, workers=2, log_level=LogLevel.ERROR),
    machine=Machine((), ("br0",), (50080,), kill_switch=True, see_direct=True),
)


@pytest.mark.parametrize(
    ("kind", "new", "restart"),
    [
        (Kind.RUN, ALL, ("general.workers",)),
        (Kind.SERVE, ALL, ("general.workers", "general.mixed_port")),
        (
            Kind.MACHINE,
            ALL,
            (
                *("general.workers", "general.mixed_port"),
                *("machine.lan", "machine.lan_ports", "machine.kill_switch"),
            ),
        ),
        *((kind, NOT_FIXED, ()) for kind in Kind),
    ],
)
def test_what_cannot_be_changed_stays(kind: Kind, new: Profile, restart: tuple[str, ...]) -> None:
    old = Profile(())
    result, told = kept(old, new, kind)
    assert told == restart
    assert result.general.log_level is LogLevel.ERROR
    assert result.machine.see_direct == new.machine.see_direct
    for key in restart:
        section, name = key.split(".")
        assert getattr(getattr(result, section), name) == getattr(getattr(old, section), name)
    assert kept(result, result, kind) == (result, ())
    assert kept(result, new, kind)[1] == restart, "told as long as it is so"
