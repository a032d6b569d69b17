"""`byway up` and UDP other than names: by the rules, answered as if by its server, or refused."""

from __future__ import annotations

import pytest
from tests.support.processes import program

# What x_tables cannot refuse at that place, it drops.
BACKEND = """
# What the server says that programs ask is hearsay, unless the profile or the system names it.
SERVERS = '[dns]\\nservers = ["198.51.100.1"]'
REFUSED = "ECONNREFUSED" if has_nftables() else "silence"
os.environ["PATIENCE"] = "5" if has_nftables() else "2"
"""
CLIENT = """
import errno, os, socket, sys
PATIENCE = float(os.environ.get("PATIENCE", "5"))
class Udp:
    def __init__(self):
        self.sockets = {family: socket.socket(family, socket.SOCK_DGRAM)
                        for family in (socket.AF_INET, socket.AF_INET6)}
    def ask(self, address, port=9999, said=b"hello"):
        # (whom the server saw, by which port, what it got) or the error's name
        sock = self.sockets[socket.AF_INET6 if ":" in address else socket.AF_INET]
        sock.settimeout(PATIENCE)
        sock.connect((address, port))
        try:
            sock.send(said)
            who, seen, back = sock.recv(65536).split(b" ", 2)
            return who.decode(), int(seen), back
        except TimeoutError:
            return "silence"
        except OSError as error:
            return errno.errorcode[error.errno]
    def close(self):
        for sock in self.sockets.values():
            sock.close()
"""


@pytest.fixture
def with_udp(on_stage):
    return lambda code: on_stage(
        code, f"from tests.support.kernel_rules import *\n{BACKEND}{CLIENT}"
    )


def test_datagrams_go_by_the_rules(with_udp):
    with_udp("""
        before = shown()
        run = asyncio.to_thread
        up = Up(place, SERVERS)
        await up.ready()
        udp = Udp()
        def ours(*words):
            got = udp.ask(*words)
            return got if isinstance(got, str) else (got[0], got[2])
        assert await run(ours, "203.0.113.1") == ("198.51.100.2", b"hello")
        assert await run(ours, "2001:db8:1::1") == ("2001:db8::2", b"hello")
        assert await run(ours, "203.0.113.1", 9999, b"") == ("198.51.100.2", b"")
        large = bytes(range(256)) * 250
        assert await run(ours, "203.0.113.1", 9999, large) == ("198.51.100.2", large[:1200])
        # Nobody listens there: told as without Byway.
        assert await run(ours, "203.0.113.1", 1234) == REFUSED
        assert await run(ours, "2001:db8:1::1", 1234) == REFUSED
        # Begins as QUIC that cannot be read: refused at once, for over TCP the name is told.
        assert await run(ours, "203.0.113.1", 443) == REFUSED
        assert await run(dig, "@198.51.100.1", "names.test") == ["203.0.113.7"]
        assert await run(ours, "203.0.113.7", 443) == ("198.51.100.2", b"hello")
        assert await run(ours, "203.0.113.200") == ("198.51.100.2", b"hello")  # bypassed
        udp.close()
        assert (await run(up.ask, "down")).returncode == 0
        assert shown() == before, shown()
    """)


def test_what_is_proxied_or_rejected_is_refused_at_once(with_udp):
    with_udp("""
        run = asyncio.to_thread
        up = Up(place, rules=("IP-CIDR,203.0.113.1/32,office", "IP-CIDR6,2001:db8:1::1/128,REJECT",
                              "AND,((NETWORK,UDP),(DST-PORT,443)),REJECT", "MATCH,DIRECT"))
        await up.ready()
        udp = Udp()
        for address, port in (("203.0.113.1", 9999), ("2001:db8:1::1", 9999), ("203.0.113.7", 443)):
            for _ in range(3):  # told every time, one entry in the ledger
                assert await run(udp.ask, address, port) == REFUSED
        flows = await up.flows(3)
        reasons = {(f["address"], f["action"]): f["reason"] for f in flows}
        assert len(flows) == 3, flows
        why = reasons["203.0.113.1", "office"]
        assert "does not carry datagrams: command not supported" in why, reasons
        assert reasons["2001:db8:1::1", "REJECT"] == "refused by the rules"
        assert {f["network"] for f in flows} == {"udp"}
        udp.close()
    """)


def test_a_program_has_one_port_out_there(with_udp):
    """For whomever it talks to, whichever way it was first: games and calls depend on it."""
    with_udp("""
        run = asyncio.to_thread
        up = Up(place, SERVERS)
        await up.ready()
        udp = Udp()
        assert await run(dig, "@198.51.100.1", "names.test") == ["203.0.113.7"]
        servers = (("203.0.113.1", 9999), ("203.0.113.7", 9999), ("203.0.113.7", 443))
        seen = [(await run(udp.ask, *where))[1] for where in (*servers, servers[0])]
        assert len(set(seen)) == 1, seen
        other = Udp()
        assert (await run(other.ask, "203.0.113.1"))[1] != seen[0]
        udp.close()
        other.close()
    """)


def test_what_was_open_before_stays_as_it_was(with_udp):
    with_udp("""
        run = asyncio.to_thread
        # As every firewall does: without one, the kernel knows of no connections before `up`.
        sh("nft 'add table inet other;"
           " add chain inet other c { type filter hook output priority 0; };"
           " add rule inet other c ct state established accept'" if has_nftables() else
           "iptables-legacy -A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT")
        udp = Udp()
        direct = await run(udp.ask, "203.0.113.1")
        up = Up(place, rules=("NETWORK,UDP,REJECT", "MATCH,DIRECT"))
        await up.ready()
        assert await run(udp.ask, "203.0.113.1") == direct
        assert await run(udp.ask, "203.0.113.7") == REFUSED
        assert (await run(up.ask, "down")).returncode == 0
        assert (await run(udp.ask, "203.0.113.7"))[0] == "198.51.100.2"
        udp.close()
    """)


def test_a_neighbours_datagrams(with_udp):
    with_udp(
        """
        run = asyncio.to_thread
        program = CLIENT_TEXT + (
            "\\nprint(Udp().ask(sys.argv[1], int(sys.argv[2])))")
        def theirs(lan, *words):
            done = subprocess.run([*lan, sys.executable, "-c", program, *words],
                                  capture_output=True, text=True)
            assert not done.returncode, done.stderr
            return done.stdout
        async with neighbour() as lan:
            up = Up(place, 'lan = ["lan0"]')
            await up.ready()
            assert "'198.51.100.2'" in await run(theirs, lan, "203.0.113.1", "9999")
            assert "'2001:db8::2'" in await run(theirs, lan, "2001:db8:1::1", "9999")
            assert "'192.0.2.2'" in await run(theirs, lan, "203.0.113.200", "9999")  # bypassed
            assert await run(theirs, lan, "203.0.113.1", "443") == f"{REFUSED}\\n"
            assert await run(theirs, lan, "2001:db8:1::1", "1234") == f"{REFUSED}\\n"
            ping = subprocess.run([*lan, "ping", "-c1", "-W3", "203.0.113.1"], capture_output=True)
            assert not ping.returncode
    """.replace("CLIENT_TEXT", repr(CLIENT))
    )


def test_a_service_gets_datagrams_in_their_destinations_place(with_udp):
    with_udp("""
        run = asyncio.to_thread
        service = ('[[upstream]]\\nname = "echo"\\ntype = "service"\\n'
                   'server = "203.0.113.1"\\nport = 9999')
        up = Up(place, service, rules=("DST-PORT,1234,echo", "MATCH,DIRECT"))
        await up.ready()
        udp = Udp()
        assert (await run(udp.ask, "203.0.113.7", 1234))[0] == "198.51.100.2"
        assert (await run(udp.ask, "2001:db8:1::1", 1234))[0] == "198.51.100.2"
        udp.close()
    """)


def _upstream(name: str, server: str, port: int, more: str = "") -> str:
    table = {"name": f'"{name}"', "type": '"socks5"', "server": f'"{server}"', "port": port}
    return "\n".join(["[[upstream]]", *(f"{key} = {value}" for key, value in table.items()), more])


UPSTREAMS = "\n".join(
    (
        _upstream("carrying", "198.51.100.1", 1081),
        _upstream("six", "2001:db8::1", 1081),
        _upstream("past", "198.51.100.1", 1080, 'udp = "direct"'),
    )
)


def test_datagrams_through_a_socks5_server(with_udp):
    program("danted")
    with_udp(
        """
        run = asyncio.to_thread
        udp = Udp()
        def ours(*words):
            got = udp.ask(*words)
            return got if isinstance(got, str) else (got[0], got[2])
        rules = ("IP-CIDR,203.0.113.7/32,six", "DST-PORT,1234,past", "MATCH,carrying")
        async with far_dante(place, far) as dante:
            up = Up(place, UPSTREAMS, rules=rules)
            await up.ready()
            # As the servers see them: who asks is Dante, by its own address.
            assert await run(ours, "203.0.113.1") == ("198.51.100.1", b"hello")
            assert await run(ours, "2001:db8:1::1") == ("2001:db8::1", b"hello")
            assert await run(ours, "203.0.113.7") == ("198.51.100.1", b"hello")
            ports = {(await run(udp.ask, "203.0.113.1", port))[1] for port in (9999, 443)}
            assert len(ports) == 1, ports
            assert await run(dig, "+notcp", "@198.51.100.1", "names.test") == ["203.0.113.7"]
            # Past the other server, of which the profile says so; and there nobody listens.
            assert await run(ours, "203.0.113.1", 1234) == REFUSED
            told = await run(up.ask, "connections", "--json")
            flows = [json.loads(line) for line in told.stdout.splitlines()]
            actions = {(f["address"], f["port"]): f["action"] for f in flows}
            assert actions["203.0.113.1", 9999] == "carrying"
            assert actions["203.0.113.1", 1234] == "DIRECT"
            os.killpg(dante.pid, signal.SIGKILL)
            async with asyncio.timeout(DEADLINE):
                while await run(ours, "203.0.113.1") != REFUSED:
                    pass
            udp.close()
    """.replace("UPSTREAMS", repr(UPSTREAMS))
    )


def test_the_kill_switch_and_datagrams(with_udp):
    with_udp("""
        run = asyncio.to_thread
        up = Up(place, "kill_switch = true")
        await up.ready()
        udp = Udp()
        assert (await run(udp.ask, "203.0.113.1"))[0] == "198.51.100.2"
        await up.killed()
        got = await run(udp.ask, "203.0.113.1")
        assert got == "EPERM", got  # told by the call itself
        udp.close()  # there is an ICMP message waiting, too
        udp = Udp()
        assert (await run(udp.ask, "203.0.113.200"))[0] == "198.51.100.2"
        assert (await run(up.ask, "repair")).returncode == 0
        assert (await run(udp.ask, "203.0.113.1"))[0] == "198.51.100.2"
        udp.close()
    """)
