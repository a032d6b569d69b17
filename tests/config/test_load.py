"""A profile's text to a valid value, or to all its problems with their places."""

from __future__ import annotations

import contextlib
import os
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.config.load import load, loads
from byway_core.model.errors import Problem, ProfileError
from byway_core.model.profile import Dns, General, LogLevel, Nameserver, Profile
from byway_core.model.upstream import Secret, SecretSource, UdpWay, Upstream, UpstreamKind

GOOD = """\
version = 1
rules = [
  "DOMAIN-SUFFIX,example.com,office",
  "# DOMAIN,x.y,REJECT",
  "MATCH,DIRECT",
]
[general]
mixed_port = 7890
mixed_username = "me"
mixed_password = { file = "secret" }
log_level = "debug"
workers = 2
[dns]
servers = ["192.0.2.1", "127.0.0.1:5353", "[::1]:53", "2001:db8::1", "::ffff:192.0.2.9"]
[dns.hosts]
nas.lan = "192.168.1.2"
"Printer.Lan." = ["192.168.1.3", "fd00::3"]
[[upstream]]
name = "office"
type = "socks5"
server = "Proxy.Example.NET"
port = 1080
username = "me"
password = { env = "OFFICE_PASSWORD" }
[[upstream]]
name = "old one"
type = "socks4"
server = "[::1]"
port = 1081
username = "id"
udp = "direct"
[[upstream]]
name = "web"
type = "http"
server = "münchen.test"
port = 3128
username = "me"
password = { keyring = "web" }
"""


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ProfileError) as caught:
        loads(text)
    return caught.value.problems


def warnings(text: str) -> tuple[Problem, ...]:
    return loads(text)[1]


def test_a_whole_profile() -> None:
    profile, found = loads(GOOD)
    assert found == ()
    assert [rule.text for rule in profile.rules][1:] == ["# DOMAIN,x.y,REJECT", "MATCH,DIRECT"]
    assert profile.general == General(
        7890, "me", Secret(SecretSource.FILE, "secret"), LogLevel.DEBUG, 2
    )
    assert profile.dns == Dns(
        servers=(
            Nameserver(ip_address("192.0.2.1")),
            Nameserver(ip_address("127.0.0.1"), 5353),
            Nameserver(ip_address("::1"), 53),
            Nameserver(ip_address("2001:db8::1")),
            Nameserver(ip_address("192.0.2.9")),
        ),
        hosts=(
            ("nas.lan", (ip_address("192.168.1.2"),)),
            ("printer.lan", (ip_address("192.168.1.3"), ip_address("fd00::3"))),
        ),
    )
    assert profile.upstreams == (
        Upstream(
            "office",
            UpstreamKind.SOCKS5,
            "proxy.example.net",
            1080,
            "me",
            Secret(SecretSource.ENV, "OFFICE_PASSWORD"),
        ),
        Upstream("old one", UpstreamKind.SOCKS4, "::1", 1081, "id", udp=UdpWay.DIRECT),
        Upstream(
            "web",
            UpstreamKind.HTTP,
            "xn--mnchen-3ya.test",
            3128,
            "me",
            Secret(SecretSource.KEYRING, "web"),
        ),
    )


def test_the_smallest_profile() -> None:
    profile, _ = loads('version = 1\nrules = ["MATCH,DIRECT"]')
    assert profile == Profile(profile.rules)


@pytest.mark.parametrize("servers", ['["system"]', None])
def test_the_systems_resolvers(servers: str | None) -> None:
    text = (
        f"version = 1\nrules = ['MATCH,DIRECT']\n[dns]\n{f'servers = {servers}' if servers else ''}"
    )
    assert loads(text)[0].dns.servers == ()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_signature_and_the_line_ends_of_windows_are_no_problem(tmp_path: Path, end: str) -> None:
    file = tmp_path / "p.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", end).encode())
    assert load(file) == loads(GOOD)


def line_of(text: str, piece: str) -> tuple[int, int]:
    before = text[: text.index(piece)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


BROKEN = [
    # (what is replaced in GOOD, by what, where the problem is seen, its message, nearest)
    ("version = 1", "version = 2", "2", "a profile of version 2 is for a newer Byway", ""),
    ("version = 1", "version = true", "true", "version is True", "version = 1"),
    ("version = 1", 'version = "1"', '"1"', "version is '1'", "version = 1"),
    ("[general]", "[generl]", "generl", "unknown key generl", "general"),
    ("mixed_port", "mixed-port", "mixed-port", "unknown key mixed-port", "mixed_port"),
    ("[[upstream]]", "[[upstreams]]", "upstreams", "unknown key upstreams", "upstream"),
    ("7890", "0", "0\n", "mixed_port is 0", ""),
    ("7890", "65536", "65536", "mixed_port is 65536", ""),
    ("7890", "true", "true", "mixed_port is a boolean", ""),
    ("7890", '"7890"', '"7890"', "mixed_port is a string", "mixed_port = 7890"),
    ("7890", "7890.0", "7890.0", "mixed_port is a number with a fraction", ""),
    ("7890", "1979-05-27", "1979", "mixed_port is a date or time", ""),
    ('"debug"', '"warn"', '"warn"', "there is no log_level 'warn'", 'log_level = "warning"'),
    ("workers = 2", "workers = 65", "65", "workers is 65", ""),
    ('mixed_username = "me"', "", "{ file", "mixed_password without mixed_username", ""),
    ('"me"', '"a:b"', '"a:b"', "no HTTP client can send this name", ""),
    ('{ file = "secret" }', '{ file = "" }', '""', "file is empty", ""),
    ('{ file = "secret" }', "{ file = 1 }", "1 }", "file is a whole number", ""),
    ('{ file = "secret" }', "{ fiel = 'x' }", "fiel", "a password does not come from fiel", "file"),
    ('{ file = "secret" }', "{}", "{}", "a password has one source", ""),
    ('{ file = "secret" }', "[]", "[]", "mixed_password is a list", ""),
    ("{ file = ", "{ env = 'x', file = ", "{ env", "a password has one source, not several", ""),
    ('"192.0.2.1"', '"dns.test"', '"dns.test"', "'dns.test' is no address", '"tls://dns.test"'),
    ('"192.0.2.1"', '"System"', '"System"', "'System' is no address", '"system"'),
    ('"192.0.2.1"', '"192.0.2.1:0"', '"192.0.2.1:0"', "0 is no port", ""),
    ('"192.0.2.1"', "53", "53,", "a server is a whole number", ""),
    (
        '"192.0.2.1"',
        '"system"',
        '["system"',
        "system already names all of the system's servers",
        "",
    ),
    ('"192.168.1.2"', '"x"', '"x"', "'x' is no address", ""),
    ('"192.168.1.3", ', "7, ", "7, ", "a whole number is no address", ""),
    ("nas.lan", '"*.lan"', '"*.lan"', "'*.lan' is no name", ""),
    ("nas.lan", '"printer.lan"', '"Printer', "Printer.Lan. is there already", ""),
    ('name = "office"', "", "[[upstream]]", "the upstream has no name", ""),
    (
        '"old one"',
        '"office"',
        '"office"\ntype = "socks4"',
        "there already is an upstream office",
        "",
    ),
    ('"old one"', '"REJECT"', '"REJECT"', "REJECT has a meaning of its own in rules", ""),
    ('"old one"', '"a, b"', '"a, b"', "a name in a rule cannot have commas", 'name = "a-b"'),
    ('"old one"', '" "', '" "', "the name is empty", ""),
    ('"socks4"', '"socks"', '"socks"', "there is no type 'socks'", 'type = "socks5"'),
    ('"direct"', '"bypass"', '"bypass"', "there is no udp 'bypass'", ""),
    ('type = "socks4"\n', "", '[[upstream]]\nname = "old one"', "the type is missing", ""),
    ('server = "[::1]"\n', "", '[[upstream]]\nname = "old one"', "the server is missing", ""),
    ("port = 1081\n", "", '[[upstream]]\nname = "old one"', "the port is missing", ""),
    ('"[::1]"', '""', '""', "the server is empty", ""),
    (
        '"[::1]"',
        '"h.test:99"',
        '"h.test:99"',
        "'h.test:99' is no server",
        'server = "h.test", port = 99',
    ),
    ('"[::1]"', '"[::1]:99"', '"[::1]:99"', "'[::1]:99' is no server", 'server = "::1", port = 99'),
    (
        '"[::1]"',
        '"socks5://h:9"',
        '"socks5://h:9"',
        "'socks5://h:9' is no server",
        'type = "socks5", server = "h", port = 9',
    ),
    ('"[::1]"', '"a b"', '"a b"', "'a b' is no server", ""),
    (
        'username = "id"',
        'username = "id"\npassword = "x"',
        '"x"',
        "socks4 has no passwords, only a user id",
        "",
    ),
    (
        'type = "socks4"',
        'type = "service"',
        '"id"',
        "a service is no proxy: nobody tells it an account",
        "",
    ),
    (
        'username = "id"',
        'username = "i\\u0000d"',
        '"i\\u0000d"',
        "a control character in the user name",
        "",
    ),
    (
        'password = { env = "OFFICE_PASSWORD" }',
        "",
        '"me"\n\n',
        "a user name without a password",
        "",
    ),
    ('"DOMAIN-SUFFIX,example.com,office"', "4", "4", "rule 1 is a whole number", ""),
    (
        "DOMAIN-SUFFIX,",
        "DOMAIN-SUFIX,",
        "DOMAIN-SUFIX",
        "there is no kind DOMAIN-SUFIX",
        "DOMAIN-SUFFIX,example.com,office",
    ),
    (
        ",office",
        ",offise",
        "offise",
        "there is no upstream offise",
        "DOMAIN-SUFFIX,example.com,office",
    ),
    ("MATCH,DIRECT", "MATCH,direct", "direct", "there is no upstream direct", "MATCH,DIRECT"),
    ("DOMAIN-SUFFIX,example", "DOMAIN-REGEX,^a\\\\.(", "(.com", "in the pattern: missing )", ""),
]


@pytest.mark.parametrize(
    ("old", "new", "seen", "message", "nearest"), BROKEN, ids=[f"{b[3]} ({b[1]})" for b in BROKEN]
)
def test_problem(old: str, new: str, seen: str, message: str, nearest: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    found = next(problem for problem in problems(text) if message in problem.message)
    assert (found.line, found.column) == line_of(text, seen)
    assert found.nearest == nearest
    assert not found.warning


def test_problem_of_the_whole_file() -> None:
    (version, rules) = problems("")
    assert (version.message, version.line) == ("version is missing", 0)
    assert (rules.message, rules.line) == ("rules is missing", 0)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("rules = 'MATCH,DIRECT'", "rules is a string"),
        ("rules = []\ngeneral = 1", "general is a whole number"),
        ("rules = []\ndns = []", "dns is a list"),
        ("rules = []\nupstream = 1", "upstream is a whole number"),
        ("rules = []\n[upstream]\nname = 'x'", "upstream is a table"),
        ("rules = []\n[dns]\nservers = []", "servers is empty"),
        ("rules = []\n[dns]\nservers = '1.1.1.1'", "servers is a string"),
        ("rules = []\n[dns]\nhosts = 1", "hosts is a whole number"),
        ("rules = []\n[dns.hosts]\na = []", "no address"),
        ("rules = []\n[dns.hosts]\na = {}", "a table is no address"),
    ],
)
def test_wrong_types(head: str, message: str) -> None:
    (found,) = (each for each in problems(f"version = 1\n{head}") if not each.warning)
    assert found.message == message
    assert found.line > 1


@pytest.mark.parametrize("section", ["[general]", "[machine]", "[[upstream]]"])
def test_rules_behind_a_table_are_told_where_they_belong(section: str) -> None:
    found = problems(f"version = 1\n{section}\nrules = []\n")
    (stray,) = (problem for problem in found if problem.message == "unknown key rules")
    assert stray.expected == "rules at the top of the file, before the first [table]"


def test_keys_of_a_table_at_the_top_are_told_where_they_belong() -> None:
    (found,) = problems("version = 1\nrules = ['MATCH,DIRECT']\nmixed-port = 1\n")
    assert found.nearest == "mixed_port in the table [general]"


def test_everything_at_once_and_in_order() -> None:
    found = problems(
        "version = 1\n"
        "rules = ['DOMIAN,a b,x', 'NETWORK,UPD,y']\n"
        "[general]\nmixed_port = 'x'\n"
        "[[upstream]]\nname = 'x'\ntype = 'http'\nserver = 'a b'\nport = -1\n"
    )
    assert [(problem.line, problem.column) for problem in found if not problem.warning] == [
        (2, 11),  # the kind
        (2, 35),  # the network
        (2, 39),  # the target
        (4, 14),
        (8, 10),
        (9, 8),
    ]


@pytest.mark.parametrize(
    ("old", "new", "seen", "message"),
    [
        (
            '{ env = "OFFICE_PASSWORD" }',
            '"hunter2"',
            '"hunter2"',
            "the password stands in the profile",
        ),
        (
            "DOMAIN-SUFFIX,example",
            "DOMAIN-SUFFIX,+.example",
            "+.example",
            "+.example.com is read as example.com",
        ),
        (
            '  "MATCH,DIRECT",\n',
            "",
            "rules",
            "no MATCH at the end: what no rule matches goes DIRECT",
        ),
        (
            '"# DOMAIN,x.y,REJECT"',
            '"MATCH,REJECT"',
            '"MATCH,DIRECT"',
            "never reached: rule 2, MATCH,REJECT",
        ),
        (
            '"# DOMAIN,x.y,REJECT"',
            '"DOMAIN,a.example.com,REJECT"',
            '"DOMAIN,a.',
            "never decides: rule 1",
        ),
        (
            '"# DOMAIN,x.y,REJECT"',
            '"# DOMIAN,x.y,REJECT"',
            "DOMIAN",
            "disabled, and not a rule as it stands: there is no kind DOMIAN",
        ),
        ('"# DOMAIN,x.y,REJECT"', '"# DOMAIN,x.y,offise"', "offise", "there is no upstream offise"),
        ('"old one"', '"Office"', '"Office"', "Office and office differ in capitals only"),
        ('"direct"', '"carry"', '"carry"', "socks4 carries no datagrams: they are refused"),
        ('"old one"', '"Direct"', '"Direct"', "Direct and DIRECT differ in capitals only"),
        (
            '"127.0.0.1:5353"',
            '"192.0.2.1:53"',
            '"192.0.2.1:53"',
            "192.0.2.1:53 is in the list already",
        ),
        ("mixed_port = 7890\n", "", '"me"', "mixed_username protects a port that is not open"),
        (
            "MATCH,DIRECT",
            "MATCH,office",
            '"MATCH,office"',
            "127.0.0.1 and ::1, this machine itself, goes to office too",
        ),
    ],
)
def test_warning(old: str, new: str, seen: str, message: str) -> None:
    text = GOOD.replace(old, new, 1)
    found = next(problem for problem in warnings(text) if message in problem.message)
    assert (found.line, found.column) == line_of(text, seen)
    assert found.warning


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("", "127.0.0.1 and ::1"),
        ('"IP-CIDR,127.0.0.0/8,DIRECT"', "::1"),
        ('"IP-CIDR,127.0.0.0/8,DIRECT", "IP-CIDR,::1/128,REJECT"', None),
        ('"OR,((IP-CIDR,127.0.0.0/8),(IP-CIDR6,::/64)),DIRECT"', None),
        ('"# IP-CIDR,127.0.0.0/8,DIRECT"', "127.0.0.1 and ::1"),
    ],
)
def test_this_machine_through_an_upstream(before: str, told: str | None) -> None:
    comma = ", " if before else ""
    text = f'version = 1\nrules = [{before}{comma}"MATCH,up"]\n' + (
        "[[upstream]]\nname = 'up'\ntype = 'http'\nserver = 'x.test'\nport = 1\n"
    )
    messages = [problem.message for problem in warnings(text)]
    expected = [f"{told}, this machine itself, goes to up too"] if told else []
    assert messages == expected


def test_an_empty_password_is_not_warned_of() -> None:
    assert not warnings(GOOD.replace('{ env = "OFFICE_PASSWORD" }', '""'))


@pytest.mark.parametrize(("kind", "most"), [("socks5", 255), ("http", 2048)])
def test_how_long_names_and_passwords_may_be(kind: str, most: int) -> None:
    head = (
        f"version=1\nrules=['MATCH,x']\n[[upstream]]\nname='x'\ntype='{kind}'\nserver='h'\nport=1\n"
    )
    assert loads(f"{head}username='{'ü' * (most // 2)}'\npassword='{'p' * most}'\n")
    found = problems(f"{head}username='{'u' * (most + 1)}'\npassword='{'ü' * most}'\n")
    assert [problem.message for problem in found if not problem.warning] == [
        f"username has {most + 1} bytes in UTF-8",
        f"password has {2 * most} bytes in UTF-8",
    ]


def test_wrong_toml_has_its_place() -> None:
    (found,) = problems("version = 1\nrules = [\n  'a',\n  b\n]\n")
    assert (found.line, found.column) == (4, 3)
    assert found.message.startswith("not TOML: ")


def test_wrong_escapes_in_toml_are_explained() -> None:
    (found,) = problems('version = 1\nrules = ["DOMAIN-REGEX,a\\.b,DIRECT"]\n')
    assert found.line == 2
    assert "single quotes" in found.expected


def test_endless_nesting_is_an_error_like_others() -> None:
    (found,) = problems("version = " + "[" * 100_000)
    assert "not TOML" in found.message or "nested" in found.message


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        pytest.param(b"version = 1\n# caf\xe9\n", (2, 6), "byte 0xe9 is not UTF-8", id="latin-1"),
        pytest.param("version = 1".encode("utf-16"), (0, 0), "the file is in UTF-16", id="utf-16"),
    ],
)
def test_a_file_in_another_encoding(
    tmp_path: Path, data: bytes, place: tuple[int, int], message: str
) -> None:
    file = tmp_path / "p.toml"
    file.write_bytes(data)
    with pytest.raises(ProfileError) as caught:
        load(file)
    (found,) = caught.value.problems
    assert ((found.line, found.column), found.message) == (place, message)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "none", "there is no such file"),
        (tmp_path, "this is a folder, not a file"),
        (tmp_path / ("x" * 300), "the file cannot be read: File name too long"),
        (Path("a\0b"), "the file cannot be read: embedded null byte"),
    ):
        with pytest.raises(ProfileError) as caught:
            load(path)
        assert [found.message for found in caught.value.problems] == [message]
        assert caught.value.path == str(path)


def test_a_file_too_big_is_not_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "huge"
    with file.open("wb") as stream:
        os.truncate(stream.fileno(), 10**10)
    with pytest.raises(ProfileError) as caught:
        load(file)
    assert caught.value.problems[0].message == "the file has more than 32 MB"


VALUES = st.recursive(
    st.sampled_from(
        ("1", "-1", "true", "'x'", "'MATCH,x'", "'1.2.3.4'", "1.5", "1979-05-27", "''")
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.dictionaries(st.sampled_from(("env", "name", "x")), inner, max_size=2).map(
            lambda items: "{" + ", ".join(f"{k} = {v}" for k, v in items.items()) + "}"
        ),
    ),
    max_leaves=4,
)
TOP = ("version", "rules", "general", "dns", "upstream", "x")
BELOW = ("name", "type", "server", "port", "udp", "password", "mixed_port", "servers", "hosts")


@given(
    st.dictionaries(st.sampled_from(TOP), VALUES, max_size=3),
    st.sampled_from(("[general]", "[dns]", "[[upstream]]", "[other]")),
    st.dictionaries(st.sampled_from(BELOW), VALUES, max_size=5),
)
def test_no_profile_raises_anything_but_ours(
    top: dict[str, str], section: str, below: dict[str, str]
) -> None:
    lines = [f"{key} = {value}" for key, value in top.items()]
    lines += [section, *(f"{key} = {value}" for key, value in below.items())]
    with contextlib.suppress(ProfileError):
        assert all(problem.warning for problem in loads("\n".join(lines))[1])
