"""The name in a QUIC client's first datagrams, in every shape that clients give them."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import client_hello as hello
from tests.support import quic_client as quic

from byway_core.model.flow import HostSource
from byway_core.sniff.first_bytes import Verdict
from byway_core.sniff.quic_hello import MOST_BYTES, MOST_DATAGRAMS, QuicSniffer

NAME = "www.example.com"
FOUND = (Verdict.FOUND, NAME, HostSource.QUIC, False)


def sniffed(*datagrams: bytes) -> tuple[Verdict, str, HostSource, bool]:
    """The outcome; it falls with the last datagram."""
    sniffer = QuicSniffer()
    for datagram in datagrams[:-1]:
        assert sniffer.look(datagram) is Verdict.MORE
        assert sniffer.unread
    verdict = sniffer.look(datagrams[-1])
    return verdict, sniffer.host, sniffer.source, sniffer.unread


def nothing(*, unread: bool) -> tuple[Verdict, str, HostSource, bool]:
    return Verdict.NOTHING, "", HostSource.NONE, unread


def chrome(name: bytes = NAME.encode()) -> bytes:
    """A hello that fits no single datagram."""
    message = hello.chrome(name)
    assert len(message) > 1700
    return message


def frames(message: bytes, *cuts: int) -> list[bytes]:
    return [
        quic.crypto(start, message[start:end])
        for start, end in zip([0, *cuts], [*cuts, len(message)], strict=True)
    ]


@pytest.mark.parametrize("version", [quic.V1, quic.V2], ids=["v1", "v2"])
class TestBothVersions:
    def test_aioquic(self, version: int) -> None:
        assert sniffed(*quic.flight(NAME, version)) == FOUND
        assert sniffed(*quic.flight("WWW.Example.COM.", version)) == FOUND

    def test_a_hello_in_several_datagrams(self, version: int) -> None:
        """As large as post-quantum key shares make it (aioquic fills it up)."""
        many = quic.flight(NAME, version, quantum_readiness_test=True)
        assert len(many) > 1
        for order in (many, many[::-1]):
            sniffer = QuicSniffer()
            assert Verdict.FOUND in [sniffer.look(datagram) for datagram in order]
            assert sniffer.host == NAME

    def test_shuffled_over_two_and_three_packets(self, version: int) -> None:
        pieces = frames(chrome(), 30, 31, 400, 900, 1300, 1301, 1500)
        random = Random(1)
        for _ in range(20):
            random.shuffle(pieces)
            for count in (2, 3):
                payloads = [b"\0\1".join(pieces[n::count]) + b"\0" * 20 for n in range(count)]
                datagrams = quic.packets(*payloads, version=version)
                for order in permutations(datagrams):
                    assert sniffed(*order) == FOUND
                assert sniffed(b"".join(datagrams)) == FOUND

    def test_among_other_packets(self, version: int) -> None:
        one, two = quic.packets(*frames(chrome(), 700), version=version)
        early = quic.zero_rtt(version=version)
        assert sniffed(one + early, early + two) == FOUND
        assert sniffed(one, early, two) == FOUND
        assert sniffed(early + one + two) == FOUND

    def test_after_a_retry_the_keys_follow_the_new_connection_id(self, version: int) -> None:
        one, two = frames(chrome(), 700)
        before = quic.initial(one, version=version)
        after = {"version": version, "connection": b"the server's", "token": b"of the retry"}
        again = [quic.initial(p, number=n + 1, **after) for n, p in enumerate((one, two))]
        assert sniffed(again[0], again[1]) == FOUND
        assert sniffed(before, again[0], again[1]) == FOUND
        # Halves of two connections make no hello.
        assert sniffed(before, again[1])[0] is Verdict.MORE

    def test_a_second_connection_from_the_same_socket(self, version: int) -> None:
        dropped = quic.initial(frames(chrome(b"first.example"), 700)[0], version=version)
        other = quic.initial(
            quic.crypto(0, hello.message([hello.sni(NAME.encode())])),
            version=version,
            connection=b"another one",
        )
        assert sniffed(dropped, other) == FOUND

    @pytest.mark.parametrize(
        "extensions",
        [[], None, [hello.sni(b"192.0.2.7")], [hello.sni(b"a@b")]],
        ids=["none", "old", "address", "garbage"],
    )
    def test_a_hello_without_a_name_is_read(self, version: int, extensions) -> None:
        payload = quic.crypto(0, hello.message(extensions))
        assert sniffed(quic.initial(payload, version=version)) == nothing(unread=False)

    def test_a_ping_says_nothing_yet(self, version: int) -> None:
        ping, rest = quic.packets(
            b"\1", quic.crypto(0, hello.chrome(NAME.encode())), version=version
        )
        assert sniffed(ping, rest) == FOUND


def test_the_outer_name_of_an_encrypted_hello_comes_out() -> None:
    message = hello.message([hello.encrypted_hello(), hello.sni(b"public.example")])
    assert sniffed(quic.initial(quic.crypto(0, message)))[1] == "public.example"


def test_a_greased_fixed_bit() -> None:
    payload = quic.crypto(0, hello.message([hello.sni(NAME.encode())]))
    assert sniffed(quic.initial(payload, fixed=0)) == FOUND


@pytest.mark.parametrize(
    ("datagram", "unread"),
    [
        (b"", False),
        (b"\x01\0\0\0" + bytes(144), False),
        (b"\x16\xfe\xfd" + bytes(60), False),
        (b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12), False),
        (b"hello", True),
        (quic.short(), True),
        (quic.handshake(), True),
        (quic.retry(), True),
        (b"\xc0\xba\xba\xba\xba\x08" + bytes(1190), True),
        (b"\xc0\0\0\0\1\x08" + bytes(1190), True),
        (quic.initial(quic.crypto(0, b"\x02\0\0\x10" + bytes(16))), True),
        (quic.initial(quic.crypto(0, b"\x01\xff\xff\xff")), True),
        (quic.initial(quic.crypto(0, b"\x01\0\0\1\0")), True),
        (quic.initial(b"\x08\0\0"), True),
    ],
    ids=[
        *("empty", "wireguard", "dtls", "stun", "letters", "short", "handshake", "retry"),
        *("unknown-version", "forged", "server-hello", "endless", "malformed", "stream-frame"),
    ],
)
def test_nothing_at_once(datagram: bytes, unread: bool) -> None:
    assert sniffed(datagram) == nothing(unread=unread)


def test_only_so_many_datagrams() -> None:
    first, *more = quic.packets(*[quic.crypto(n, b"\1") for n in range(2 * MOST_DATAGRAMS)])
    assert sniffed(first, *more[: MOST_DATAGRAMS - 1]) == nothing(unread=True)


def test_only_so_many_bytes() -> None:
    first, second = quic.packets(*[quic.crypto(0, b"\1") + bytes(MOST_BYTES - 1000)] * 2)
    assert sniffed(first, second) == nothing(unread=True)
    assert sniffed(bytes([0xC0]) + bytes(60_000)) == nothing(unread=True)


def test_a_datagram_full_of_forged_packets_costs_little() -> None:
    """Keys are derived once for all of them: some milliseconds; for each, a tenth of a second."""
    forged = b"\xc0\0\0\0\1\0\0\0\x14" + bytes(20)
    datagram = forged * (MOST_BYTES // len(forged))
    start = time.process_time()
    for _ in range(10):
        assert sniffed(datagram) == nothing(unread=True)
    assert time.process_time() - start < 0.5


def test_cryptography_is_imported_with_the_first_initial_packet() -> None:
    """Not by what starts, nor for datagrams that are no such packets."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTS, quic.initial(b"\1").hex()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


_IMPORTS = """
import sys
import byway_core.cli, byway_core.cli.up, byway_core.engine.engine
from byway_core.sniff.quic_hello import QuicSniffer
def imported():
    return "cryptography" in sys.modules
assert not imported(), "by the start"
for other in (b"", b"\\x01" * 148, b"\\x41" * 40, b"\\xc0" * 40):
    QuicSniffer().look(other)
assert not imported(), "by something else"
QuicSniffer().look(bytes.fromhex(sys.argv[1]))
assert imported()
"""


PIECES = st.lists(st.integers(1, 1770), max_size=6, unique=True).map(sorted)


@given(PIECES, st.randoms(use_true_random=False), st.integers(1, MOST_DATAGRAMS))
def test_cutting_differently_changes_nothing(cuts: list[int], random: Random, count: int) -> None:
    pieces = frames(chrome(), *cuts)
    random.shuffle(pieces)
    payloads = [b"".join(pieces[n::count]) for n in range(count)]
    datagrams = quic.packets(*payloads)
    assert sniffed(b"".join(datagrams)) == FOUND
    sniffer = QuicSniffer()
    verdicts = [sniffer.look(datagram) for datagram in datagrams]
    assert Verdict.FOUND in verdicts
    assert sniffer.host == NAME


@given(
    st.lists(
        st.binary(max_size=60)
        | st.binary(max_size=60).map(quic.initial)
        | st.sampled_from([b"\xc0\0\0\0\1", b"\xd0\x6b\x33\x43\xcf\x08", quic.zero_rtt()]),
        max_size=6,
    )
)
def test_arbitrary_datagrams_never_raise(datagrams: list[bytes]) -> None:
    sniffer = QuicSniffer()
    for count, datagram in enumerate(datagrams, 1):
        if sniffer.look(datagram) is not Verdict.MORE:
            break
        assert count < MOST_DATAGRAMS
    assert bool(sniffer.host) == (sniffer.source is HostSource.QUIC)


@given(st.integers(0, 1199), st.binary(min_size=1, max_size=4))
def test_a_damaged_flight_never_raises(at: int, damage: bytes) -> None:
    data = bytearray(FLIGHT[0])
    data[at : at + len(damage)] = damage
    QuicSniffer().look(bytes(data))


FLIGHT = quic.flight(NAME)
