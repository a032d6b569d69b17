"""The desktop app of an ordinary user, who is asked by the real polkit: for root only, as users are
several and mounts are needed."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

import pytest
from tests.support.desktop_stage import on_users_desk

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: several users, mounts")

# No rule speaks of intercepting: the policy's default holds, which asks.
ASKING = """
polkit.addAdminRule(function(action, subject) { return ["unix-user:0"]; });
"""
FORBIDDING = """
polkit.addRule(function(action, subject) {
    if (subject.user == "games") return polkit.Result.NO;
});
"""
ALLOWING = FORBIDDING.replace("NO", "YES")

# An agent for each `byway up` that comes to the gate, as a desktop has one for its session; what
# its user does is in `types`: True for the right password, False for closing the question.
AGENT = """
AUTHORITY = "org.freedesktop.PolicyKit1.Authority"
types = []
async def polkit(bus, member, signature, *body):
    path = "/org/freedesktop/PolicyKit1/Authority"
    reply = await bus.call(Message(POLKIT, path, AUTHORITY, member, signature=signature,
                                   body=list(body)))
    return reply
async def agent_for(pid):
    bus = await connected()
    async def asked(message):
        if not types.pop(0):
            cancelled = "org.freedesktop.PolicyKit1.Error.Cancelled"
            await bus.send(Message.new_error(message, cancelled, "dismissed"))
            return
        root = ["unix-user", {"uid": Variant("u", 0)}]
        # Whose agent that is: since polkit 126 its subject's, before that who has registered it.
        for uid in (USER, 0):
            reply = await polkit(bus, "AuthenticationAgentResponse2", "us(sa{sv})", uid,
                                 message.body[4], root)
            if reply.message_type is MessageType.METHOD_RETURN:
                break
        await bus.send(Message.new_method_return(message))
    def heard(message):
        if message.member == "BeginAuthentication":
            tasks.append(asyncio.get_running_loop().create_task(asked(message)))
            return True
        return False
    tasks = []
    bus.add_message_handler(heard)
    start = int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[19])
    process = {"pid": Variant("u", pid), "start-time": Variant("t", start)}
    reply = await polkit(bus, "RegisterAuthenticationAgent", "(sa{sv})ss",
                         ["unix-process", process], "en_US.UTF-8", "/agent")
    assert reply.message_type is MessageType.METHOD_RETURN, reply.body
    return bus
async def admitted(folder):
    pid = int(await asyncio.to_thread((folder / "here").read_text))
    bus = await agent_for(pid)
    await asyncio.to_thread((folder / "go").write_text, "")
    return bus
"""


def at_users_desk(code: str, pictures: Path, rules: str) -> None:
    on_users_desk(AGENT + textwrap.dedent(code), pictures, rules)


def test_asked_closed_and_asked_again(tmp_path: Path) -> None:
    """By the app's own look for the helper, whose file is there; the engine is its user's."""
    at_users_desk(
        """
        run = asyncio.to_thread
        before = everything()
        folder = gate(at)
        app = await run(App, at)
        types += [False, True]
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        first = await admitted(folder)
        await run(app.until, lambda s: "The question for a password was closed." in s.detail, "it")
        assert shown() == before[0]
        await run(lambda: app.click("Try again", kind="QPushButton"))
        second = await admitted(folder)
        await run(app.phase, "on")
        assert types == []
        engine = await run(app.engine)
        for pid in (app.pid, engine, *children(engine)):
            status = Path(f"/proc/{pid}/status").read_text()
            assert f"Uid:\\t{USER}\\t{USER}\\t{USER}\\t{USER}" in status, status
            assert "CapEff:\\t0000000000000000" in status, status
        # Everybody's traffic: this is root's.
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        assert await run(curl, "203.0.113.1", "refused.test") in (7, 56)
        told = lambda s: {flow["action"] for flow in s.flows} == {"office", "REJECT"}
        await run(app.until, told, "it is told")
        await run(app.quit)
        for bus in (first, second):
            bus.disconnect()
        await until(lambda: everything() == before)
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
        """,
        tmp_path,
        ASKING,
    )


def test_nobody_can_ask(tmp_path: Path) -> None:
    at_users_desk(
        """
        run = asyncio.to_thread
        app = await run(App, at)
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        words = "Nothing on this desktop can ask for a password. Start a polkit agent"
        seen = await run(app.until, lambda s: words in s.detail, words)
        assert seen.has("Try again", kind="QPushButton")
        await run(app.quit)
        """,
        tmp_path,
        ASKING,
    )


def test_a_rule_that_forbids_it(tmp_path: Path) -> None:
    at_users_desk(
        """
        run = asyncio.to_thread
        app = await run(App, at)
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        words = "You may not do that here. An administrator can allow it."
        seen = await run(app.until, lambda s: words in s.detail, words)
        assert not seen.has("Try again", kind="QPushButton")
        await run(app.quit)
        """,
        tmp_path,
        FORBIDDING,
    )


def test_a_rule_that_allows_it(tmp_path: Path) -> None:
    at_users_desk(
        """
        run = asyncio.to_thread
        app = await run(App, at)
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        await run(app.phase, "on")
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        await run(app.quit)
        """,
        tmp_path,
        ALLOWING,
    )
