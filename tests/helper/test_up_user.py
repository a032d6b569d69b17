"""`sudo byway up --user NAME`: no bus, no polkit; root's part and the user's apart for good."""

from __future__ import annotations

import textwrap

import pytest
from tests.support.own_network import inside
from tests.support.whole_machine import IMPORTS

STAGE = """
class Kept(Up):
    # As `Up`, but by root and for another user.
    def __init__(self, folder, more=""):
        super().__init__(Place(folder), more)
    def byway(self, *words):
        words = words + ("--user", "nobody") if words[0] == "up" else words
        return [*BYWAY, *words]
class Place:
    def __init__(self, folder):
        self.folder = folder
NOBODY = 65534
# The checkout may lie where only root can read.
BYWAY = [str(Path("/mnt", Path(sys.executable).relative_to(ROOT))), "-m", "byway_core"]
os.environ["PYTHONPATH"] = "/mnt/core:/mnt/polkit"
async def on(work):
    sh("mount --make-rprivate /", f"mount --bind {ROOT} /mnt", "mount -t tmpfs tmpfs /run")
    sh(*NETWORK)
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nowhere"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chown(folder, NOBODY, NOBODY)
        try:
            async with beyond():
                await work(folder)
        finally:
            for pid in children(os.getpid()):  # a test that fails leaves nothing
                os.kill(pid, signal.SIGKILL)
def state(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines)
asyncio.run(on(main))
"""


def as_root(code: str, *, without_nftables: bool = False) -> None:
    body = textwrap.indent(textwrap.dedent(code), "    ")
    imports = "import select, tempfile\nfrom pathlib import Path\n"
    inside(
        f"{imports}{IMPORTS}async def main(folder):\n{body}\n{STAGE}",
        real_root=True,
        without_nftables=without_nftables,
    )


def test_roots_part_and_the_users():
    as_root("""
        run = asyncio.to_thread
        before = shown()
        up = Kept(folder)
        await up.ready()
        assert await run(curl, "203.0.113.1", "direct.test") == "198.51.100.2"
        assert await run(curl, "[2001:db8:1::1]") == "2001:db8::2"
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        assert await run(curl, "203.0.113.1", "refused.test") == 56
        assert await run(dig, "@198.51.100.1", "names.test") == ["203.0.113.7"]
        (engine,) = children(up.process.pid)
        for pid in (engine, *children(engine)):
            found = state(pid)
            assert found["Uid"].split() == found["Gid"].split() == [str(NOBODY)] * 4, found
            assert found["Groups"].split() in ([], [str(NOBODY)])
            for each in "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb":
                assert int(found[each], 16) == 0, found
            assert found["NoNewPrivs"].strip() == "1"
        assert state(up.process.pid)["Uid"].split()[0] == "0"
        assert state(engine)["Name"] and os.getsid(engine) == engine  # no terminal of root's
        assert len(os.listdir(f"/proc/{engine}/fd")) > 3
        assert os.readlink(f"/proc/{engine}/fd/0") == "/dev/null"
        up.process.send_signal(signal.SIGTERM)  # as a service manager ends it
        assert up.process.wait(DEADLINE) == 0
        assert shown() == before, shown()
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
    """)


@pytest.mark.parametrize("without_nftables", [False, True], ids=["nftables", "iptables"])
def test_a_changed_profile(without_nftables):
    as_root(
        """
        run = asyncio.to_thread
        before = shown()
        up = Kept(folder)
        await up.ready()
        (engine,) = [pid for pid in children(up.process.pid) if state(pid)["Uid"].split()[0] != "0"]
        def by_nobody(*words):
            return subprocess.run(up.byway(*words), capture_output=True, text=True,
                                  timeout=DEADLINE, cwd="/", user=NOBODY, group=NOBODY,
                                  extra_groups=[])
        taken = await run(opened, "203.0.113.1")
        assert await run(asked, taken) == "198.51.100.1"
        for reload in up.ask, by_nobody:  # root's, and the engine's own user's
            up.write(bypass='bypass = ["203.0.113.0/25"]')
            said = await run(reload, "reload", str(up.file))
            assert said.returncode == 0, said
            assert said.stdout == (f"byway machine, process {engine}: 3 rules, 1 upstream; "
                                   "1 network direct in the kernel\\n"), said
            assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
            assert await run(curl, "203.0.113.200", "www.proxied.test") == "198.51.100.1"
            assert await run(asked, taken) == "198.51.100.1"
            up.write(rules=("MATCH,nowhere",), bypass="bypass = []")
            said = await run(reload, "reload", str(up.file))
            assert said.returncode == 1 and f"{up.file}:3:" in said.stderr, said
            assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
            up.write()
            said = await asyncio.gather(*(run(reload, "reload", str(up.file)) for _ in range(3)))
            assert [each.returncode for each in said] == [0] * 3, said
            assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
            assert await run(curl, "203.0.113.200", "www.proxied.test") == "198.51.100.2"
        assert await run(asked, taken) == "198.51.100.1"
        taken.close()
        # The keeper's end is noticed as before.
        os.kill(up.process.pid, signal.SIGKILL)
        watch = os.pidfd_open(engine)
        poller = select.poll()
        poller.register(watch, select.POLLIN)
        assert poller.poll(DEADLINE * 1000), "the engine lives on without its rules"
        up.process.wait()
        # And its own, in the middle of it too.
        up = Kept(folder)
        await up.ready()
        reloading = asyncio.create_task(run(up.ask, "reload", str(up.file)))
        up.process.send_signal(signal.SIGTERM)
        assert await run(up.process.wait, DEADLINE) == 0
        await reloading
        assert "Traceback" not in up.log.read_text(), up.log.read_text()
        assert shown() == before, shown()
        """,
        without_nftables=without_nftables,
    )


def test_whoever_dies_the_machine_is_online():
    as_root("""
        run = asyncio.to_thread
        before = shown()
        for victim in "engine", "keeper":
            up = Kept(folder)
            await up.ready()
            (engine,) = children(up.process.pid)
            watch = os.pidfd_open(engine)
            os.kill(engine if victim == "engine" else up.process.pid, signal.SIGKILL)
            async with asyncio.timeout(1):
                while await run(curl, "203.0.113.1", "www.proxied.test") != "198.51.100.2":
                    pass
            assert up.process.wait(DEADLINE) in (137, -9)
            poller = select.poll()
            poller.register(watch, select.POLLIN)
            assert poller.poll(DEADLINE * 1000), "the engine lives on without its rules"
        # The keeper's routes, which mean nothing, go with the next one.
        up = Kept(folder)
        await up.ready()
        os.kill(children(up.process.pid)[0], signal.SIGINT)
        assert up.process.wait(DEADLINE) == 0
        assert shown() == before, shown()
    """)


def test_the_kill_switch_ends_with_an_explicit_act_only():
    as_root("""
        run = asyncio.to_thread
        before = shown()
        direct = "198.51.100.2"
        for signum, after in ((signal.SIGKILL, 7), (signal.SIGTERM, 7), (signal.SIGINT, direct)):
            up = Kept(folder, "kill_switch = true")
            await up.ready()
            os.kill(children(up.process.pid)[0], signum)
            up.process.wait(DEADLINE)
            assert await run(curl, "203.0.113.1", "www.proxied.test") == after, signum
        assert shown() == before, shown()
    """)


def test_an_engine_that_stands_still_is_ended():
    as_root("""
        run = asyncio.to_thread
        before = shown()
        up = Kept(folder)
        await up.ready()
        os.kill(children(up.process.pid)[0], signal.SIGSTOP)
        up.process.terminate()
        assert await run(up.process.wait, DEADLINE) == 137
        assert "the engine has ended: Killed" in up.log.read_text()
        assert shown() == before, shown()
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
    """)


def test_root_ends_it_whoever_has_it():
    as_root("""
        run = asyncio.to_thread
        before = shown()
        def root(*words):
            done = subprocess.run([*BYWAY, *words], capture_output=True, text=True,
                                  timeout=DEADLINE)
            return done.returncode
        for command in "down", "repair":
            up = Kept(folder, "kill_switch = true")
            await up.ready()
            assert await run(root, command) == 0
            up.process.wait(DEADLINE)
            assert shown() == before, shown()
            up = Kept(folder, "kill_switch = true")
            await up.ready()
            up.process.kill()  # the keeper; and there is no bus
            up.process.wait()
            assert await run(curl, "203.0.113.1", "www.proxied.test") == 7
            assert await run(root, "repair") == 0
            assert shown() == before, shown()
            assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
    """)


def test_sockets_that_others_bind_to_an_interface_go_nowhere():
    """Root's go there: see test_up."""
    as_root("""
        up = Kept(folder)
        await up.ready()
        def bound(**who):
            done = subprocess.run(["curl", "-s", "--max-time", "1", "--interface", "out",
                                   "http://203.0.113.1/"], capture_output=True, text=True, **who)
            return done.stdout or done.returncode
        assert await asyncio.to_thread(bound) == "198.51.100.2"
        got = await asyncio.to_thread(bound, user=NOBODY, group=NOBODY, extra_groups=[])
        assert got == 28, got
        os.kill(children(up.process.pid)[0], signal.SIGINT)
        assert up.process.wait(DEADLINE) == 0
    """)


def test_what_cannot_be():
    as_root("""
        def said(*words, **how):
            done = subprocess.run([*BYWAY, "up", *words], capture_output=True, text=True,
                                  timeout=DEADLINE, **how)
            return done.returncode, done.stderr
        status, text = said("--user", "nosuchuser")
        assert status == 1 and "there is no user nosuchuser" in text, text
        status, text = said("--user", "nobody", user=NOBODY, group=NOBODY, extra_groups=[])
        assert status == 1 and "sudo byway up --user nobody" in text, text
        # The profile is read as the user, whatever root may read.
        secret = folder / "secret.toml"
        secret.write_text("version = 1")
        secret.chmod(0o600)
        status, text = said("--user", "nobody", "--profile", str(secret))
        assert status == 1 and "may not read this file" in text, text
        up = Kept(folder)
        await up.ready()
        second = Kept(folder)
        assert await asyncio.to_thread(second.process.wait, DEADLINE) == 1
        assert "has the machine's traffic already" in second.log.read_text(), second.log.read_text()
        assert await asyncio.to_thread(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        os.kill(children(up.process.pid)[0], signal.SIGINT)
        assert up.process.wait(DEADLINE) == 0
    """)


def test_root_has_packets_read_under_the_users_engine():
    """`byway leaktest --here`, by root's keeper and as sudo(8) tells whose it is."""
    as_root("""
        from byway_core.cli.standing import KEEPER
        run = asyncio.to_thread
        up = Kept(folder)
        await up.ready()
        def ways():
            said = up.ask("leaktest", "--here", "--json")
            lines = [json.loads(line) for line in said.stdout.splitlines()]
            assert {"names", "tcp"} <= {line["kind"] for line in lines}, said
            return {(line["target"], line["kind"], line["way"]) for line in lines}
        found = await run(ways)
        assert ("leaktest.proxied.test", "tcp", "upstream") in found, found
        assert ("refused.test", "quic", "refused") in found, found
        KEEPER.rename(KEEPER.with_suffix(".away"))
        assert (await run(up.ask, "leaktest", "--here")).returncode == 2
        up.environment["SUDO_UID"] = str(NOBODY)
        found = await run(ways)
        assert ("leaktest.proxied.test", "tcp", "upstream") in found, found
        KEEPER.with_suffix(".away").rename(KEEPER)
        up.process.send_signal(signal.SIGTERM)
        assert up.process.wait(DEADLINE) == 0
    """)
