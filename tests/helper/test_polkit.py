"""The real polkit: rules that say yes and no, a user who is asked, several users."""

from __future__ import annotations

from tests.support.bus_client import on_bus

# Accounts that every Debian has. `asked` has no rule: the policy file's default holds.
RULES = """
polkit.addRule(function(action, subject) {
    if (subject.user == "daemon" && action.id == "io.github.byway.intercept")
        return polkit.Result.YES;
    if (subject.user == "bin")
        return polkit.Result.NO;
});
polkit.addAdminRule(function(action, subject) { return ["unix-user:0"]; });
"""
FIRST = """
ALLOWED, FORBIDDEN, ASKED = 1, 2, 5  # daemon, bin, games
async def attempt(request=Request(Plan(Mode.GLOBAL)), then=None):
    helper = await Helper.reached()
    try:
        await helper.start(request, lambda: None)
        return "started" if then is None else await then(helper)
    except HelperError as error:
        return error.fault.value
"""


def on_stage(code: str) -> str:
    return on_bus(code, FIRST, real_root=True, rules=RULES)


def test_yes_and_no():
    on_stage("""
        before = shown()
        assert await as_user(FORBIDDEN, attempt) == "Denied"
        assert await as_user(ASKED, attempt) == "NoAgent"
        assert await as_user(ALLOWED, attempt) == "started"
        await until(lambda: shown() == before)
        lan = Request(Plan(Mode.GATEWAY, lan=("out",)))
        guarded = Request(Plan(Mode.GLOBAL), kill_switch=True)
        for request in lan, guarded:  # other actions, of which no rule speaks
            assert await as_user(ALLOWED, lambda: attempt(request)) == "NoAgent"
        assert shown() == before
    """)


def test_two_users():
    on_stage("""
        reader, writer = os.pipe()
        async def until_told(helper):
            os.write(writer, b"!")
            await asyncio.sleep(1000)
        first = asyncio.create_task(as_user(ALLOWED, lambda: attempt(then=until_told)))
        assert await asyncio.to_thread(os.read, reader, 1)
        assert await as_user(ALLOWED, attempt) == "Busy"
        async def stop():
            helper = await Helper.reached()
            return (await fault_of(helper.stop())).value
        assert await as_user(FORBIDDEN, stop) == "NotOwner"
        pid = next(p for p in children(os.getpid()) if os.stat(f"/proc/{p}").st_uid == ALLOWED)
        os.kill(pid, 9)
        await asyncio.gather(first, return_exceptions=True)
        assert await as_user(ALLOWED, attempt) == "started"
    """)


ASKING = """
async def asked_attempt():
    '''A user who is asked, with an agent of its own: root's password is as good as typed.'''
    agent = await connected()
    told = asyncio.get_running_loop().create_future()
    async def began(message):
        cookie = message.body[4]
        if ANSWER == "dismiss":
            name = "org.freedesktop.PolicyKit1.Error.Cancelled"
            await agent.send(Message.new_error(message, name, "dismissed"))
            return
        os.write(cookies, cookie.encode())
        await asyncio.to_thread(os.read, responded, 1)
        await agent.send(Message.new_method_return(message))
    def heard(message):
        if message.member == "BeginAuthentication":
            tasks.append(asyncio.ensure_future(began(message)))
            return True
        return False
    tasks = []
    agent.add_message_handler(heard)
    start = int(open("/proc/self/stat").read().rsplit(")", 1)[1].split()[19])
    process = {"pid": Variant("u", os.getpid()), "start-time": Variant("t", start)}
    subject = ["unix-process", process]
    reply = await agent.call(Message(POLKIT, "/org/freedesktop/PolicyKit1/Authority",
        "org.freedesktop.PolicyKit1.Authority", "RegisterAuthenticationAgent",
        signature="(sa{sv})ss", body=[subject, "en_US.UTF-8", "/agent"]))
    assert reply.message_type is MessageType.METHOD_RETURN, reply.body
    return await attempt()
async def responder():
    cookie = (await asyncio.to_thread(os.read, asked, 4096)).decode()
    reply = await bus.call(Message(POLKIT, "/org/freedesktop/PolicyKit1/Authority",
        "org.freedesktop.PolicyKit1.Authority", "AuthenticationAgentResponse2",
        signature="us(sa{sv})", body=[ASKED, cookie, ["unix-user", {"uid": Variant("u", 0)}]]))
    assert reply.message_type is MessageType.METHOD_RETURN, reply.body
    os.write(respond, b"!")
asked, cookies = os.pipe()
responded, respond = os.pipe()
"""


def test_asked_then_yes():
    on_stage(
        ASKING
        + """
ANSWER = "yes"
answering = asyncio.create_task(responder())
assert await as_user(ASKED, asked_attempt) == "started"
await answering
"""
    )


def test_asked_and_dismissed():
    on_stage(
        ASKING
        + """
ANSWER = "dismiss"
before = shown()
assert await as_user(ASKED, asked_attempt) == "Dismissed"
assert shown() == before
"""
    )


def test_an_ordinary_user_serves_the_machine():
    """The engine has no capability and can gain none; another user's programs go by its rules."""
    on_stage("""
        import contextlib, importlib, pkgutil, signal, subprocess, byway_core
        from byway_core.cli import main
        # What the user may not read (a checkout in root's home) is imported while we may.
        for module in pkgutil.walk_packages(byway_core.__path__, "byway_core."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
        home = place.folder / "home"
        home.mkdir()
        profile = home / "profile.toml"
        profile.write_text('version = 1\\nrules = ["DOMAIN,refused.test,REJECT", "MATCH,DIRECT"]\\n'
                           '[general]\\nworkers = 2\\n[machine]\\nbypass = []\\n')
        profile.chmod(0o600)
        for path in home, profile:
            os.chown(path, ALLOWED, ALLOWED)
        log = place.folder / "up.log"
        pid = os.fork()
        if pid == 0:
            status = 99
            try:
                os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT), 2)
                os.close(1)
                os.environ["XDG_RUNTIME_DIR"] = str(home)
                os.setgroups([])
                os.setresgid(ALLOWED, ALLOWED, ALLOWED)
                os.setresuid(ALLOWED, ALLOWED, ALLOWED)
                status = main(["up", "--profile", str(profile)])
            finally:
                os._exit(status)
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(lambda: subprocess.run(["kill", "-9", str(pid)], capture_output=True))
            await stack.enter_async_context(beyond())
            async with asyncio.timeout(DEADLINE):
                while not log.exists() or "by the rules" not in log.read_text():
                    assert not os.waitpid(pid, os.WNOHANG)[0], log.read_text()
                    await asyncio.sleep(0.01)
            def curl(name):
                to = ["--resolve", f"{name}:80:203.0.113.1", f"http://{name}/"]
                done = subprocess.run(["curl", "-s", "--max-time", "5", *to], user=ASKED,
                                      group=ASKED, capture_output=True, text=True)
                return done.stdout or done.returncode
            assert await asyncio.to_thread(curl, "direct.test") == "198.51.100.2"
            assert await asyncio.to_thread(curl, "refused.test") == 56
            for process in (pid, *children(pid)):
                status = open(f"/proc/{process}/status").read()
                assert "CapEff:\\t0000000000000000" in status, status
                assert "CapPrm:\\t0000000000000000" in status
                assert "NoNewPrivs:\\t1" in status
            os.kill(pid, signal.SIGTERM)
            assert os.waitpid(pid, 0)[1] == 0, log.read_text()
            assert "inet byway" not in shown() and "lookup 7364" not in shown()
    """)


def test_a_terminal_is_asked():
    """Over ssh there is no agent: in a terminal the command brings polkit's own, for itself."""
    on_stage("""
        import argparse, pty
        from byway_core.cli import agent, helper_words, repair, standing
        pid, terminal = pty.fork()
        if pid == 0:
            os.setresgid(ASKED, ASKED, ASKED)
            os.setresuid(ASKED, ASKED, ASKED)
            os._exit(repair.run(argparse.Namespace(events=False)))
        said = b""
        def read():
            nonlocal said
            while b"assword" not in said:
                said += os.read(terminal, 4096)
        try:
            async with asyncio.timeout(DEADLINE):
                await asyncio.to_thread(read)
            assert b"io.github.byway.intercept" in said, said
            assert b"Authenticating as: root" in said, said
        finally:
            os.close(terminal)
            os.kill(pid, 9)
            os.waitpid(pid, 0)
    """)
