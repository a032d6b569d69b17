"""Groups in the main process: tests of members by a real relay, against servers of the test's."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from tests.support.relaying import DEADLINE, FakeSocks5, Rig, dead_port, echo, rig, served, socks5

from byway_core.engine import groups as module
from byway_core.engine.groups import Groups
from byway_core.engine.messages import GroupsKnown
from byway_core.model.errors import NotTakenError
from byway_core.model.group import Group, GroupKind, GroupStanding
from byway_core.model.profile import Profile
from byway_core.model.upstream import Upstream, UpstreamKind
from byway_core.upstreams.standing import Doubt

pytestmark = pytest.mark.asyncio
TEST = ("test.example", 7)  # a port on which nothing is said: the open way is enough


class Place:
    def __init__(self, made: Rig, groups: list[Group], upstreams: list[Upstream]) -> None:
        self.rig = made
        self.told: list[GroupsKnown] = []
        self._told = asyncio.Event()
        self.profile = Profile((), tuple(upstreams), groups=tuple(groups))
        self.groups = Groups(
            made.relay, self.profile, {}, tell=self._tell, call_later=made.loop.call_later
        )

    def _tell(self, message: GroupsKnown) -> None:
        self.told.append(message)
        self._told.set()

    async def test(self, name: str = "auto") -> GroupStanding:
        done = asyncio.Event()
        self.groups.test(name, done.set)
        async with asyncio.timeout(DEADLINE):
            await done.wait()
        return self.of(name)

    def of(self, name: str = "auto") -> GroupStanding:
        return next(each for each in self.groups.standing() if each.name == name)

    async def until(self, true) -> None:
        """Until that holds of what the workers were told."""
        async with asyncio.timeout(DEADLINE):
            while not true():
                self._told.clear()
                await self._told.wait()


@contextlib.asynccontextmanager
async def place(groups: list[Group], upstreams: list[Upstream]) -> AsyncIterator[Place]:
    async with rig("MATCH,auto", upstreams=upstreams, groups=groups) as made:
        here = Place(made, groups, upstreams)
        try:
            yield here
        finally:
            here.groups.close()


def group(kind: str, *members: str, name: str = "auto", test=TEST, **more) -> Group:
    return Group(name, GroupKind(kind), members, test, **more)


class Slow(FakeSocks5):
    """As far away as the test wants."""

    def __init__(self, seconds: float) -> None:
        super().__init__(then=echo)
        self.seconds = seconds

    async def __call__(self, reader, writer) -> None:
        await asyncio.sleep(self.seconds)
        await super().__call__(reader, writer)


async def test_the_fastest_is_found_and_kept_within_the_tolerance() -> None:
    near, far = Slow(0.0), Slow(0.2)
    async with served(near) as one, served(far) as two:
        upstreams = [socks5(two, "far"), socks5(one, "near")]
        async with place([group("url-test", "far", "near", tolerance=150)], upstreams) as here:
            assert here.of().current == "far"  # before any was timed
            found = await here.test()
            assert (found.current, found.upstream) == ("near", "near")
            times = {member.name: member.ms for member in found.members}
            assert None not in times.values()
            assert times["far"] >= 200 > times["near"]
            assert {server.asked[-1] for server in (near, far)} == {TEST}
            near.seconds, far.seconds = 0.1, 0.0
            assert (await here.test()).current == "near"  # slower, but not by so much
            near.seconds = 0.3
            assert (await here.test()).current == "far"
            await here.until(lambda: here.told[-1].known.fastest == {"auto": "far"})


async def test_use_begins_tests() -> None:
    with dead_port() as port:
        auto = group("fallback", "a")
        async with place([auto], [socks5(port, "a")]) as here:
            here.groups.used("auto")
            await here.until(lambda: here.told[-1].known.down)
            (member,) = here.of().members
            assert member.alive is False
            assert (
                member.trouble
                == f"via upstream a (127.0.0.1:{port}): the server refused the connection"
            )
            assert here.of().current == ""


async def test_a_member_that_has_come_back_is_found() -> None:
    auto, server = group("fallback", "a"), FakeSocks5(then=echo)
    async with served(server) as port, place([auto], [socks5(port, "a")]) as here:
        here.groups.failed("a", "it was away", Doubt.DEAD)
        assert (here.of().current, here.of().members[0].trouble) == ("", "it was away")
        here.groups.used("auto")
        await here.until(lambda: here.told[-1].known.timed)
        assert (here.of().current, here.of().members[0].alive) == ("a", True)


async def test_a_dead_member_is_tested_again_while_its_group_is_used(monkeypatch) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(module, "_SOONEST_SECONDS", 0.0)
    tests: list[int] = []

    async def refuses(reader, writer) -> None:
        tests.append(1)
        await reader.readexactly(3)
        writer.write(b"\5\xff")

    async with served(refuses) as port, place([group("fallback", "a")], [socks5(port, "a")]) as it:
        it.groups.used("auto")
        async with asyncio.timeout(DEADLINE):
            while len(tests) < 3:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.001)


async def test_nobody_is_tested_that_is_not_used() -> None:
    server = FakeSocks5(then=echo)
    async with served(server) as port:
        groups = [
            group("fallback", "a"),
            group("fallback", "a", name="other", test=("other.example", 7)),
            group("select", "auto", "b", name="outer"),
        ]
        async with place(groups, [socks5(port, "a"), socks5(port, "b")]) as here:
            here.groups.used("outer")
            await here.until(lambda: here.told[-1].known.timed)
            assert server.asked == [TEST]
            assert here.of("other").members[0].alive is None


@pytest.mark.parametrize("port", [80, 443, 7])
@pytest.mark.parametrize("answers", [True, False])
async def test_an_answer_of_the_host_itself_counts_where_one_can_be_had(
    port: int, answers: bool
) -> None:
    """Some proxies say that the way is open before they have tried."""
    heard: list[bytes] = []

    async def then(reader, writer) -> None:
        heard.append(await reader.read(1000))
        if answers:
            writer.write(b"anything")

    async with served(FakeSocks5(then=then)) as at:
        auto = group("fallback", "a", test=("test.example", port))
        async with place([auto], [socks5(at, "a")]) as here:
            (member,) = (await here.test()).members
            assert member.alive is (answers or port == 7)
            if port == 80:
                assert heard[0].startswith(b"HEAD / HTTP/1.0\r\nHost: test.example\r\n")
            elif port == 443:
                assert heard[0][0] == 0x16
                assert b"test.example" in heard[0]


async def test_without_a_target_servers_are_only_connected_to() -> None:
    visits: list[bytes] = []

    async def visited(reader, writer) -> None:
        visits.append(await reader.read())

    async with served(visited) as port:
        auto = group("load-balance", "a", "DIRECT", test=None)
        async with place([auto], [socks5(port, "a")]) as here:
            found = await here.test()
            assert [member.alive for member in found.members] == [True, None]
            async with asyncio.timeout(DEADLINE):
                while not visits:  # noqa: ASYNC110 - it ends when we have hung up
                    await asyncio.sleep(0.001)
            assert visits == [b""]


async def test_the_direct_way_and_services_are_tested_by_connecting() -> None:
    async with served(echo) as port:
        with dead_port() as dead:
            box = Upstream("box", UpstreamKind.SERVICE, "127.0.0.1", port)
            off = Upstream("off", UpstreamKind.SERVICE, "127.0.0.1", dead)
            auto = group("url-test", "DIRECT", "box", "off", test=("127.0.0.1", port))
            async with place([auto], [box, off]) as here:
                found = await here.test()
                assert [member.alive for member in found.members] == [True, True, False]


async def test_choosing() -> None:
    groups = [group("select", "a", "DIRECT", "REJECT"), group("fallback", "a", name="other")]
    async with place(groups, [socks5(1, "a")]) as here:
        assert here.of().current == "a"
        here.groups.choose("auto", "DIRECT")
        assert (here.of().current, here.of().upstream) == ("DIRECT", "DIRECT")
        assert here.told[-1].known.chosen == {"auto": "DIRECT"}
        for name, member, why in (
            ("auto", "b", "'b' is no member of auto, which has a, DIRECT, REJECT"),
            ("other", "a", "other chooses by itself: it is a fallback group"),
            ("none", "a", "there is no group 'none'"),
        ):
            with pytest.raises(NotTakenError, match=why):
                here.groups.choose(name, member)
        assert here.groups.chosen == {"auto": "DIRECT"}


async def test_a_choice_shows_what_other_groups_know_of_its_members() -> None:
    server = FakeSocks5(then=echo)
    groups = [
        group("select", "a", "other", "DIRECT", test=None),
        group("fallback", "a", name="other"),
    ]
    async with served(server) as port, place(groups, [socks5(port, "a")]) as here:
        await here.test("other")
        a, other, direct = here.of().members
        assert a.ms == other.ms is not None
        assert (a.alive, other.alive, direct.alive) == (True, True, None)


async def test_another_profile_keeps_what_is_still_true() -> None:
    server = FakeSocks5(then=echo)
    async with served(server) as port:
        groups = [group("url-test", "a", "b"), group("select", "a", "b", name="mine")]
        upstreams = [socks5(port, "a"), socks5(port, "b")]
        async with place(groups, upstreams) as here:
            await here.test()
            here.groups.choose("mine", "b")
            changed = replace(upstreams[1], server="127.0.0.2")
            here.groups.configure(replace(here.profile, upstreams=(upstreams[0], changed)))
            known = here.told[-1].known
            assert (list(known.timed), known.chosen) == ([("a", TEST)], {"mine": "b"})
            here.groups.configure(replace(here.profile, groups=()), {})
            assert list(here.groups.standing()) == []


async def test_an_end_ends_tests_and_who_waits_for_them() -> None:
    reached = asyncio.Event()

    async def silent(reader, writer) -> None:
        reached.set()
        await reader.read()

    async with served(silent) as port, place([group("fallback", "a")], [socks5(port, "a")]) as it:
        done = asyncio.Event()
        it.groups.test("auto", done.set)
        async with asyncio.timeout(DEADLINE):
            await reached.wait()
        assert not done.is_set()
        it.groups.close()
        assert done.is_set()
