"""Which members of a group a connection may take, and in which order."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.model.decision import Query
from byway_core.model.group import Group, GroupKind, leaves
from byway_core.upstreams.standing import Doubt, Known, Standing
from byway_core.upstreams.ways import Ways, by_destination, place_of

TEST = ("test.example", 443)
ANY = Query("www.example.com", None, 443)


def group(kind: str, *members: str, name: str = "auto", test=TEST) -> Group:
    return Group(name, GroupKind(kind), members, test)


def dead(*members: str, test=TEST, until: float = float("inf")) -> dict:
    return {(member, test): (f"{member} is away", until) for member in members}


def order(*groups: Group, known: Known | None = None, query: Query = ANY) -> list[str]:
    ways = Ways({each.name: each for each in groups}, Standing(known))
    return [way.member for way in ways.of(groups[0].name, query)]


SELECT = group("select", "a", "b", "DIRECT", "REJECT")
FALLBACK = group("fallback", "a", "b", "c")
FASTEST = group("url-test", "a", "b", "c")
TIMES = {("a", TEST): 30.0, ("b", TEST): 10.0, ("c", TEST): 20.0}


@pytest.mark.parametrize(
    ("groups", "known", "members"),
    [
        ((SELECT,), Known(), ["a"]),
        ((SELECT,), Known(chosen={"auto": "b"}), ["b"]),
        ((SELECT,), Known(chosen={"auto": "REJECT"}), ["REJECT"]),
        ((SELECT,), Known(chosen={"auto": "gone"}), ["a"]),
        ((SELECT,), Known(chosen={"auto": "b"}, down=dead("b")), ["b"]),
        ((FALLBACK,), Known(), ["a", "b", "c"]),
        ((FALLBACK,), Known(down=dead("a")), ["b", "c"]),
        ((FALLBACK,), Known(down=dead("a", until=0.0)), ["a", "b", "c"]),
        ((FALLBACK,), Known(down=dead("a", test=None)), ["a", "b", "c"]),
        ((FALLBACK,), Known(lost={"b": ("away", float("inf"))}), ["a", "c"]),
        ((FALLBACK,), Known(down=dead("a", "b", "c")), []),
        ((FASTEST,), Known(), ["a", "b", "c"]),
        ((FASTEST,), Known(timed=TIMES), ["b", "c", "a"]),
        ((FASTEST,), Known(timed=TIMES, fastest={"auto": "c"}), ["c", "b", "a"]),
        ((FASTEST,), Known(timed=TIMES, fastest={"auto": "c"}, down=dead("c")), ["b", "a"]),
        ((FASTEST,), Known(timed={("c", TEST): 90.0}), ["c", "a", "b"]),
        # A group in a group: its ways in its place, and each member once.
        ((group("fallback", "in", "b", "a"), group("select", "a", "b", name="in")), Known(), "ab"),
        (
            (group("fallback", "in", "c"), group("select", "a", "b", name="in")),
            Known(down=dead("a")),
            ["c"],
        ),
        (
            (group("url-test", "a", "in"), group("fallback", "b", "c", name="in", test=None)),
            Known(timed=TIMES),
            ["b", "c", "a"],
        ),
        (
            (group("select", "in"), group("fallback", "b", "c", name="in")),
            Known(down=dead("b")),
            ["c"],
        ),
    ],
)
def test_the_order(groups: tuple[Group, ...], known: Known, members) -> None:
    assert order(*groups, known=known) == list(members)


def test_why_is_said_for_each_group_on_the_way() -> None:
    outer, inner = group("select", "in", "x", name="out"), group("url-test", "a", "b", name="in")
    ways = Ways({"out": outer, "in": inner}, Standing(Known(timed=TIMES, fastest={"in": "b"})))
    way = next(ways.of("out", ANY))
    assert ways.because(way) == ("in is chosen in out; b is the fastest of in that is alive: 10 ms")


def test_where_none_is_alive_it_is_said_why() -> None:
    members = "abcde"
    ways = Ways({"auto": group("fallback", *members)}, Standing(Known(down=dead(*members))))
    assert ways.none_alive("auto") == (
        "no member of auto is alive: a: a is away; b: b is away; c: c is away; and 2 more"
    )


def test_groups_that_share_groups_are_gone_through_once() -> None:
    """Thirty levels of two groups that both have the two of the next level: 2^30 ways."""
    groups = {}
    for level in range(30):
        below = (f"l{level + 1}", f"r{level + 1}") if level < 29 else ("a", "b")
        for side in "lr":
            name = f"{side}{level}"
            groups[name] = group("fallback", *below, name=name)
    assert leaves(groups, "l0") == ("a", "b")
    assert [way.member for way in Ways(groups, Standing()).of("l0", ANY)] == ["a", "b"]


def test_a_failure_is_known_at_once_and_told_once() -> None:
    told = []
    standing = Standing()
    standing.on_failure = lambda *failure: told.append(failure)
    for _ in range(3):
        standing.fail("a", "it is away", Doubt.DEAD)
    standing.fail("b", "it hung up", Doubt.UNSURE)
    assert standing.trouble("a", TEST) == standing.trouble("a", None) == "it is away"
    assert not standing.trouble("b", TEST)
    assert told == [("a", "it is away", Doubt.DEAD), ("b", "it hung up", Doubt.UNSURE)]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        (Query("www.example.com", None, 443), "example.com"),
        (Query("cdn.www.example.com", ip_address("192.0.2.1"), 80), "example.com"),
        (Query("www.example.co.uk", None, 443), "example.co.uk"),
        (Query("printer", None, 631), "printer"),
        (Query("", ip_address("192.0.2.1"), 443), "192.0.2.1"),
        (Query("", ip_address("2001:db8::1"), 443), "2001:db8::1"),
    ],
)
def test_what_of_a_destination_decides(query: Query, place: str) -> None:
    assert place_of(query) == place


names = st.text("abcdefghij", min_size=1, max_size=5)
several = st.lists(names, min_size=2, max_size=8, unique=True)


@given(several, names, st.randoms())
def test_a_place_has_its_order_however_the_members_are_listed(members, place, random) -> None:
    mixed = members.copy()
    random.shuffle(mixed)
    assert by_destination(tuple(members), place) == by_destination(tuple(mixed), place)


@given(several, names, st.integers(0, 7))
def test_without_a_member_only_its_places_move(members, place, which) -> None:
    gone = members[which % len(members)]
    whole = by_destination(tuple(members), place)
    rest = by_destination(tuple(each for each in members if each != gone), place)
    assert rest == tuple(each for each in whole if each != gone)
    # So too where it is only dead.
    balanced = group("load-balance", *members)
    query = Query(place, None, 80)
    alive = order(balanced, known=Known(down=dead(gone)), query=query)
    assert alive == [each for each in order(balanced, query=query) if each != gone]


def test_places_are_shared_out_evenly() -> None:
    members = tuple("abcd")
    first = Counter(by_destination(members, f"site{number}.example")[0] for number in range(8000))
    assert all(1800 < first[member] < 2200 for member in members)


def test_a_dead_members_places_move_to_all_others() -> None:
    members = tuple("abcd")
    places = [f"site{number}.example" for number in range(4000)]
    orders = [by_destination(members, place) for place in places]
    heirs = Counter(each[1] for each in orders if each[0] == "a")
    assert all(heirs[member] > sum(heirs.values()) / 4 for member in "bcd")
