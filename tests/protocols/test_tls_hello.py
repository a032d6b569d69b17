from __future__ import annotations

import ssl

import pytest
from tests.support import client_hello as hello
from tests.support.feeding import cuts

from byway_core.protocols.tls_hello import HELLO_LIMIT, HelloReader, server_name


def looked(pieces: list[bytes]) -> tuple[bool | None, bytes, int]:
    """The verdict, the name, and after how many bytes it fell."""
    reader = HelloReader()
    buffer = bytearray()
    for piece in pieces:
        buffer += piece
        verdict = reader.look(buffer)
        if verdict is not None:
            return verdict, reader.name, len(buffer)
    return None, reader.name, len(buffer)


def found(data: bytes) -> bytes:
    """The name, however the hello is cut, and with bytes behind it; b"" for none."""
    for pieces in cuts(data):
        assert looked(pieces)[0] is True
        assert looked(pieces)[1] == looked([data])[1]
    assert looked([data + b"\x14\x03\x03\x00\x01\x01early data"])[:2] == looked([data])[:2]
    return looked([data])[1]


def openssl(name: str | None) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.set_alpn_protocols(["h2", "http/1.1"])
    outgoing = ssl.MemoryBIO()
    connection = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        connection.do_handshake()
    return outgoing.read()


def test_openssl() -> None:
    assert found(openssl("www.example.com")) == b"www.example.com"
    assert found(openssl(None)) == b""


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 100, 1000, 1500, 16384])
def test_records_may_cut_it_anywhere(size: int) -> None:
    message = hello.chrome(b"www.example.com")
    assert len(message) > 1700
    assert looked([hello.records(message, size)])[:2] == (True, b"www.example.com")
    data = hello.records(message, size)
    step = 1 if size > 5 else 97
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    assert looked(pieces)[:2] == (True, b"www.example.com")


def test_the_verdict_falls_with_the_last_byte() -> None:
    data = hello.records(hello.chrome(b"a.example"))
    assert looked([bytes([byte]) for byte in data]) == (True, b"a.example", len(data))


@pytest.mark.parametrize(
    ("extensions", "name"),
    [
        (None, b""),
        ([], b""),
        ([(hello.GREASE, b"")], b""),
        ([hello.sni(b"a.example")], b"a.example"),
        ([hello.sni(b"")], b""),
        ([(hello.PADDING, bytes(8000)), hello.sni(b"a.example")], b"a.example"),
        ([hello.encrypted_hello(), hello.sni(b"public.example")], b"public.example"),
        ([(hello.SERVER_NAME, b"\x00\x0c\x07\x00\x01x" + hello.sni(b"yz")[1][2:])], b"yz"),
    ],
    ids=["absent", "none", "grease", "only", "empty", "padded", "ech-outer", "second-kind"],
)
@pytest.mark.parametrize("session_id", [b"", bytes(32)], ids=["fresh", "session"])
def test_extensions(
    extensions: list[hello.Extension] | None, name: bytes, session_id: bytes
) -> None:
    assert found(hello.records(hello.message(extensions, session_id))) == name


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x02\x00\x00\x10\x01" + bytes(15),
        b"\x16\x03\x01\x00\x00",
        b"\x16\x03\x01\x40\x01\x01" + bytes(0x4000),
        b"\x16\x03\x01\x00\x04\x02\x00\x00\x00",
        b"\x17\x03\x03\x00\x04\x01\x00\x00\x00",
        hello.records(b"\x01\x00\x00\x00"),
        hello.records(b"\x01\x00\x00\x05" + bytes(5)),
        hello.records(hello.message([]) + b"", 8)[:13] + b"\x14\x03\x03\x00\x01\x01",
        hello.records(hello.message([(hello.SERVER_NAME, b"\x00\x09\x00\x00\x09short")])),
        hello.records(hello.message([(hello.SERVER_NAME, b"")])),
        hello.records(hello.message([(hello.SERVER_NAME, b"\x00\x00")])),
        hello.records(hello.message([])[:-2] + b"\x00\x09"),
        hello.records(b"\x01" + (50).to_bytes(3) + b"\x03\x03" + bytes(32) + b"\xff" + bytes(15)),
    ],
    ids=[
        "ssl-2",
        "empty-record",
        "long-record",
        "server-hello",
        "not-handshake",
        "empty",
        "short",
        "other-record-between",
        "name-cut",
        "sni-empty",
        "sni-no-names",
        "extensions-cut",
        "session-id-too-long",
    ],
)
def test_what_is_no_hello(data: bytes) -> None:
    for pieces in cuts(data):
        verdict, name, _ = looked(pieces)
        assert verdict is False or (verdict is True and name == b"")


def test_a_hello_that_claims_to_be_endless() -> None:
    verdict, _, read = looked([hello.records(b"\x01\xff\xff\xff" + bytes(HELLO_LIMIT * 2))])
    assert verdict is False
    small = hello.records(b"\x01\x00\x7f\xff" + bytes(32767), 1)
    verdict, _, read = looked([small[at : at + 1000] for at in range(0, len(small), 1000)])
    assert verdict is False
    assert read <= HELLO_LIMIT + 1000


def test_server_name_reads_at_an_offset() -> None:
    assert server_name(b"xyz" + hello.chrome(b"a.example"), 3) == b"a.example"
