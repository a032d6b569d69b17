"""`byway up` and rules that ask for the process: each program on the machine goes its own way.

The engine has no capability and may only look at programs that have none, as a user's have none;
these here would have root's.
"""

from __future__ import annotations

import os

import pytest

NAMES = """
import shutil
from functools import partial
def copied(folder, name, program="curl"):
    shutil.copy(os.path.realpath(shutil.which(program)), folder / name)
    return str(folder / name)
ORDINARY = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--")
def fetched(*command, before=ORDINARY):
    words = [*before, *command, "-sg", "--max-time", "5"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout or done.returncode
SAY = '''
import socket, sys
connected, address = sys.argv[1] == "connected", sys.argv[2]
sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(3)
if connected:
    sock.connect((address, 9999))
    say = sock.send
else:
    say = lambda said: sock.sendto(said, (address, 9999))
try:
    for said in b"one", b"two", b"three":
        say(said)
    print(*sorted(sock.recv(2000).split()[-1].decode() for _ in range(3)))
except OSError as error:
    print(type(error).__name__)
'''
# Whom the web server sees: us, or the upstream.
DIRECT, OFFICE = "198.51.100.2", "198.51.100.1"
"""


@pytest.fixture
def with_names(on_stage):
    return lambda code: on_stage(code, NAMES)


def test_a_program_goes_its_own_way(with_names):
    with_names("""
        run = asyncio.to_thread
        tool = copied(place.folder, "sonderling")
        rules = ["PROCESS-NAME,sonderling,office", "MATCH,DIRECT"]
        up = Up(place, rules=rules)
        await up.ready()
        for _ in range(3):
            got = await run(fetched, tool, "http://[2001:db8:1::1]/")
            assert got == OFFICE, (got, up.log.read_text())
            assert await run(fetched, "curl", "http://[2001:db8:1::1]/") == "2001:db8::2"
            assert await run(fetched, "curl", "http://203.0.113.1/") == DIRECT
        flows = await up.flows(9)
        assert all(f["process"] for f in flows), (flows, up.log.read_text())
        ways = {(f["process"]["path"], f["process"]["uid"], f["action"]) for f in flows}
        curl = os.path.realpath(shutil.which("curl"))
        assert ways == {(tool, 0, "office"), (curl, 0, "DIRECT")}, flows
        # What no rule asks about is told too, by a while later.
        up.write(rules=["MATCH,DIRECT"])
        assert (await run(up.ask, "reload")).returncode == 0
        code = "import socket; socket.create_connection(('203.0.113.1', 80)).recv(1)"
        with subprocess.Popen([*ORDINARY, sys.executable, "-ISc", code]) as held:
            async def known():
                told = await run(up.ask, "connections", "--json")
                flows = [json.loads(line) for line in told.stdout.splitlines()]
                return flows and flows[0]["process"]
            async with asyncio.timeout(DEADLINE):
                while not (found := await known()):
                    await asyncio.sleep(0.05)
            held.kill()
        assert found["path"] == os.path.realpath(sys.executable), found
        # A path, and with the name from the first bytes, which are learned meanwhile.
        rules = [f"AND,((PROCESS-PATH,{tool}),(DOMAIN,www.proxied.test)),office", "MATCH,DIRECT"]
        up.write(rules=rules)
        assert (await run(up.ask, "reload")).returncode == 0
        named = ["--resolve", "*:80:203.0.113.1"]
        assert await run(fetched, tool, *named, "http://www.proxied.test/") == OFFICE
        assert await run(fetched, tool, *named, "http://other.test/") == DIRECT
        assert await run(fetched, "curl", *named, "http://www.proxied.test/") == DIRECT
    """)


def test_datagrams_too(with_names):
    with_names("""
        run = asyncio.to_thread
        tool = copied(place.folder, "sonderling", sys.executable)
        up = Up(place, rules=["PROCESS-NAME,sonderling,REJECT", "MATCH,DIRECT"])
        await up.ready()
        def said(program, *words):
            command = [*ORDINARY, program, "-ISc", SAY, *words]
            done = subprocess.run(command, capture_output=True, text=True)
            return done.stdout.strip() or done.stderr
        for how in "connected", "not":
            for address in "203.0.113.1", "2001:db8:1::1", "::ffff:203.0.113.1":
                got = await run(said, sys.executable, how, address)
                assert got == "one three two", got
            refusal = "ConnectionRefusedError" if how == "connected" and has_nftables() else ""
            got = await run(said, tool, how, "203.0.113.1")
            assert got == (refusal or "TimeoutError"), got
        flows = [f for f in await up.flows(1) if f["network"] == "udp"]
        ways = {(f["process"]["name"], f["action"]) for f in flows if f["process"]}
        assert ("sonderling", "REJECT") in ways, flows
        assert {action for name, action in ways if name != "sonderling"} == {"DIRECT"}, flows
    """)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second user, so root")
def test_another_users_programs(on_stage, backend):
    """Of which the engine knows the user, and no more."""
    from tests.support import whole_machine

    whole_machine.on_stage(
        """
        run = asyncio.to_thread
        up = Up(place, rules=["UID,1234,office", "MATCH,DIRECT"])
        await up.ready()
        other = ("setpriv", "--reuid=1234", "--regid=1234", "--clear-groups", "--")
        got = await run(partial(fetched, "curl", "http://[2001:db8:1::1]/", before=other))
        assert got == OFFICE, (got, up.log.read_text())
        assert await run(fetched, "curl", "http://203.0.113.1/") == DIRECT
        flows = await up.flows(2)
        ways = {(*f["process"].values(), f["action"]) for f in flows}
        curl = os.path.realpath(shutil.which("curl"))
        assert ways == {("", "", 1234, "office"), (curl, "curl", 0, "DIRECT")}, flows
        """,
        NAMES,
        without_nftables=backend == "iptables",
        real_root=True,
    )
