# ruff: noqa: RUF001 - Chinese has its own punctuation
"""The core's sentences in the window's language: made by the core itself, on the way they take."""

from __future__ import annotations

import errno
import json
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.snapshots import FLOW

from byway_core.accounting.record import pack, unpack
from byway_core.api.profiles import read_profile
from byway_core.api.rules import Question, explain
from byway_core.api.wire import (
    EngineStatus,
    error_from_json,
    error_to_json,
    flow_from_json,
    flow_to_json,
    reloaded_from_json,
    reloaded_to_json,
    status_from_json,
    status_to_json,
)
from byway_core.cli.events import Events
from byway_core.cli.status_explain import Explained, HelperState, as_json, plan_of
from byway_core.coexistence.detect import detect
from byway_core.coexistence.facts import Facts
from byway_core.dns.health import Health
from byway_core.dns.servers import Server
from byway_core.model.decision import Network
from byway_core.model.errors import (
    HelperFault,
    Problem,
    ProfileError,
    ProtocolError,
    RefusedError,
)
from byway_core.model.flow import Flow, FlowState
from byway_core.model.profile import Machine, Profile
from byway_core.model.sentence import say, without_parts
from byway_core.protocols.handshake import ClientHandshake
from byway_core.protocols.socks import socks5_client
from byway_core.relay.reasons import why
from byway_gui import words
from byway_gui.presenters import flows, rule_test, rules, standing
from byway_gui.presenters.explained import read
from byway_gui.presenters.standing import Phase, Standing, detail
from byway_gui.presenters.troubles import troubles
from byway_gui.words import tr, translated


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    words.use("zh_CN")
    yield
    words.use("en")


UPSTREAM = say("upstream {name} ({authority})", name="office", authority="192.0.2.3:1080")


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        (say("refused by the rules"), "被规则拒绝"),
        (why(say("the program"), errno.ECONNRESET), "程序重置了连接"),
        (why("a.example:443", errno.EHOSTUNREACH), "无法到达 a.example:443（没有到主机的路由）"),
        (
            say("via {upstream}: {words}", upstream=UPSTREAM, words=why("x:1", errno.ECONNREFUSED)),
            "经由上游 office（192.0.2.3:1080）：x:1 拒绝了连接",
        ),
        ("", "closed"),
        ("of an older engine", "of an older engine"),
    ],
)
def test_a_connections_reason(reason: str, shown: str) -> None:
    """From a worker to the ledger, and from there over the control socket."""
    flow = Flow(1, "192.0.2.9", 40000, "192.0.2.1", 443)
    flow.reason = reason
    ended = replace(FLOW, state=FlowState.CLOSED, reason=unpack(pack(flow)).reason)
    sent = json.loads(json.dumps(flow_to_json(ended)))
    assert sent["reason"] == reason
    assert flows.state(flow_from_json(sent)) == (shown if shown != "closed" else "已关闭")


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (b"\x05\x02\x01\x01", "认证被拒绝：服务器不接受该用户名和密码"),
        (b"\x05\xff", "无论是否提供用户名和密码，服务器都不接受"),
        (b"HTTP/1.1 400", "这不是 SOCKS5 服务器：它的应答像是 HTTP 服务器"),
        (b"\x05", "应答到一半时，服务器关闭了连接"),
        (b"", "服务器关闭了连接，没有应答：它是 SOCKS5 服务器吗？"),
    ],
)
def test_an_upstreams_no(answer: bytes, shown: str) -> None:
    handshake = socks5_client("a.example", 443, "me", "secret")
    handshake.start()
    with pytest.raises((ProtocolError, RefusedError)) as caught:
        converse(handshake, answer)
    assert translated(str(caught.value)) == shown


def converse(handshake: ClientHandshake, answer: bytes) -> None:
    """The method's two bytes by themselves, where it is SOCKS5, then the rest, then the end."""
    first = 2 if answer[:1] == b"\x05" else len(answer)
    for piece in filter(None, (answer[:first], answer[first:])):
        handshake.feed(piece)
    handshake.feed_eof()


@pytest.mark.parametrize(
    ("cause", "shown"),
    [
        (os.strerror(errno.ECONNREFUSED), "连接被拒绝"),
        (say("no answer within {n} s", n=2), "2 秒内没有应答"),
        (
            say("its certificate is not accepted: {why}", why="certificate has expired"),
            "其证书不被接受：证书已过期",
        ),
        ("an older engine's own words", "an older engine's own words"),
    ],
)
def test_what_does_not_work(cause: str, shown: str) -> None:
    """From the forwarder over the control socket, with what the system says."""
    health = Health()
    server = Server(socket.AF_INET, ("192.0.2.1", 53), "192.0.2.1:53")
    health.silent(server, cause)
    status = EngineStatus(1, "1", "up", 0.0, "", problems=health.problems(), areas=("names",))
    arrived = status_from_json(json.loads(json.dumps(status_to_json(status))))
    (trouble,) = troubles(arrived)
    assert trouble.sentence == f"DNS 服务器 192.0.2.1:53 没有应答：{shown}。"


def test_what_the_system_says_alone() -> None:
    assert translated(os.strerror(errno.EACCES)) == "权限不足"
    assert tr("Not saved: {file}: {why}", file="a.toml", why=OSError(5, "no").strerror).endswith(
        "no"
    )
    assert "磁盘空间不足" in tr("Not saved: {file}: {why}", file="x", why=os.strerror(errno.ENOSPC))


PROFILE = """\
version = 1
rules = [
  "DOMAIN,a b.example,DIRECT",
  "DOMAIM,a.example,DIRECT",
  "MATCH,offce",
]
[general]
mixed_port = "7890"
colour = 1
[[upstream]]
name = "office"
type = "socks6"
port = 70000
"""


def test_a_profiles_problems(tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    file.write_text(PROFILE)
    with pytest.raises(ProfileError) as caught:
        read_profile(file)
    problems = caught.value.problems
    assert len(problems) >= 7
    for problem in problems:
        assert_chinese(standing.problem_line(problem))
        assert_chinese(rules.problem_text(problem))
    reloaded = standing.Reloaded(False, str(file), 1, 1, problems=problems)
    again = reloaded_from_json(json.loads(json.dumps(reloaded_to_json(reloaded))))
    assert again == reloaded
    assert_chinese(standing.reload_words(again))


def test_an_explanation(tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    file.write_text(
        'version = 1\nrules = ["DOMAIN,example.com,REJECT", "SRC-PORT,7,REJECT",'
        ' "IP-CIDR,192.0.2.0/24,DIRECT,resolve", "MATCH,DIRECT"]\n'
    )
    asked = Question("www.example.com", "", 443, Network.TCP)
    found = rule_test.answer(asked, explain(read_profile(file).value, asked))
    assert found.near[0][1] == (
        "规则 1 接近匹配：DOMAIN,example.com,REJECT（DOMAIN 只匹配 example.com 本身；"
        "DOMAIN-SUFFIX,example.com 也会匹配 www.example.com）"
    )
    for text in (found.sentence, *found.why, *(text for _, text in found.near)):
        assert_chinese(text)


def test_what_is_found_on_the_machine() -> None:
    plan, direct = plan_of(Profile(rules=(), machine=Machine()))
    facts = Facts(processes=frozenset({"mihomo"}), complete=False)
    findings = detect(facts, plan, in_force=False)
    assert len(findings) > 2
    helper = HelperState(True, HelperFault.SILENT, say("the helper does not answer"))
    unread = say("{file}: {why}", file="a.toml", why=say("there is no such file"))
    known = Explained(helper, plan, "a.toml", unread, False, direct, findings)
    seen = read(json.dumps(as_json(known) | {"engines": []}).encode())
    assert seen.helper.message == "助手程序没有响应"
    assert seen.error == "a.toml：没有这个文件"
    for finding in seen.findings:
        for text in (finding.seen, finding.follows, *finding.remedy):
            assert_chinese(text.partition("# ")[2] if "# " in text else text)


def test_what_an_engine_tells_its_front_end(capsys: pytest.CaptureFixture[str]) -> None:
    Events(wanted=True).failed(say("no system bus: {error}", error="x"))
    text = without_parts(json.loads(capsys.readouterr().out))["text"]
    assert text == "no system bus: x"
    now = Standing(phase=Phase.FAILED, sentence=text)
    assert detail(now).startswith("没有系统总线：x。")


def test_an_engines_no() -> None:
    sent = json.loads(json.dumps(error_to_json("failed", say("the engine ends"))))
    assert translated(str(error_from_json(sent))) == "引擎正在结束"
    assert str(error_from_json(sent | {"parts": 3})) == "the engine ends"


def test_spaces_stand_beside_latin_letters_only() -> None:
    reset = say("{who} reset the connection", who="a.example")
    assert translated(reset) == "a.example 重置了连接"
    assert translated(say("{file}: {why}", file="x", why=reset)) == "x：a.example 重置了连接"
    assert words.tr("{one} and {other}", one=say("source"), other="x") == "来源和 x"


_NO_WORD = re.compile(
    r"`[^`]*`|'[^']*'|\"[^\"]*\"|\S*[A-Z0-9_./-]\S*|\{[^}]*\}|\b(office|offce|mihomo|type|rules|host|port|server|colour|workers|general|upstream|dns|machine|http|service|resolve)\b"
)


def assert_chinese(text: str) -> None:
    """Nothing is left in English but what is no word: names, keys, addresses, commands."""
    if re.match(r"(sudo|byway|pkttyagent|ip) ", text):
        return
    assert not re.search("[a-z]{2,}", _NO_WORD.sub("", text)), text


def test_english_is_seen() -> None:
    with pytest.raises(AssertionError):
        assert_chinese("经由 office：the server has gone")


def test_problems_of_an_engine_without_parts() -> None:
    said = {"taken": False, "profile": "", "rules": 0, "upstreams": 0}
    plain = Problem(1, 2, "as it was")
    sent = {**said, "problems": [{"line": 1, "column": 2, "message": "as it was"}]}
    assert reloaded_from_json(sent).problems == (plain,)
