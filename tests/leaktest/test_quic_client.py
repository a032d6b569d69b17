"""What the stage's program sends as QUIC is QUIC: to Byway, and to a stranger."""

from __future__ import annotations

import pytest
from aioquic.buffer import Buffer
from aioquic.quic.crypto import CryptoPair
from aioquic.quic.packet import QuicPacketType, pull_quic_header
from aioquic.tls import pull_client_hello

from byway_core.leaktest.quic_client import first_datagram
from byway_core.sniff.first_bytes import Verdict
from byway_core.sniff.quic_hello import QuicSniffer


def test_byway_reads_the_name() -> None:
    sniffer = QuicSniffer()
    assert sniffer.look(first_datagram("www.a.example")) is Verdict.FOUND
    assert sniffer.host == "www.a.example"


def test_without_one_there_is_none_to_be_had() -> None:
    sniffer = QuicSniffer()
    assert sniffer.look(first_datagram("")) is Verdict.NOTHING
    assert not sniffer.unread


@pytest.mark.parametrize("name", ["www.a.example", ""])
def test_a_stranger_reads_it(name: str) -> None:
    datagram = first_datagram(name)
    assert len(datagram) == 1200
    buffer = Buffer(data=datagram)
    header = pull_quic_header(buffer, host_cid_length=8)
    assert header.packet_type is QuicPacketType.INITIAL
    assert header.packet_length == 1200
    pair = CryptoPair()
    pair.setup_initial(cid=header.destination_cid, is_client=False, version=1)
    _, payload, number = pair.decrypt_packet(datagram, buffer.tell(), 0)
    assert number == 0
    hello = pull_client_hello(Buffer(data=payload[4:]))
    assert hello.server_name == (name or None)
    assert hello.alpn_protocols == ["h3"]
