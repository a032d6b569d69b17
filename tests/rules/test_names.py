"""Names and addresses in the one form that rules compare."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.rules.names import (
    display_form,
    normalise_host,
    parse_address,
    parse_destination,
)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        pytest.param("www.example.com", "www.example.com", id="as it is"),
        pytest.param("WWW.Example.COM", "www.example.com", id="capitals"),
        pytest.param("example.com.", "example.com", id="the root's dot"),
        pytest.param("example.com...", "example.com", id="several dots"),
        pytest.param("", "", id="empty"),
        pytest.param("..", "", id="dots only"),
        pytest.param("_dmarc.example.com", "_dmarc.example.com", id="underscore"),
        pytest.param("münchen.test", "xn--mnchen-3ya.test", id="umlaut"),
        pytest.param("MÜNCHEN.test", "xn--mnchen-3ya.test", id="capital umlaut"),
        pytest.param("mu\u0308nchen.test", "xn--mnchen-3ya.test", id="decomposed umlaut"),
        pytest.param("faß.de", "xn--fa-hia.de", id="sharp s stays one letter"),
        pytest.param("_x.münchen.test", "_x.xn--mnchen-3ya.test", id="underscore beside umlaut"),
        pytest.param("münchen。test", "xn--mnchen-3ya.test", id="ideographic full stop"),
        pytest.param("\uff45xample.com", "example.com", id="full width"),
        pytest.param("i❤.ws", "xn--i-7iq.ws", id="symbol"),
        pytest.param("例え.テスト", "xn--r8jz45g.xn--zckzah", id="japanese"),
    ],
)
def test_normal_form(written: str, normal: str) -> None:
    assert normalise_host(written) == normal


@pytest.mark.parametrize("name", ["münchen.test", "faß.de", "例え.テスト", "a.b", "i❤.ws"])
def test_display_form_is_the_way_back(name: str) -> None:
    assert display_form(normalise_host(name)) == name


def test_display_form_leaves_what_is_no_punycode() -> None:
    assert display_form("xn--\udc80.test") == "xn--\udc80.test"
    assert display_form("axn--b.test") == "axn--b.test"


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_said_to_be_none(text: str) -> None:
    try:
        name = normalise_host(text)
    except ValueError:
        return
    assert name == normalise_host(name) or not name.isascii()
    display_form(name)


def test_an_endless_name_is_refused_before_it_is_mapped() -> None:
    with pytest.raises(ValueError, match="longer"):
        normalise_host("ü" * 5000)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("192.0.2.1", "192.0.2.1", id="v4"),
        pytest.param("2001:DB8::1", "2001:db8::1", id="v6"),
        pytest.param("[2001:db8::1]", "2001:db8::1", id="brackets"),
        pytest.param("::ffff:192.0.2.1", "192.0.2.1", id="mapped"),
        pytest.param("[::ffff:c000:201]", "192.0.2.1", id="mapped in hexadecimal"),
        pytest.param("fe80::1%eth0", "fe80::1", id="zone"),
    ],
)
def test_address(text: str, address: str) -> None:
    assert parse_address(text) == ip_address(address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.2.3",
        "0x7f.1",
        "2130706433",
        "010.0.0.1",
        "1.2.3.4.",
        "[1.2.3.4]",
        ":",
        "[",
        "a:1",
        "1.2.3.٤",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize("text", ["", ".", "a:443", "https://a/", "a/b", "[::1]:443"])
def test_what_is_no_destination(text: str) -> None:
    with pytest.raises(ValueError, match=r"host"):
        parse_destination(text)


def test_destination_is_a_name_or_an_address() -> None:
    assert parse_destination("Example.com.") == ("example.com", None)
    assert parse_destination("::ffff:10.0.0.1") == ("", ip_address("10.0.0.1"))
    assert parse_destination("127.1") == ("127.1", None)
