"""`byway up` as a user runs it: real programs, servers beyond a link, the helper on its bus."""

from __future__ import annotations

import textwrap

import pytest
from tests.support.own_network import inside

PRELUDE = """
import asyncio, contextlib, json, os, signal, socket, subprocess, sys, time
from tests.support.helper_stage import *
from tests.support.kernel_rules import *
PROFILE = '''
version = 1
rules = [
  "DOMAIN-SUFFIX,proxied.test,office",
  "DOMAIN,refused.test,REJECT",
  "MATCH,DIRECT",
]
[general]
workers = 2
{{general}}
[machine]
bypass = ["203.0.113.128/25"]
{{more}}
[[upstream]]
name = "office"
type = "socks5"
server = "198.51.100.1"
port = 1080
'''
class Up:
    def __init__(self, place, more="", general=""):
        self.folder = place.folder
        file = place.folder / "profile.toml"
        file.write_text(PROFILE.replace("{{more}}", more).replace("{{general}}", general))
        self.environment = {{**os.environ, "XDG_RUNTIME_DIR": str(place.folder)}}
        self.log = place.folder / "up.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.byway("up", "--profile", str(file)), env=self.environment, stderr=log)
    def byway(self, *words):
        return [sys.executable, "-m", "byway_core", *words]
    def ask(self, *words):
        return subprocess.run(self.byway(*words), env=self.environment, capture_output=True,
                              text=True, timeout=DEADLINE)
    async def ready(self):
        async with asyncio.timeout(DEADLINE):
            while b"goes by the rules" not in self.log.read_bytes():
                assert self.process.poll() is None, self.log.read_text()
                await asyncio.sleep(0.01)
    async def flows(self, count):
        async with asyncio.timeout(DEADLINE):
            while True:
                told = await asyncio.to_thread(self.ask, "connections", "--all", "--json")
                flows = [json.loads(line) for line in told.stdout.splitlines()]
                if len([f for f in flows if f["state"] == "closed"]) >= count:
                    return flows
                await asyncio.sleep(0.05)
def curl(address, name="", where=()):
    url = f"http://{{name or address}}/"
    resolve = ["--resolve", f"{{name}}:80:{{address}}"] if name else []
    done = subprocess.run([*where, "curl", "-sg", "--max-time", "5", *resolve, url],
                          capture_output=True, text=True)
    return done.stdout or done.returncode
def dig(*words, where=()):
    done = subprocess.run([*where, "dig", "+short", "+time=3", "+tries=1", *words],
                          capture_output=True, text=True)
    return done.stdout.split()
async def main(place, far):
{}
async def run():
    async with stage() as place, beyond() as far:
        await main(place, far)
asyncio.run(run())
"""


@pytest.fixture(params=["nftables", "iptables"])
def on_stage(request):
    """Runs such code: on a machine that has nftables, and on one that has not."""

    def run(code: str) -> str:
        whole = PRELUDE.format(textwrap.indent(textwrap.dedent(code), "    "))
        return inside(whole, without_nftables=request.param == "iptables")

    return run


def test_programs_go_by_the_rules(on_stage):
    on_stage("""
        before = shown()
        up = Up(place)
        await up.ready()
        run = asyncio.to_thread
        # The one that we connect from is ours, whichever way it goes.
        assert await run(curl, "203.0.113.1", "direct.test") == "198.51.100.2"
        assert await run(curl, "[2001:db8:1::1]") == "2001:db8::2"
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        assert await run(curl, "203.0.113.1", "refused.test") == 56  # reset
        # A name that only DNS tells: the connection itself says none.
        for tcp in "+notcp", "+tcp":
            assert await run(dig, tcp, "@198.51.100.1", "names.test") == ["203.0.113.7"]
        assert await run(curl, "203.0.113.7") == "198.51.100.2"
        assert await run(dig, "@198.51.100.1", "-t", "AAAA", "names.test") == ["2001:db8:1::7"]
        flows = {f["host"] or f["address"]: f for f in await up.flows(5)}
        assert flows["direct.test"]["action"] == "DIRECT", flows
        assert flows["www.proxied.test"]["action"] == "office"
        assert flows["refused.test"]["action"] == "REJECT"
        assert flows["names.test"]["host_source"] == "dns"
        # Bypassed: not seen by the engine at all, and nothing is left to be told of it.
        assert await run(curl, "203.0.113.200") == "198.51.100.2"
        assert "203.0.113.200" not in str(await up.flows(5))
        pids = [up.process.pid, *children(up.process.pid)]
        told = await run(up.ask, "status", "--json")
        assert json.loads(told.stdout)[0]["kind"] == "machine"
        began = time.monotonic()
        assert (await run(up.ask, "down")).returncode == 0
        print(f"down {time.monotonic() - began:.2f} s")
        assert up.process.wait(DEADLINE) == 0
        assert shown() == before, shown()
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
        assert (await run(up.ask, "down")).returncode == 3
    """)


def test_killed_engines_and_helpers_leave_no_machine_offline(on_stage):
    on_stage("""
        before = shown()
        run = asyncio.to_thread
        up = Up(place)
        await up.ready()
        up.process.kill()
        up.process.wait()
        await given_back()
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
        up = Up(place)
        await up.ready()
        place.helper.kill()
        place.helper.wait()
        if not has_nftables():  # there, the kernel has done it
            await given_back()
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
        assert up.process.wait(DEADLINE) == 1
        assert "the rules are gone" in up.log.read_text()
        await place.start_helper()
        repair = await run(up.ask, "repair")
        assert repair.returncode == 0, repair
        assert shown() == before, shown()
    """)


@pytest.mark.parametrize("kill_switch", ["false", "true"])
def test_what_was_open_before_stays_open(on_stage, kill_switch):
    on_stage(f"""
        run = asyncio.to_thread
        before = [socket.create_connection((address, 80), 5)
                  for address in ("203.0.113.1", "2001:db8:1::1")]
        def get(sock):
            sock.sendall(b"GET / HTTP/1.1\\r\\nHost: www.proxied.test\\r\\n\\r\\n")
            said = b""
            while not said.partition(b"\\r\\n\\r\\n")[2]:  # head and body are two writes
                said += sock.recv(4096)
            return said.partition(b"\\r\\n\\r\\n")[2].decode()
        own = ["198.51.100.2", "2001:db8::2"]
        got = [await run(get, each) for each in before]
        assert got == own, got
        up = Up(place, "kill_switch = {kill_switch}")
        await up.ready()
        got = [await run(get, each) for each in before]
        assert got == own, got
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        got = [await run(get, each) for each in before]
        assert got == own, got
        assert (await run(up.ask, "down")).returncode == 0
        got = [await run(get, each) for each in before]
        assert got == own, got
        for each in before:
            each.close()
    """)


def test_the_kill_switch(on_stage):
    on_stage("""
        before = shown()
        run = asyncio.to_thread
        up = Up(place, "kill_switch = true")
        await up.ready()
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        up.process.kill()
        up.process.wait()
        async with asyncio.timeout(DEADLINE):
            while taking(shown()):
                await asyncio.sleep(0.01)
        began = time.monotonic()
        assert await run(curl, "203.0.113.1", "www.proxied.test") == 7  # refused
        assert await run(curl, "[2001:db8:1::1]") == 7
        assert await run(dig, "@198.51.100.1", "names.test") != ["203.0.113.7"]
        assert await run(curl, "203.0.113.200") == "198.51.100.2"  # bypassed networks are not its
        up = Up(place, "kill_switch = true")  # another engine ends it, as long as it lives
        await up.ready()
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        assert (await run(up.ask, "down")).returncode == 0  # and an explicit end is one
        assert shown() == before, shown()
    """)


def test_what_the_helper_says_is_told(on_stage):
    on_stage("""
        run = asyncio.to_thread
        for says, words in ((NO, "polkit does not allow"), (NO_AGENT, "pkttyagent"),
                            (DISMISSED, "dismissed")):
            async def answer(action, asker, says=says):
                return says
            place.polkit.says = answer
            up = Up(place)
            assert await run(up.process.wait, DEADLINE) == 1
            assert words in up.log.read_text(), up.log.read_text()
        up = Up(place, '[dns]\\nservers = ["127.0.0.1:5353"]')
        assert await run(up.process.wait, DEADLINE) == 1
        assert "is on this machine" in up.log.read_text(), up.log.read_text()
        place.end_helper()
        up = Up(place)
        assert await run(up.process.wait, DEADLINE) == 1
        assert "not installed" in up.log.read_text(), up.log.read_text()
        place.daemon.kill()
        up = Up(place)
        assert await run(up.process.wait, DEADLINE) == 1
        assert "no system bus" in up.log.read_text(), up.log.read_text()
    """)


@pytest.mark.parametrize("kill_switch", [False, True])
def test_a_neighbour_on_the_lan(on_stage, kill_switch):
    on_stage(f"""
        run = asyncio.to_thread
        async with neighbour() as lan:
            def their_curl(*words):
                return curl(*words, where=lan)
            before = shown()
            assert await run(their_curl, "203.0.113.1", "www.proxied.test") == "192.0.2.2"
            more = "kill_switch = true" if {kill_switch} else ""
            up = Up(place, f'lan = ["lan0"]\\n{{more}}')
            await up.ready()
            assert await run(their_curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
            assert await run(their_curl, "203.0.113.1", "direct.test") == "198.51.100.2"
            assert await run(their_curl, "203.0.113.1", "refused.test") == 56
            assert await run(their_curl, "[2001:db8:1::1]") == "2001:db8::2"
            assert await run(their_curl, "203.0.113.200") == "192.0.2.2"  # bypassed, so routed
            for tcp in "+notcp", "+tcp":
                asked = lambda: dig(tcp, "@198.51.100.1", "names.test", where=lan)
                assert await run(asked) == ["203.0.113.7"]
            flows = await up.flows(4)
            assert {{f["source"] for f in flows}} == {{"192.0.2.2", "2001:db8:2::2"}}, flows
            assert "names.test" not in str(flows)
            assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"  # and ours
            up.process.kill()
            up.process.wait()
            async with asyncio.timeout(DEADLINE):
                while taking(shown()):
                    await asyncio.sleep(0.01)
            after = 7 if {kill_switch} else "192.0.2.2"
            assert await run(their_curl, "203.0.113.1", "www.proxied.test") == after
            assert await run(their_curl, "203.0.113.200") == "192.0.2.2"
            assert (await run(up.ask, "repair")).returncode == 0
            assert await run(their_curl, "203.0.113.1", "www.proxied.test") == "192.0.2.2"
            assert shown() == before, shown()
    """)


def test_a_start_that_fails_leaves_no_kill_switch(on_stage):
    on_stage("""
        before = shown()
        run = asyncio.to_thread
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            up = Up(place, "kill_switch = true", f"mixed_port = {port}")
            assert await run(up.process.wait, DEADLINE) == 1
            assert "is in use" in up.log.read_text(), up.log.read_text()
        assert shown() == before, shown()
    """)


def test_somebodys_repair_ends_it_and_says_so(on_stage):
    on_stage("""
        before = shown()
        run = asyncio.to_thread
        up = Up(place, "kill_switch = true")
        await up.ready()
        assert (await run(up.ask, "repair")).returncode == 0
        assert await run(up.process.wait, DEADLINE) == 1
        assert "a `byway repair` has been run" in up.log.read_text()
        assert shown() == before, shown()
    """)
