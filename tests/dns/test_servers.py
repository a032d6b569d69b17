from __future__ import annotations

import os
import socket
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.dns.servers import (
    ATTEMPTS,
    TIMEOUT,
    AsAsked,
    FixedServers,
    ServerList,
    SystemServers,
    parse_resolv_conf,
    server_at,
)
from byway_core.model.profile import Nameserver


def texts(servers: ServerList) -> list[str]:
    return [server.text for server in servers.servers]


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        pytest.param("nameserver 192.0.2.1\n", ["192.0.2.1"], id="one"),
        pytest.param("nameserver\t192.0.2.1", ["192.0.2.1"], id="tab, no newline"),
        pytest.param(
            "# nameserver 192.0.2.9\n;nameserver 192.0.2.8\nnameserver 192.0.2.1 # main\n",
            ["192.0.2.1"],
            id="comments",
        ),
        pytest.param(
            "nameserver 192.0.2.1\nnameserver 2001:db8::1\n", ["192.0.2.1", "2001:db8::1"], id="v6"
        ),
        pytest.param(
            "".join(f"nameserver 192.0.2.{n}\n" for n in range(1, 6)),
            ["192.0.2.1", "192.0.2.2", "192.0.2.3"],
            id="three at most, as glibc",
        ),
        pytest.param(
            "nameserver dns.example\nnameserver 192.0.2\nnameserver 192.0.2.1\n",
            ["192.0.2.1"],
            id="what is no address is passed over",
        ),
        pytest.param("nameserver 192.0.2.1\n" * 2, ["192.0.2.1"], id="doubles"),
        pytest.param("nameserver fe80::1%no-such-if\n", ["127.0.0.1"], id="unknown scope"),
        pytest.param("", ["127.0.0.1"], id="empty"),
        pytest.param("search example.com\nnameserver\n", ["127.0.0.1"], id="no server"),
    ],
)
def test_nameservers(text: str, servers: list[str]) -> None:
    assert texts(parse_resolv_conf(text)) == servers


def test_a_scope_becomes_an_interface() -> None:
    index = socket.if_nametoindex("lo")
    by_name, by_number = server_at("fe80::1%lo"), server_at(f"fe80::1%{index}")
    assert by_name is not None
    assert by_name.address == ("fe80::1", 53, 0, index)
    assert by_number is not None
    assert by_number.address == by_name.address


@pytest.mark.parametrize(
    ("options", "timeout", "attempts", "rotate"),
    [
        ("", TIMEOUT, ATTEMPTS, False),
        ("options timeout:1 attempts:3 rotate", 1.0, 3, True),
        ("options timeout:1\noptions rotate", 1.0, ATTEMPTS, True),
        ("options timeout:99 attempts:99", 30.0, 5, False),
        ("options timeout:0 attempts:0", 1.0, 1, False),
        ("options timeout:x attempts: ndots:2 edns0 trust-ad", TIMEOUT, ATTEMPTS, False),
        ("options timeout:" + "9" * 5000, 30.0, ATTEMPTS, False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_options(options: str, timeout: float, attempts: int, rotate: bool) -> None:
    found = parse_resolv_conf(f"nameserver 192.0.2.1\n{options}\n")
    assert (found.timeout, found.attempts, found.rotate) == (timeout, attempts, rotate)


@given(st.text())
def test_anything_is_read(text: str) -> None:
    assert parse_resolv_conf(text).servers


def test_the_profiles_servers() -> None:
    source = FixedServers(
        [
            Nameserver(ip_address("192.0.2.1")),
            Nameserver(ip_address("2001:db8::1"), 5353),
            Nameserver(ip_address("192.0.2.2"), 5353),
        ]
    )
    assert texts(source.current()) == ["192.0.2.1", "[2001:db8::1]:5353", "192.0.2.2:5353"]


def test_the_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "resolv.conf"
    source = SystemServers(path)
    assert texts(source.current()) == ["127.0.0.1"], "no file: as glibc"
    path.write_text("nameserver 192.0.2.1\n")
    assert texts(source.current()) == ["192.0.2.1"]
    first = source.current()
    assert source.current() is first, "not parsed again"

    # As NetworkManager does it: a new file takes the old one's place, perhaps in the same instant.
    new = tmp_path / "new"
    new.write_text("nameserver 192.0.2.2\n")
    os.utime(new, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    new.replace(path)
    assert texts(source.current()) == ["192.0.2.2"]

    path.unlink()
    assert texts(source.current()) == ["127.0.0.1"]


def test_a_changed_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("nameserver 192.0.2.1\n")
    (tmp_path / "work").write_text("nameserver 192.0.2.2\n")
    link = tmp_path / "resolv.conf"
    link.symlink_to("home")
    source = SystemServers(link)
    assert texts(source.current()) == ["192.0.2.1"]
    link.unlink()
    link.symlink_to("work")
    assert texts(source.current()) == ["192.0.2.2"]


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("search Corp.Example lab.example\n", ("corp.example", "lab.example")),
        ("domain corp.example\n", ("corp.example",)),
        ("search a.example\nsearch b.example\n", ("b.example",)),
        ("search .\n", ()),
        ("", ()),
    ],
    ids=["two", "domain", "the last line counts", "the root", "none"],
)
def test_search_domains(text: str, search: tuple[str, ...]) -> None:
    assert parse_resolv_conf(text).search == search


def test_the_stub_of_resolved_stands_for_its_servers(tmp_path: Path) -> None:
    system, resolved = tmp_path / "resolv.conf", tmp_path / "resolved.conf"
    system.write_text("nameserver 127.0.0.53\noptions edns0\nsearch corp.example\n")
    servers = AsAsked(system, resolved)
    assert texts(servers.current()) == ["127.0.0.53"], "resolved does not say"
    resolved.write_text("nameserver 192.0.2.1\nnameserver 192.0.2.2\nsearch other.example\n")
    assert texts(servers.current()) == ["192.0.2.1", "192.0.2.2"]
    assert servers.current().search == ("corp.example",)
    assert servers.current() is servers.current(), "made anew only where something has changed"
    system.write_text("nameserver 192.0.2.9\n")
    assert texts(servers.current()) == ["192.0.2.9"], "resolved is not asked here"
