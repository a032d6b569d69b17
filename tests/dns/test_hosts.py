from __future__ import annotations

from ipaddress import ip_address

import pytest

from byway_core.dns.hosts import hosts_of, is_near


def test_a_name_given_twice_has_all_its_addresses() -> None:
    one, two = ip_address("192.0.2.1"), ip_address("2001:db8::1")
    table = hosts_of((("a.example", (one,)), ("b.example", (one,)), ("a.example", (two,))))
    assert table == {"a.example": (one, two), "b.example": (one,)}


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "printer.local", "nas", "nas.lan"])
def test_near_names(host: str) -> None:
    assert is_near(host)


@pytest.mark.parametrize("host", ["example.com", "local.example", "a.notlocal", "x.mylan"])
def test_far_names(host: str) -> None:
    assert not is_near(host)
