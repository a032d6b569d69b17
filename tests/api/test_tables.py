"""Tables of a profile while they are edited: what is wrong is told by key."""

from __future__ import annotations

from pathlib import Path

import pytest

from byway_core.api.dns_table import (
    check_host,
    check_name_rule,
    check_real_names,
    check_resolver,
    check_servers,
    host_entries,
)
from byway_core.api.upstream_table import check_upstream, password_of
from byway_core.model.errors import Problem, SecretError
from byway_core.model.upstream import Secret, SecretSource, Upstream, UpstreamKind

OFFICE = {"name": "office", "type": "socks5", "server": "Proxy.Example.NET", "port": 1080}


def test_a_valid_upstream() -> None:
    checked = check_upstream(OFFICE, ["home", "work"])
    assert checked.value == Upstream("office", UpstreamKind.SOCKS5, "proxy.example.net", 1080)
    assert checked.problems == {}


def test_each_problem_is_at_its_key_though_it_is_missing() -> None:
    checked = check_upstream({}, ["home"])
    assert checked.value is None
    assert {key: found[0].message for key, found in checked.errors.items()} == {
        "name": "the upstream has no name",
        "type": "the type is missing",
        "server": "the server is missing",
        "port": "the port is missing",
    }
    checked = check_upstream({**OFFICE, "name": "home", "port": 0, "prot": 1}, ["home"])
    assert set(checked.errors) == {"name", "port", "prot"}
    assert checked.errors["prot"][0].nearest == "port"


def test_a_warning_is_no_error() -> None:
    table = {**OFFICE, "username": "me", "password": "in clear"}
    checked = check_upstream(table, ["Office"])
    assert checked.value is not None
    assert set(checked.problems) == {"name", "password"}
    assert checked.errors == {}


def test_problems_of_others_are_not_ours() -> None:
    assert check_upstream(OFFICE, ["DIRECT", "a,b"]).problems == {}


def test_its_password(tmp_path: Path) -> None:
    upstream = Upstream("office", UpstreamKind.SOCKS5, "proxy", 1080)
    assert password_of(upstream, tmp_path) is None
    secret = Secret(SecretSource.FILE, "secret")
    upstream = Upstream("office", UpstreamKind.SOCKS5, "proxy", 1080, "me", secret)
    with pytest.raises(SecretError):
        password_of(upstream, tmp_path)
    (tmp_path / "secret").write_text("s3cret\n")
    (tmp_path / "secret").chmod(0o600)
    assert password_of(upstream, tmp_path) == "s3cret"


def messages(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.message for problem in problems]


def test_servers() -> None:
    assert check_servers(["system"]) == {}
    assert check_servers(["192.0.2.1", "[2001:db8::1]:5353"]) == {}
    found = check_servers(["192.0.2.1", "one", "192.0.2.1"])
    assert {place: messages(problems) for place, problems in found.items()} == {
        1: ["'one' is no address"],
        2: ["192.0.2.1 is in the list already"],
    }
    assert set(check_servers([])) == {None}
    assert set(check_servers(["192.0.2.1"] * 9)) == {None, *range(1, 9)}


def test_resolvers() -> None:
    fine = check_resolver("lab", ["10.0.0.53"], ["corp"])
    assert (fine.name, fine.servers) == ((), ())
    via = {"server": "tls://10.0.0.53", "via": "office"}
    assert check_resolver("lab", [via], (), ["office"]).servers == ()
    wrong = check_resolver("corp", ["one", via], ["corp"])
    assert messages(wrong.name) == ["there already is a resolver corp"]
    assert messages(wrong.servers) == ["'one' is no address", "there is no upstream office"]
    wrong = check_resolver("system", [])
    assert messages(wrong.name) == ["system has a meaning of its own in rules"]
    assert messages(wrong.servers) == ["servers is empty"]


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("DOMAIN,a.example,crop", 18, "there is no resolver crop"),
        ("DST-PORT,53,corp", 1, "a question has a name, and neither port nor address"),
        ("MATCH,corp", 1, "what no rule matches is asked of dns.servers"),
        ("DOMAI,a.example,corp", 1, "there is no kind DOMAI"),
    ],
)
def test_rules_on_names(text: str, column: int, says: str) -> None:
    (problem,) = check_name_rule(text, ["corp"])
    assert (problem.column, problem.message) == (column, says)
    assert check_name_rule("# MATCH,corp", ["corp"]) == ()
    assert check_name_rule("DOMAIN,a.example,system", []) == ()


def test_real_names() -> None:
    assert check_real_names(["*.example.com", "+.example.net"], fakes=True) == {}
    found = check_real_names(["a b", "a.example"], fakes=False)
    assert set(found) == {0, None}
    assert found[None][0].warning


def test_hosts() -> None:
    fine = check_host("nas.lan", ["192.0.2.1", "2001:db8::1"], ["router"])
    assert (fine.name, fine.addresses) == ((), ())
    wrong = check_host("NAS.lan", ["192.0.2", "one"], ["nas.lan"])
    assert messages(wrong.name) == ["NAS.lan is there already"]
    assert messages(wrong.addresses) == ["'192.0.2' is no address", "'one' is no address"]
    assert messages(check_host("", [], []).name) == ["'' is no name"]
    assert messages(check_host("a", [], []).addresses) == ["no address"]


def test_entries_are_read_as_they_are_written() -> None:
    hosts = {"nas": {"lan": "192.0.2.1"}, "printer.lan": ["192.0.2.2", 7], "nas.local": "one"}
    assert [(entry.keys, entry.name, entry.addresses) for entry in host_entries(hosts)] == [
        (("nas", "lan"), "nas.lan", ("192.0.2.1",)),
        (("printer.lan",), "printer.lan", ("192.0.2.2", "7")),
        (("nas.local",), "nas.local", ("one",)),
    ]
    assert host_entries(None) == ()
    assert host_entries("none") == ()
