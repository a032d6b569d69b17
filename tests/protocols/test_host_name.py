from __future__ import annotations

import socket
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.protocols.host_name import (
    address_text,
    authority,
    normal_name,
    packed_address,
    split_authority,
    split_host,
    unmapped,
)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"example.com", "example.com"),
        (b"EXAMPLE.Com.", "example.com"),
        (b"localhost", "localhost"),
        (b"_dmarc._x.example-", "_dmarc._x.example-"),
        (b"1e100.net", "1e100.net"),
        (b"1.2.3.x4", "1.2.3.x4"),
        (b"a.0xg", "a.0xg"),
        (b"x" * 63 + b".example", "x" * 63 + ".example"),
        (b"a." * 126 + b"b", "a." * 126 + "b"),
        ("bücher.example".encode(), "xn--bcher-kva.example"),
        ("BÜCHER.example.".encode(), "xn--bcher-kva.example"),
        ("faß.example".encode(), "xn--fa-hia.example"),
        ("☕.example".encode(), "xn--53h.example"),
        ("例え。テスト".encode(), "xn--r8jz45g.xn--zckzah"),
        ("\uff45\uff58ample\uff0ecom".encode(), "example.com"),  # full width
    ],
)
def test_names(raw: bytes, name: str) -> None:
    assert normal_name(raw) == name
    assert split_host(raw) == (name, "")
    assert normal_name(name.encode()) == name


@pytest.mark.parametrize(
    "raw",
    [
        *(
            b"",
            b".",
            b"..",
            b".a",
            b"a..b",
            b"a..",
            b" a",
            b"a b",
            b"a\n",
            b"a\0b",
            b"a/b",
            b"a:80",
        ),
        *(b"*", b"*.a", b"a@b", b"[::1]", b"1", b"127.1", b"1.2.3.4", b"1.2.3.4.5", b"0x7f.1"),
        *(
            b"a.1",
            b"a.0x",
            b"a.0X1F",
            b"0x7f000001",
            b"x" * 64,
            b"a." * 127 + b"b",
            b"\xff",
            b"\xc3",
        ),
        "\uff11\uff12\uff17.0.0.1".encode(),  # full width
        "a\u200db.example".encode() * 100,
        "xn\u00ad--\u00ad.example".encode() + "ü".encode() * 60,
    ],
)
def test_no_names(raw: bytes) -> None:
    assert normal_name(raw) == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (b"192.0.2.7", "192.0.2.7"),
        (b"2001:DB8:0:0::1", "2001:db8::1"),
        (b"::ffff:192.0.2.7", "192.0.2.7"),
        (b"::", "::"),
    ],
)
def test_addresses(text: bytes, address: str) -> None:
    assert split_host(text) == ("", address)


@pytest.mark.parametrize(
    "text",
    ["", "1.2.3", "01.2.3.4", "1.2.3.4 ", "::1%lo", "[::1]", ":", "1.2.3.256", "a", "\u0663.1.1.1"],
)
def test_no_addresses(text: str) -> None:
    assert packed_address(text) == b""


@given(st.binary(min_size=16, max_size=16) | st.binary(min_size=4, max_size=4))
def test_address_text_is_what_the_system_writes(packed: bytes) -> None:
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    assert address_text(packed) == socket.inet_ntop(family, packed)
    assert packed_address(address_text(packed)) == packed


@pytest.mark.parametrize(
    "text",
    ["::", "::1", "::1.2.3.4", "::ffff:1.2.3.4", "::0.1.0.0", "::ffff:0:0", "64:ff9b::102:304"],
)
def test_address_text_with_zeros(text: str) -> None:
    packed = IPv6Address(text).packed
    assert address_text(packed) == socket.inet_ntop(socket.AF_INET6, packed)


def test_only_mapped_addresses_are_unmapped() -> None:
    assert unmapped(IPv6Address("::ffff:1.2.3.4").packed) == b"\x01\x02\x03\x04"
    assert unmapped(b"\x01\x02\x03\x04") == b"\x01\x02\x03\x04"
    assert unmapped(IPv6Address("::1.2.3.4").packed) == IPv6Address("::1.2.3.4").packed


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (b"example.com", (b"example.com", 0)),
        (b"example.com:", (b"example.com", 0)),
        (b"example.com:80", (b"example.com", 80)),
        (b"[::1]", (b"::1", 0)),
        (b"[::1]:65535", (b"::1", 65535)),
        (b"1.2.3.4:0080", (b"1.2.3.4", 80)),
    ],
)
def test_authority(raw: bytes, parts: tuple[bytes, int]) -> None:
    assert split_authority(raw) == parts


@pytest.mark.parametrize(
    "raw",
    [
        *(
            b"",
            b":80",
            b"a:b",
            b"a:65536",
            b"a:0",
            b"a:00",
            b"a:123456",
            b"a:80:80",
            b"::1",
            b"a@b",
        ),
        *(b"[]", b"[::1", b"[1.2.3.4]", b"[::1]x", b"a@b:80", b"a b:80", b"a/b", b"[::1%25lo]:80"),
    ],
)
def test_no_authority(raw: bytes) -> None:
    assert split_authority(raw) is None


def test_authority_is_written_with_brackets() -> None:
    assert authority("::1", 80) == "[::1]:80"
    assert authority("example.com", 80) == "example.com:80"


@given(st.binary(max_size=300) | st.text(max_size=80).map(str.encode))
def test_whatever_comes_is_a_name_or_an_address_or_nothing(raw: bytes) -> None:
    name, address = split_host(raw)
    assert not (name and address)
    if name:
        assert split_host(name.encode()) == (name, "")
        assert len(name) <= 253
    if address:
        assert split_host(address.encode()) == ("", address)
