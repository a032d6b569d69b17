"""`byway explain` as a user sees it, and as a program asks it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import byway_core
from byway_core.cli import main
from byway_core.cli.explain_batch import Batch, lines
from byway_core.rules.compile import compile_rules
from byway_core.rules.parse import parse_rule

RULES = (
    "AND,((NETWORK,UDP),(DST-PORT,443)),REJECT",
    "DOMAIN,www.exmaple.com,REJECT",
    "IP-CIDR,10.0.0.0/8,DIRECT",
    "# DOMAIN-KEYWORD,example,DIRECT",
    "IP-CIDR,192.168.0.0/16,DIRECT,resolve",
    "DOMAIN-SUFFIX,example.com,office",
    "DOMAIN-SUFFIX,münchen.test,office",
    "DOMAIN-KEYWORD,www,REJECT",
    "SRC-PORT,7,REJECT",
)
PROFILE = f"""version = 1
rules = {json.dumps(RULES, ensure_ascii=False)}
[[upstream]]
name = "office"
type = "http"
server = "proxy.test"
port = 3128
"""
DEADLINE = 20  # seconds


@pytest.fixture
def profile(tmp_path: Path) -> str:
    file = tmp_path / "p.toml"
    file.write_text(PROFILE)
    return str(file)


Ask = Callable[..., str]


@pytest.fixture
def ask(profile: str, capsys: pytest.CaptureFixture[str]) -> Ask:
    def asked(*arguments: str) -> str:
        assert main(["explain", "--profile", profile, *arguments]) == 0
        return capsys.readouterr().out

    return asked


def test_in_words(ask: Ask) -> None:
    assert ask("www.example.com", "443") == (
        "www.example.com port 443 tcp: office\n"
        "  decided by rule 6 of 9: DOMAIN-SUFFIX,example.com,office\n"
        "  a rule says resolve: www.example.com is looked up first, which may change it\n"
        "\n"
        "Nearly decided before it:\n"
        "  rule 1: AND,((NETWORK,UDP),(DST-PORT,443)),REJECT\n"
        "      every part holds but NETWORK,UDP\n"
        "  rule 2: DOMAIN,www.exmaple.com,REJECT\n"
        "      www.example.com and www.exmaple.com are one letter apart\n"
        "  rule 4: # DOMAIN-KEYWORD,example,DIRECT\n"
        "      it matches, but is disabled\n"
        "\n"
        "Before it, and open without what is not known:\n"
        "  rule 3: IP-CIDR,10.0.0.0/8,DIRECT\n"
        "      needs the address (--address IP)\n"
        "  rule 5: IP-CIDR,192.168.0.0/16,DIRECT,resolve\n"
        "      needs the address (--address IP)\n"
        "\n"
        "Match too, but come later:\n"
        "  rule 8: DOMAIN-KEYWORD,www,REJECT\n"
    )


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (("example.com", "443", "UDP"), "example.com port 443 udp: REJECT"),
        (("a.com", "80", "--address", "10.1.1.1"), "a.com (10.1.1.1) port 80 tcp: DIRECT"),
        (("10.1.2.3", "80"), "10.1.2.3 port 80 tcp: DIRECT"),
        (("[2001:db8::1]", "80"), "2001:db8::1 port 80 tcp: DIRECT"),
        (("::ffff:10.1.2.3", "80"), "10.1.2.3 port 80 tcp: DIRECT"),
        (("MÜNCHEN.test.", "80"), "xn--mnchen-3ya.test port 80 tcp: office"),
        (("x.test", "1", "--source", "192.0.2.1:7"), "x.test port 1 tcp: REJECT"),
        (("x.test", "1", "--source", "[2001:db8::1]:7"), "x.test port 1 tcp: REJECT"),
        (("x.test", "1", "--source", "2001:db8::7"), "x.test port 1 tcp: DIRECT"),
    ],
)
def test_question(ask: Ask, arguments: tuple[str, ...], first: str) -> None:
    assert ask(*arguments).splitlines()[0] == first


def test_what_else_may_be_said(ask: Ask) -> None:
    assert "no rule matches; the default is DIRECT" in ask("x.test", "1")
    assert "the name is not known; learning it" in ask("192.0.2.1", "1")


PROGRAM_RULES = (
    "PROCESS-NAME,curl,office",
    "PROCESS-PATH,/opt/*,REJECT",
    "AND,((UID,1000),(DST-PORT,443)),REJECT",
)


@pytest.fixture
def programs(tmp_path: Path) -> str:
    file = tmp_path / "programs.toml"
    file.write_text(
        PROFILE.replace(json.dumps(RULES, ensure_ascii=False), json.dumps(PROGRAM_RULES))
    )
    return str(file)


@pytest.mark.parametrize(
    ("arguments", "action"),
    [
        (("--process", "CURL"), "office"),
        (("--process", "/usr/bin/curl"), "office"),
        (("--process", "/opt/a/app"), "REJECT"),
        (("--process", "app"), "DIRECT"),
        (("--uid", "1000"), "REJECT"),
        (("--process", "app", "--uid", "1000"), "REJECT"),
        (("--uid", "0"), "DIRECT"),
        ((), "DIRECT"),
    ],
)
def test_a_process(
    programs: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], action: str
) -> None:
    main(["explain", "--profile", programs, "--json", "a.test", "443", *arguments])
    found = json.loads(capsys.readouterr().out)
    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    assert found["action"] == action
    assert found["process"] == given.get("--process")
    assert found["uid"] == (int(given["--uid"]) if "--uid" in given else None)
    assert found["process_matters"] is (not arguments)
    with started(programs, *arguments) as process:
        out, _ = process.communicate(b"a.test 443\n", DEADLINE)
    assert json.loads(out)["action"] == action


def test_a_process_that_is_not_known(programs: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "--profile", programs, "a.test", "443"])
    assert capsys.readouterr().out == (
        "a.test port 443 tcp: DIRECT\n"
        "  no rule matches; the default is DIRECT\n"
        "  the process is not known; which one it is could change this\n"
        "\n"
        "Before it, and open without what is not known:\n"
        "  rule 1: PROCESS-NAME,curl,office\n"
        "      needs the process (--process NAME)\n"
        "  rule 2: PROCESS-PATH,/opt/*,REJECT\n"
        "      needs the process path (--process PATH)\n"
        "  rule 3: AND,((UID,1000),(DST-PORT,443)),REJECT\n"
        "      needs the user id (--uid N)\n"
    )


def test_json(ask: Ask) -> None:
    found = json.loads(ask("--json", "www.Example.com", "443", "tcp"))
    assert (found["host"], found["port"], found["network"]) == ("www.Example.com", 443, "tcp")
    assert (found["action"], found["rule"], found["index"]) == ("office", RULES[5], 5)
    assert found["resolves"] == ["www.example.com"]
    assert [each["index"] for each in found["near"]] == [0, 1, 3]
    assert [(each["index"], each["needs"]) for each in found["open"]] == [
        (2, ["address"]),
        (4, ["address"]),
    ]
    assert [each["index"] for each in found["later"]] == [7]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("example.com",),
        ("example.com", "http"),
        ("example.com", "65536"),
        ("example.com", "9" * 5000),
        ("example.com", "443", "icmp"),
        ("https://example.com", "443"),
        ("", "443"),
        ("example.com", "443", "--address", "x"),
        ("10.0.0.1", "443", "--address", "10.0.0.2"),
        ("example.com", "443", "--source", "x:1"),
        ("--batch", "example.com"),
        ("--batch", "--uid", "me"),
        ("example.com", "443", "--uid", "4294967295"),
        ("example.com", "443", "--process", "bin/curl"),
        ("example.com", "443", "--process", "/usr/bin/"),
    ],
)
def test_wrong_usage_is_2(profile: str, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["explain", "--profile", profile, *arguments])
    assert caught.value.code == 2


@pytest.mark.parametrize("arguments", [("a.test", "1"), ("--batch",)])
def test_a_profile_that_is_not_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    file = tmp_path / "p.toml"
    file.write_text("version = 1\nrules = ['MATCH,nowhere']\n")
    assert main(["explain", "--profile", str(file), *arguments]) == 1
    assert f"{file}:2:17: error: there is no upstream nowhere" in capsys.readouterr().err


def started(profile: str, *more: str) -> subprocess.Popen[bytes]:
    core = str(Path(byway_core.__file__).parent.parent)
    command = [sys.executable, "-m", "byway_core", "explain", "--batch", "--json"]
    return subprocess.Popen(
        [*command, "--profile", profile, *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": core},
    )


def test_batch(profile: str) -> None:
    questions = (
        b"a.example.com 443\n10.1.1.1 80 TCP\r\n\nx 99999 udp\n  Example.COM.\t1   udp\n"
        b"\xff 1\nno port\n::1 1\nx 1 tcp y\na:b 1\nlast.test 5 udp"
    )
    with started(profile) as process:
        out, err = process.communicate(questions, DEADLINE)
    assert (process.returncode, err) == (1, b"")
    answers = [json.loads(line) for line in out.splitlines()]
    assert answers[0] == {
        "host": "a.example.com",
        "port": 443,
        "network": "tcp",
        "action": "office",
        "rule": RULES[5],
        "index": 5,
        "resolves": ["a.example.com"],
    }
    assert [answer.get("index", "error") for answer in answers] == [
        *(5, 2, "error", "error", 5, "error", "error", None, "error", "error", None)
    ]
    assert answers[2] == {
        "line": 3,
        "input": "",
        "error": "expected HOST PORT or HOST PORT NETWORK",
    }
    assert answers[4]["host"] == "Example.COM."
    assert (answers[7]["action"], answers[7]["rule"]) == ("DIRECT", None)


def test_batch_without_a_wrong_line(profile: str) -> None:
    with started(profile) as process:
        out, _ = process.communicate(b"a.test 1\n", DEADLINE)
    assert (process.returncode, len(out.splitlines())) == (0, 1)


def test_batch_answers_each_line_as_it_comes(profile: str) -> None:
    with started(profile) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for host in ("a.test", "b.test"):
            for piece in (host[:3], host[3:], " 4", "43\n"):
                process.stdin.write(piece.encode())
                process.stdin.flush()
            assert json.loads(process.stdout.readline())["host"] == host
        process.stdin.close()
        assert process.wait(DEADLINE) == 0


def test_batch_whose_reader_leaves(profile: str) -> None:
    with started(profile) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"a.test 1\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b"b.test 1\n")
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(DEADLINE) == 0


def chunks(*pieces: bytes) -> list[list[bytes]]:
    waiting = [*pieces, b""]
    return list(lines(lambda: waiting.pop(0)))


def test_lines_whatever_the_chunks() -> None:
    assert chunks(b"a\nb\nc") == [[b"a", b"b"], [b"c"]]
    assert chunks(b"a\nb\n") == [[b"a", b"b"]]
    assert chunks(b"a", b"\n", b"b", b"c\n\n") == [[b"a"], [b"bc", b""]]
    assert chunks() == []
    every_byte = [bytes((byte,)) for byte in b"one\ntwo\n"]
    assert chunks(*every_byte) == [[b"one"], [b"two"]]


def test_an_endless_line_is_one_error_in_little_memory() -> None:
    groups = chunks(*[b"x" * 50_000] * 50, b" 1\na.test 2\n")
    batch = Batch(compile_rules([parse_rule("MATCH,DIRECT")]), None)
    answers = [json.loads(batch.answer(line)) for group in groups for line in group]
    assert "more than" in answers[0]["error"]
    assert (answers[1]["host"], len(answers)) == ("a.test", 2)


DNS = """
[dns]
servers = ["tls://dns.test", { server = "tcp://192.0.2.1", via = "office" }]
rules = ["DOMAIN-SUFFIX,corp.test,corp"]
[dns.hosts]
nas.test = "192.0.2.7"
[[dns.resolver]]
name = "corp"
servers = ["10.0.0.53"]
"""


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        ("www.test.example", "tls://dns.test, tcp://192.0.2.1 via office"),
        ("a.corp.test", "corp (10.0.0.53)"),
        ("nas.test", "dns.hosts of the profile"),
        ("nas", "the system's own servers"),
        ("dns.test", "the system's own servers"),
        ("proxy.test", "the system's own servers"),
        ("192.0.2.9", ""),
    ],
)
def test_who_is_asked_for_the_name(profile: str, ask: Ask, host: str, asked: str) -> None:
    Path(profile).write_text(PROFILE + DNS)
    assert json.loads(ask(host, "443", "--json"))["names"] == asked
    line = f"  its addresses are asked of {asked}\n"
    assert (line in ask(host, "443")) is bool(asked)
