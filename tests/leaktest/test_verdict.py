"""What was said and seen -> what leaks."""

from __future__ import annotations

import pytest

from byway_core.leaktest.internet import Seen
from byway_core.leaktest.prober import DATAGRAM_PORT, Said
from byway_core.leaktest.targets import QUIC_PORT, Target
from byway_core.leaktest.verdict import Judgement, Trial, Way, judged, leaks
from byway_core.model.upstream import UdpWay
from byway_core.rules.compile import compile_rules
from byway_core.rules.parse import parse_rule

TARGET = Target("a.example", "203.0.113.1", "2001:db8:1::1", 80)
TRIALS = [("names", 0)] + [(kind, family) for kind in ("tcp", "udp", "quic") for family in (4, 6)]
WAYS = {"office": UdpWay.CARRY, "no-udp": UdpWay.REFUSE, "past": UdpWay.DIRECT}
NO_NAME = Said(0, "name", "")


def trial(rule: str, kind: str, family: int, said: Said | None, *seen: Seen) -> Trial:
    all_said = [NO_NAME] if said is None else [NO_NAME, said]
    found = judged(compile_rules([parse_rule(rule)]), [TARGET], WAYS, all_said, seen)
    assert [(each.kind, each.family) for each in found] == TRIALS
    return found[TRIALS.index((kind, family))]


STRAIGHT = {
    ("tcp", 4): Seen("tcp", TARGET.four, 80),
    ("tcp", 6): Seen("tcp", TARGET.six, 80),
    ("udp", 4): Seen("udp", TARGET.four, DATAGRAM_PORT),
    ("udp", 6): Seen("udp", TARGET.six, DATAGRAM_PORT),
    ("quic", 4): Seen("udp", TARGET.four, QUIC_PORT),
    ("quic", 6): Seen("udp", TARGET.six, QUIC_PORT),
}


@pytest.mark.parametrize(("kind", "family"), STRAIGHT)
def test_a_packet_that_goes_straight_leaks_but_for_direct(kind: str, family: int) -> None:
    seen = STRAIGHT[kind, family]
    said = Said(0, f"{kind}{family}", "")
    for rule in "MATCH,office", "MATCH,REJECT":
        found = trial(rule, kind, family, said, seen)
        assert (found.way, found.judgement) == (Way.DIRECT, Judgement.LEAK)
    found = trial("MATCH,DIRECT", kind, family, said, seen)
    assert (found.way, found.judgement) == (Way.DIRECT, Judgement.RIGHT)


def test_datagrams_past_an_upstream_leak_unless_the_profile_says_so() -> None:
    said, seen = Said(0, "udp4", ""), STRAIGHT["udp", 4]
    assert trial("MATCH,past", "udp", 4, said, seen).judgement is Judgement.RIGHT
    assert trial("MATCH,no-udp", "udp", 4, said, seen).judgement is Judgement.LEAK
    found = trial("MATCH,past", "tcp", 4, Said(0, "tcp4", ""), STRAIGHT["tcp", 4])
    assert found.judgement is Judgement.LEAK


def test_also_if_nothing_came_back() -> None:
    said = Said(0, "tcp4", None, "timed out")
    found = trial("MATCH,office", "tcp", 4, said, STRAIGHT["tcp", 4])
    assert found.judgement is Judgement.LEAK


def test_a_packet_to_what_the_program_was_told_leaks_as_well() -> None:
    """Where that only stands for the name, it is nobody's address out there."""
    fake = "198.18.0.7"
    said = Said(0, "tcp4", None, "timed out", fake)
    found = trial("MATCH,office", "tcp", 4, said, Seen("tcp", fake, 80))
    assert (found.way, found.judgement) == (Way.DIRECT, Judgement.LEAK)


def test_by_a_fake_address_it_may_go_to_a_real_one_of_the_other_family() -> None:
    said = Said(0, "tcp4", "", "", "198.18.0.7")
    found = trial("MATCH,DIRECT", "tcp", 4, said, STRAIGHT["tcp", 6])
    assert (found.way, found.judgement) == (Way.DIRECT, Judgement.RIGHT)


def test_others_packets_are_no_leak() -> None:
    others = Seen("tcp", "203.0.113.2", 80), Seen("udp", TARGET.four, 80), STRAIGHT["tcp", 6]
    found = trial("MATCH,office", "tcp", 4, Said(0, "tcp4", "office"), *others)
    assert (found.way, found.through, found.judgement) == (
        Way.UPSTREAM,
        "office",
        Judgement.RIGHT,
    )


@pytest.mark.parametrize(
    ("rule", "kind", "said", "judgement"),
    [
        ("MATCH,REJECT", "tcp", None, Judgement.RIGHT),
        ("MATCH,office", "tcp", None, Judgement.STUCK),
        ("MATCH,office", "udp", None, Judgement.STUCK),
        ("MATCH,office", "udp", "office", Judgement.RIGHT),
        ("MATCH,no-udp", "udp", None, Judgement.RIGHT),
        ("MATCH,no-udp", "tcp", None, Judgement.STUCK),
        ("MATCH,past", "udp", None, Judgement.STUCK),
        ("MATCH,DIRECT", "udp", None, Judgement.STUCK),
        ("MATCH,REJECT", "tcp", "office", Judgement.STUCK),
    ],
)
def test_what_does_not_get_through(
    rule: str, kind: str, said: str | None, judgement: Judgement
) -> None:
    found = trial(rule, kind, 4, Said(0, f"{kind}4", said, "" if said else "refused"))
    assert found.judgement is judgement


def test_names_in_clear() -> None:
    asked = Seen("udp", "198.51.100.53", 53, "a.example")
    for rule, judgement in {
        "MATCH,office": Judgement.LEAK,
        "MATCH,REJECT": Judgement.LEAK,
        "MATCH,DIRECT": Judgement.RIGHT,
    }.items():
        found = trial(rule, "names", 0, None, asked)
        assert (found.way, found.through) == (Way.IN_CLEAR, "198.51.100.53")
        assert found.judgement is judgement
    found = trial("MATCH,office", "names", 0, None, Seen("udp", "198.51.100.53", 53, "b.example"))
    assert (found.way, found.judgement) == (Way.NOT_SEEN, Judgement.RIGHT)


def test_leaks_are_those() -> None:
    found = [
        trial("MATCH,office", "tcp", 4, None, STRAIGHT["tcp", 4]),
        trial("MATCH,DIRECT", "tcp", 4, None, STRAIGHT["tcp", 4]),
    ]
    assert leaks(found) == found[:1]
