"""Groups, from the main process's side: what was chosen, and tests of their members.

    a relay ─ a group is used, a member has failed ─► Groups ─ Known ─► all relays
                                                        │ ▲
                                                        ▼ │ Timing
                                                      members

Members are tested while their group is used, at its interval and a tenth more or less, so that
many engines do not come to a server at once; dead ones sooner, so that no connection has to find
out. A group that nobody uses is left alone. Which member a connection takes is not decided here
(`upstreams.ways`).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from byway_core.engine.messages import GroupsKnown
from byway_core.model.decision import Query, Verdict
from byway_core.model.errors import NotTakenError
from byway_core.model.group import (
    Group,
    GroupKind,
    GroupStanding,
    MemberStanding,
    leaves,
    no_choice,
)
from byway_core.model.profile import Profile
from byway_core.model.sentence import say
from byway_core.model.upstream import Upstream
from byway_core.relay.deadlines import TimerHandle
from byway_core.relay.machine import Relay
from byway_core.relay.timing import Timing
from byway_core.upstreams.standing import DEAD_SECONDS, Doubt, Known, Target, Tested
from byway_core.upstreams.ways import Ways

# How often it is looked what is due while a group is used.
LOOK_SECONDS = 5.0
# Between tests of a dead member: soon at first, then less and less often.
_SOONEST_SECONDS, _LATEST_SECONDS = 5.0, 30.0
# A test's word holds until the next one has come to its end, with this much to spare.
_HOLDS = 2
# Tests at a time; others wait. More would time each other.
_AT_ONCE = 8
# Results are told together: those of one round come within a blink.
_TELL_SECONDS = 0.02
_JITTER = 0.1

_ANYWHERE = Query("", None, 0)


@dataclass(slots=True)
class _Round:
    """Of one group: when it was used and tested last, and how long until the next of each."""

    used: float = -1e9
    tested: float = -1e9
    wait: float = 0.0
    retried: float = -1e9
    pause: float = _SOONEST_SECONDS
    timer: TimerHandle | None = None


class Groups:
    """Belongs to the main process's loop. `tell` tells the workers."""

    def __init__(
        self,
        relay: Relay,
        profile: Profile,
        chosen: Mapping[str, str],
        *,
        tell: Callable[[GroupsKnown], None],
        call_later: Callable[[float, Callable[[], None]], TimerHandle],
    ) -> None:
        self._relay = relay
        self._standing = relay.edges.standing
        self._tell = tell
        self._call_later = call_later
        self._upstreams: dict[str, Upstream] = {}
        self._groups: dict[str, Group] = {}
        self._rounds: dict[str, _Round] = {}
        self._running: dict[Tested, Timing] = {}
        self._waiting: dict[Tested, None] = {}
        self._awaited: list[tuple[set[Tested], Callable[[], None]]] = []
        self._telling: TimerHandle | None = None
        self._standing.on_use = self.used
        self._standing.on_failure = self.failed
        self.configure(profile, chosen)

    def configure(self, profile: Profile, chosen: Mapping[str, str] | None = None) -> None:
        """Another profile's; what is known of members that are the same stays. `chosen` None: as
        it was."""
        before, self._upstreams = self._upstreams, {each.name: each for each in profile.upstreams}
        changed = {name for name, it in before.items() if self._upstreams.get(name) != it}
        old, self._groups = self._groups, {group.name: group for group in profile.groups}
        known = self._standing.known
        tests = {
            (member, group.test)
            for group in profile.groups
            for member in leaves(self._groups, group.name)
            if member not in changed
        }
        for name, round_ in list(self._rounds.items()):
            group = old.get(name)
            if round_.timer is not None:
                round_.timer.cancel()
                round_.timer = None  # the next use goes on
            if group != self._groups.get(name) or changed.intersection(leaves(old, name)):
                del self._rounds[name]
        for test in [test for test in self._running if test[0] in changed]:
            self._running.pop(test).hang_up()
            self._ended(test)
        self._standing.known = Known(
            dict(known.chosen if chosen is None else chosen),
            {name: member for name, member in known.fastest.items() if member not in changed},
            {test: ms for test, ms in known.timed.items() if test in tests},
            {test: trouble for test, trouble in known.down.items() if test in tests},
            {name: trouble for name, trouble in known.lost.items() if name not in changed},
        )
        self._share()

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen: group -> member."""
        return dict(self._standing.known.chosen)

    def close(self) -> None:
        for round_ in self._rounds.values():
            if round_.timer is not None:
                round_.timer.cancel()
        if self._telling is not None:
            self._telling.cancel()
        self._waiting.clear()
        for timing in self._running.values():
            timing.hang_up()
        self._running.clear()
        for _, done in self._awaited:
            done()
        self._awaited.clear()

    # -- for front ends

    def choose(self, group: str, member: str) -> None:
        """For new connections, of all processes. NotTakenError where there is no such choice."""
        found = self._group(group)
        if why := no_choice(group, found.kind, found.members, member):
            raise NotTakenError(why)
        known = self._standing.known
        self._standing.known = replace(known, chosen={**known.chosen, group: member})
        self._share()

    def test(self, group: str, done: Callable[[], None]) -> None:
        """Test all members now; `done` is called when that is known. NotTakenError where there is
        no such group."""
        tests = set(self._tests(self._group(group)))
        if not tests:
            done()
            return
        self._awaited.append((tests, done))
        for test in sorted(tests, key=str):
            self._test(test)

    def standing(self) -> Iterator[GroupStanding]:
        """Of all groups, in the profile's order."""
        ways = self._ways()
        for group in self._groups.values():
            members = tuple(self._member(group, name, ways) for name in group.members)
            current = upstream = ""
            if group.kind is not GroupKind.LOAD_BALANCE:
                way = next(ways.of(group.name, _ANYWHERE), None)
                if way is not None:
                    current, upstream = way.steps[-1][1], way.member
                elif group.kind is GroupKind.SELECT:
                    current = ways.chosen(group)
            yield GroupStanding(group.name, group.kind, members, current, upstream)

    # -- what relays tell

    def used(self, name: str) -> None:
        """A connection has asked this group for a member, and so those in it."""
        waiting, entered = [name], set()
        while waiting:
            group = self._groups.get(waiting.pop())
            if group is None or group.name in entered:
                continue
            entered.add(group.name)
            waiting += group.members
            if group.kind is not GroupKind.SELECT:
                round_ = self._rounds.setdefault(group.name, _Round())
                round_.used = time.monotonic()
                if round_.timer is None:
                    self._look(group, round_)

    def failed(self, member: str, words: str, doubt: Doubt) -> None:
        """A member has failed a connection; see Standing.fail."""
        known = self._standing.known
        if doubt is Doubt.DEAD:
            lost = {**known.lost, member: (words, time.monotonic() + DEAD_SECONDS)}
            self._standing.known = replace(known, lost=lost)
            self._share_soon()
            return
        for group in self._groups.values():
            if group.kind is not GroupKind.SELECT and (member, group.test) in self._tests(group):
                self._test((member, group.test))

    # -- tests

    def _tests(self, group: Group) -> list[Tested]:
        """All there is to test for a group. The direct way is as good as it is, where the profile
        names nothing to try it with."""
        return [
            (member, group.test)
            for member in leaves(self._groups, group.name)
            if member in self._upstreams
            or (member == Verdict.DIRECT.value and group.test is not None)
        ]

    def _look(self, group: Group, round_: _Round) -> None:
        """See what is due, and look again as long as the group is used."""
        now = time.monotonic()
        tests = self._tests(group)
        dead = [test for test in tests if self._standing.trouble(*test)]
        if now - round_.tested >= round_.wait:
            round_.tested = round_.retried = now
            round_.wait = group.interval * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311
            due = tests
        elif dead and now - round_.retried >= round_.pause:
            round_.retried = now
            due = dead
        else:
            due = []
        if not dead or len(dead) == len(tests):
            round_.pause = _SOONEST_SECONDS
        elif due is dead:
            round_.pause = min(round_.pause * 2, _LATEST_SECONDS)
        for test in due:
            self._test(test)
        round_.timer = self._call_later(LOOK_SECONDS, partial(self._look_again, group, round_))

    def _look_again(self, group: Group, round_: _Round) -> None:
        round_.timer = None
        if time.monotonic() - round_.used <= LOOK_SECONDS + 1:
            self._look(group, round_)

    def _test(self, test: Tested) -> None:
        if test not in self._running:
            self._waiting.setdefault(test)
            self._go_on()

    def _go_on(self) -> None:
        while self._waiting and len(self._running) < _AT_ONCE:
            test = next(iter(self._waiting))
            del self._waiting[test]
            member, target = test
            gateway = self._relay.routing.gateways.get(member)
            if gateway is None and (member != Verdict.DIRECT.value or target is None):
                self._ended(test)  # of a profile that was
                continue
            timing = Timing(self._relay, gateway, target, partial(self._tested, test))
            self._running[test] = timing
            timing.begin()

    def _tested(self, test: Tested, ms: float | None, words: str) -> None:
        self._running.pop(test, None)
        known = self._standing.known
        timed = {each: time_ for each, time_ in known.timed.items() if each != test}
        down = {each: trouble for each, trouble in known.down.items() if each != test}
        lost = known.lost
        if ms is None:
            holds = max(DEAD_SECONDS, _HOLDS * _LATEST_SECONDS)
            down[test] = words, time.monotonic() + holds
        else:
            timed[test] = ms
            lost = {name: trouble for name, trouble in lost.items() if name != test[0]}
        self._standing.known = replace(known, timed=timed, down=down, lost=lost)
        self._find_fastest()
        self._share_soon()
        self._ended(test)
        self._go_on()

    def _ended(self, test: Tested) -> None:
        for entry in list(self._awaited):
            left, done = entry
            left.discard(test)
            if not left:
                self._awaited.remove(entry)
                done()

    def _find_fastest(self) -> None:
        """The member in use of each url-test group stays, unless another is faster by more than the
        tolerance."""
        ways = self._ways()
        fastest = dict(self._standing.known.fastest)
        for group in self._groups.values():
            if group.kind is not GroupKind.URL_TEST:
                continue
            times = {
                member: ms
                for member in group.members
                if (ms := ways.time(member, group, _ANYWHERE)) is not None
            }
            if times:
                best = min(times, key=times.__getitem__)
                in_use = times.get(fastest.get(group.name, ""))
                if in_use is None or in_use > times[best] + group.tolerance:
                    fastest[group.name] = best
        self._standing.known = replace(self._standing.known, fastest=fastest)

    # -- own

    def _group(self, name: str) -> Group:
        group = self._groups.get(name)
        if group is None:
            raise NotTakenError(say("there is no group {group}", group=repr(name)))
        return group

    def _ways(self) -> Ways:
        return Ways(self._groups, self._standing)

    def _member(self, group: Group, name: str, ways: Ways) -> MemberStanding:
        if name == Verdict.REJECT.value:
            return MemberStanding(name)
        leaf = ways.first(name, _ANYWHERE) if name in self._groups else name
        if not leaf:
            return MemberStanding(name, False, None, ways.none_alive(name))
        target = group.test
        if group.kind is GroupKind.SELECT and target is None:
            target = self._target_elsewhere(leaf)
        if trouble := self._standing.trouble(leaf, target):
            return MemberStanding(name, False, None, trouble)
        ms = self._standing.known.timed.get((leaf, target))
        return MemberStanding(name, None if ms is None else True, ms)

    def _target_elsewhere(self, member: str) -> Target:
        """What another group tests a member with that this one does not."""
        known = self._standing.known
        return next(
            (target for name, target in (*known.down, *known.timed) if name == member), None
        )

    def _share_soon(self) -> None:
        if self._telling is None:
            self._telling = self._call_later(_TELL_SECONDS, self._share)

    def _share(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        if self._groups:
            self._tell(GroupsKnown(self._standing.known))
