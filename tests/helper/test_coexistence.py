"""`byway up` beside other programs' rules: its own traffic stays right, and so does theirs.

Each case loads the rules as their program makes them (tests/support/foreign.py), before Byway and
while it is in force; `still` says what their rules did before and must do always.
"""

from __future__ import annotations

import pytest
from tests.support.tun import needs_tun

# A firewall as iptables-save has written it.
SAVED = """*filter
:INPUT DROP [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p ipv6-icmp -j ACCEPT
COMMIT
*mangle
COMMIT
"""
ORDERS = pytest.mark.parametrize("order", ["before", "meanwhile"])
KINDS = pytest.mark.parametrize("kind", ["nft", "legacy"])
KILL_SWITCH = pytest.mark.parametrize("kill_switch", ["false", "true"])
NFTABLES, IPTABLES = (
    pytest.mark.parametrize("backend", [each], indirect=True) for each in ("nftables", "iptables")
)


@pytest.fixture
def on_stage(on_stage):
    """`given` is what the code has beside what the stage gives."""

    def run(code: str, **given: object) -> None:
        constants = "".join(f"{name} = {value!r}\n" for name, value in given.items())
        on_stage(code, "from tests.support.foreign import *\n" + constants)

    return run


@NFTABLES
@KILL_SWITCH
def test_somebody_flushes_all_rules(kill_switch, on_stage):
    on_stage(
        """
        up = Up(place, f"kill_switch = {kill_switch}")
        await up.ready()
        sh("nft flush ruleset")
        await by_the_rules()
        # Debian's nftables.service reloads so.
        load_nft(place,
            "flush ruleset\\ntable inet filter {\\n chain input {\\n"
            "  type filter hook input priority filter; policy drop;\\n"
            "  iif lo accept\\n  ct state established,related accept\\n"
            "  icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\\n }\\n}\\n")
        await by_the_rules()
        was = theirs()
        await up.killed()
        after = 7 if kill_switch == "true" else "198.51.100.2"
        assert await ask(curl, "203.0.113.1", "direct.test") == after
        assert (await ask(up.ask, "repair")).returncode == 0
        assert await ask(curl, "203.0.113.1", "direct.test") == "198.51.100.2"
        assert theirs() == was
        """,
        kill_switch=kill_switch,
    )


@IPTABLES
@KILL_SWITCH
@pytest.mark.parametrize("flush", ["filter", "mangle", "restore"])
def test_somebody_flushes_tables_of_iptables(kill_switch, flush, on_stage):
    """Nobody owns rules there, and no kernel tells of it; they are looked for."""
    on_stage(
        """
        up = Up(place, f"kill_switch = {kill_switch}")
        await up.ready()
        tables = ("mangle", "filter") if kill_switch == "true" else ("mangle",)
        for _ in range(2):
            for version, name in (4, "iptables"), (6, "ip6tables"):
                if flush == "restore":
                    Iptables("legacy", place).restore(saved, version)
                else:
                    sh(f"{name}-legacy -t {flush} -F", f"{name}-legacy -t {flush} -X")
            await until(lambda: stands(*tables))
            await by_the_rules()
        was = theirs()
        await up.killed()
        after = 7 if kill_switch == "true" else "198.51.100.2"
        assert await ask(curl, "203.0.113.1", "direct.test") == after
        assert (await ask(up.ask, "repair")).returncode == 0
        assert await ask(curl, "203.0.113.1", "direct.test") == "198.51.100.2"
        assert theirs() == was and "byway" not in shown().lower()
        """,
        kill_switch=kill_switch,
        flush=flush,
        saved=SAVED,
    )


@IPTABLES
def test_somebody_opens_the_kill_switch(on_stage):
    """With an accept in front of it."""
    on_stage(
        """
        up = Up(place, "kill_switch = true")
        await up.ready()
        sh("iptables-legacy -I OUTPUT -d 203.0.113.1 -j ACCEPT")
        await until(lambda: stands("filter"))
        await up.killed()
        assert await ask(curl, "203.0.113.1", "direct.test") == 7
        assert (await ask(up.ask, "repair")).returncode == 0
        assert await ask(curl, "203.0.113.1", "direct.test") == "198.51.100.2"
        """
    )


@IPTABLES
def test_rules_saved_while_ours_were_among_them(on_stage):
    """Loaded again after `byway down`, they take what nobody hears of, until `byway repair`."""
    on_stage(
        """
        async with neighbour() as lan:
            up = Up(place, 'lan = ["lan0"]')
            await up.ready()
            saved = sh("iptables-legacy-save -t mangle")
            assert (await ask(up.ask, "down")).returncode == 0
            before = shown()
            assert await ask(curl, "203.0.113.1", "direct.test", lan) == "192.0.2.2"
            Iptables("legacy", place).restore(saved)
            assert await ask(curl, "203.0.113.1", "direct.test", lan, 0.3) == 28
            assert (await ask(up.ask, "repair")).returncode == 0
            assert shown() == before
            assert await ask(curl, "203.0.113.1", "direct.test", lan) == "192.0.2.2"
        """
    )


@IPTABLES
@ORDERS
@pytest.mark.parametrize("old", [False, True])
def test_firewalld_with_its_iptables_backend(order, old, on_stage):
    """When it starts or reloads it flushes all tables."""
    on_stage(
        """
        iptables = Iptables("legacy", place)
        def load():
            iptables.firewalld(old=old)
        async def still():
            await only_ssh_is_open(FAR_ASKS, far, 7)
        async with running([], WEB + "web(22, 80)"):
            await beside(place, order, load, by_the_rules, still)
        """,
        order=order,
        old=old,
    )


@NFTABLES
@ORDERS
@pytest.mark.parametrize("rules", ["FIREWALLD", "FIREWALLD_OLD"])
def test_firewalld(order, rules, on_stage):
    on_stage(
        """
        def load():
            load_nft(place, globals()[rules])
        async def still():
            await only_ssh_is_open(FAR_ASKS, far, 7)
        async with running([], WEB + "web(22, 80)"):
            await beside(place, order, load, by_the_rules, still)
        """,
        order=order,
        rules=rules,
    )


@ORDERS
@KINDS
def test_ufw(order, kind, on_stage):
    on_stage(
        """
        async def still():
            await only_ssh_is_open(FAR_ASKS, far, 28)
        async with running([], WEB + "web(22, 80)"):
            await beside(place, order, Iptables(kind, place).ufw, by_the_rules, still)
        """,
        order=order,
        kind=kind,
    )


# What may come in from lan0 is what goes to no address of this machine: that can only be ours.
BY_MARK = "-m mark --mark 0x02000000/0x07000000 -j ACCEPT"


@KINDS
def test_ufw_as_a_gateway(kind, on_stage):
    """Its INPUT sees what was taken on its way to the engine, and drops it, until told not to."""
    on_stage(
        """
        iptables = Iptables(kind, place)
        async with neighbour() as lan:
            iptables.ufw()
            assert await ask(curl, "203.0.113.1", "direct.test", lan, 0.3) == 28  # routes nothing
            up = Up(place, 'lan = ["lan0"]')
            await up.ready()
            await by_the_rules()
            assert await ask(curl, "203.0.113.1", "direct.test", lan, 0.3) == 28
            iptables.ufw(f"-A ufw-before-input {by_mark}")
            await by_the_rules()
            await by_the_rules(where=lan)
            async with running([], WEB + "web(22, 80)"):
                await only_ssh_is_open(LAN_ASKS, lan, 28)
            was = theirs()
            assert (await ask(up.ask, "down")).returncode == 0
            assert theirs() == was
            assert await ask(curl, "203.0.113.1", "direct.test", lan, 0.3) == 28
        """,
        kind=kind,
        by_mark=BY_MARK,
    )


FIREWALLD_REMEDIES = {
    "mark": (
        "nft insert rule inet firewalld filter_INPUT 'meta mark & 0x07000000 == 0x02000000 accept'",
    ),
    # What firewalld makes of --add-rich-rule='rule family=ipv4 destination not ipset=own4 accept'
    # and the same for IPv6.
    "rich rule": (
        "nft 'add set inet firewalld own4 { type ipv4_addr; elements = { 192.0.2.1 } }'",
        "nft 'add set inet firewalld own6 { type ipv6_addr; elements = { 2001:db8:2::1 } }'",
        "nft 'add rule inet firewalld filter_IN_public_allow ip daddr != @own4 accept'",
        "nft 'add rule inet firewalld filter_IN_public_allow ip6 daddr != @own6 accept'",
    ),
    # Of --direct --add-rule ipv4 filter INPUT 0, and the same for IPv6.
    "direct rule": (
        f"iptables-legacy -A INPUT_direct {BY_MARK}",
        f"ip6tables-legacy -A INPUT_direct {BY_MARK}",
    ),
}


@pytest.mark.parametrize(
    ("backend", "remedy"),
    [("nftables", "mark"), ("nftables", "rich rule"), ("iptables", "direct rule")],
    indirect=["backend"],
)
def test_firewalld_as_a_gateway(remedy, on_stage):
    on_stage(
        """
        async with neighbour() as lan:
            if has_nftables():
                load_nft(place, FIREWALLD)
            else:
                Iptables("legacy", place).firewalld()
            assert await ask(curl, "203.0.113.1", "direct.test", lan) == 7  # routes nothing
            up = Up(place, 'lan = ["lan0"]')
            await up.ready()
            await by_the_rules()
            # Its ICMP message would have to come from an address that is not ours.
            assert await ask(curl, "203.0.113.1", "direct.test", lan, 0.3) == 28
            sh(*remedy)
            await by_the_rules()
            await by_the_rules(where=lan)
            async with running([], WEB + "web(22, 80)"):
                await only_ssh_is_open(LAN_ASKS, lan, 7)
            assert (await ask(up.ask, "down")).returncode == 0
            assert await ask(curl, "203.0.113.1", "direct.test", lan) == 7
        """,
        remedy=FIREWALLD_REMEDIES[remedy],
    )


@ORDERS
@KINDS
def test_tailscale(order, kind, on_stage):
    """Its peers have 100.64.0.0/10, by a link of its own; its own packets have a mark."""
    on_stage(
        """
        iptables = Iptables(kind, place)
        sh("echo 1 > /proc/sys/net/ipv6/conf/default/addr_gen_mode",  # none
           "ip link add tailscale0 type veth peer name peers",
           "ip addr add 100.64.0.9/32 dev tailscale0",
           "ip -6 addr add fd7a:115c:a1e0::9/128 dev tailscale0 nodad",
           "ip link set tailscale0 up")
        ways = once(*(way.format(v=v) for way in TAILSCALE_WAYS for v in ("-4", "-6")),
                    "ip route add 100.64.0.0/10 dev tailscale0 table 52",
                    "ip -6 route add fd7a:115c:a1e0::/48 dev tailscale0 table 52")
        peers = ("ip link set lo up", "ip link set peers up",
                 "ip addr add 100.64.0.1/10 dev peers",
                 "ip -6 addr add fd7a:115c:a1e0::1/48 dev peers nodad")
        def load():
            ways()
            for version in 4, 6:
                iptables.restore(TAILSCALE.replace("100.64.0.9", "fd7a:115c:a1e0::9")
                    .replace("100.64.0.0/10", "fd7a:115c:a1e0::/48")
                    .replace("-A ts-input -s 100.115.92.0/23 ! -i tailscale0 -j RETURN", "")
                    if version == 6 else TAILSCALE, version)
        def own_packet():
            "From whom, as tailscaled talks to the others' machines."
            with socket.socket() as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, 0x80000)
                sock.settimeout(5)
                sock.connect(("203.0.113.1", 80))
                sock.sendall(b"GET / HTTP/1.0\\r\\nHost: refused.test\\r\\n\\r\\n")
                with sock.makefile() as said:
                    return said.read().splitlines()[-1]
        async def still():
            assert await ask(curl, "100.64.0.1", "refused.test") == "100.64.0.9"
            peer = "[fd7a:115c:a1e0::1]"
            assert await ask(curl, peer, "refused.test") == "fd7a:115c:a1e0::9"
            assert await ask(curl, "100.64.0.9:22", "", inside) == "100.64.0.1"
            assert await ask(own_packet) == "198.51.100.2"
        async with contextlib.AsyncExitStack() as with_:
            inside = await with_.enter_async_context(elsewhere("peers", peers))
            await with_.enter_async_context(running(inside, WEB + "web(80)"))
            await with_.enter_async_context(running([], WEB + "web(22)"))
            await beside(place, order, load, by_the_rules, still, bypass="")
        """,
        order=order,
        kind=kind,
    )


@needs_tun
@ORDERS
def test_wg_quick(order, on_stage):
    """All that is not the tunnel's own goes into it: what the engine sends directly as well."""
    on_stage(
        """
        async def right():
            await by_the_rules(("10.9.0.2", "fd09::2"))
        async def still():
            assert await ask(curl, "203.0.113.200") == "10.9.0.2"  # bypassed
        async with wireguard(place, far) as load:
            await beside(place, order, load, right, still)
        """,
        order=order,
    )


@needs_tun
@ORDERS
def test_wg_quick_and_a_gateway(order, on_stage):
    on_stage(
        """
        async def right():
            await by_the_rules(("10.9.0.2", "fd09::2"))
            await by_the_rules(("10.9.0.2", "fd09::2"), lan)
        async def still():
            assert await ask(curl, "203.0.113.200") == "10.9.0.2"
        async with neighbour() as lan, wireguard(place, far) as load:
            await beside(place, order, load, right, still, more='lan = ["lan0"]')
        """,
        order=order,
    )


def test_a_routing_rule_before_ours(on_stage):
    """It is asked for what we have marked: nothing leaves by it, and soon ours is first again."""
    on_stage(
        """
        async def first_again():
            for family in "-4", "-6":
                await until(lambda: "lookup 7364" in sh(f"ip {family} rule").splitlines()[1])
        sh("ip rule add pref 100 lookup main")
        up = Up(place)
        await up.ready()
        await by_the_rules()
        os.kill(place.helper.pid, signal.SIGSTOP)
        sh(*(f"ip {family} rule add lookup main" for family in ("-4", "-6")))
        was = theirs()
        # What is root's own goes as it would for a socket that is bound to an interface.
        lost = ("198.51.100.2", "2001:db8::2")
        for address, said in zip(("203.0.113.1", "[2001:db8:1::1]"), lost):
            assert await ask(curl, address, "refused.test", (), 0.5) == said
        os.kill(place.helper.pid, signal.SIGCONT)
        await first_again()
        await by_the_rules()
        sh("ip rule add pref 1 lookup main")  # there is no place before that
        assert await ask(curl, "203.0.113.1", "refused.test", (), 0.5) == lost[0]
        sh("ip rule del pref 1")
        await by_the_rules()
        assert (await ask(up.ask, "down")).returncode == 0
        assert theirs() == was
        assert "7364" not in shown()
        """
    )


CONTAINER = (
    "ip link set lo up",
    "ip addr add {address} dev inside",
    "ip link set inside up",
    "ip route add default via {host}",
)


@ORDERS
@KINDS
@pytest.mark.parametrize("bypass", ["", "bypass = []"])
def test_docker(order, kind, bypass, on_stage):
    """A container goes out by its own NAT, and its published port is reached from here, from the
    LAN and from beyond; whether or not its network is bypassed. From here, a kill switch takes it
    for what it has become."""
    on_stage(
        """
        iptables = Iptables(kind, place)
        sh("echo 1 > /proc/sys/net/ipv6/conf/default/addr_gen_mode",  # none
           "ip link add docker0 type bridge",
           "ip addr add 172.17.0.1/16 dev docker0",
           "ip link add port type veth peer name inside",
           "ip link set port master docker0", "ip link set port up", "ip link set docker0 up")
        lines = tuple(each.format(address="172.17.0.2/16", host="172.17.0.1") for each in container)
        async def right():
            await by_the_rules()
            await by_the_rules(where=lan)
        async with contextlib.AsyncExitStack() as with_:
            lan = await with_.enter_async_context(neighbour())
            inside = await with_.enter_async_context(elsewhere("inside", lines))
            await with_.enter_async_context(running(inside, WEB + "web(80)"))
            async def still():
                assert await ask(curl, "203.0.113.1", "refused.test", inside) == "198.51.100.2"
                question = "@198.51.100.1", "names.test"
                assert await ask(lambda: dig(*question, where=inside)) == ["203.0.113.7"]
                said = await ask(curl, "198.51.100.2", "refused.test")
                assert said == (7 if bypass and guarding(shown()) else "198.51.100.2"), said
                # As its docker-proxy asks for who comes to 127.0.0.1.
                assert await ask(curl, "172.17.0.2", "direct.test") == "172.17.0.1"
                assert await ask(curl, "192.0.2.1", "refused.test", lan) == "192.0.2.2"
                assert await ask(curl, "198.51.100.2", "refused.test", far) == "198.51.100.1"
            def load():
                iptables.restore(DOCKER)
                iptables.restore("*filter\\n:FORWARD DROP [0:0]\\nCOMMIT\\n", 6)
            await beside(place, order, load, right, still, bypass=bypass,
                more='lan = ["lan0"]\\nkill_switch = true')
        """,
        order=order,
        kind=kind,
        bypass=bypass,
        container=CONTAINER,
    )


@ORDERS
def test_libvirt(order, on_stage):
    """A guest gets its address and its names from dnsmasq on the bridge, and goes out by NAT."""
    on_stage(
        """
        iptables = Iptables("nft" if has_nftables() else "legacy", place)
        sh("echo 1 > /proc/sys/net/ipv6/conf/default/addr_gen_mode",  # none
           "echo 1 > /proc/sys/net/ipv4/ip_forward",
           "ip link add virbr0 type bridge",
           "ip addr add 192.168.122.1/24 dev virbr0",
           "ip link add vnet0 type veth peer name inside",
           "ip link set vnet0 master virbr0", "ip link set vnet0 up", "ip link set virbr0 up")
        lines = tuple(each.format(address="192.168.122.2/24", host="192.168.122.1")
                      for each in container)
        async with contextlib.AsyncExitStack() as with_:
            guest = await with_.enter_async_context(elsewhere("inside", lines))
            await with_.enter_async_context(dnsmasq("192.168.122.1", "--interface=virbr0",
                "--dhcp-range=192.168.122.2,192.168.122.254", f"--dhcp-leasefile={place.folder}/l"))
            async def still():
                assert await ask(curl, "203.0.113.1", "refused.test", guest) == "198.51.100.2"
                for tcp in "+notcp", "+tcp":
                    question = tcp, "@192.168.122.1", "names.test"
                    assert await ask(lambda: dig(*question, where=guest)) == ["203.0.113.7"]
                said = await ask(lambda: subprocess.check_output(
                    [*guest, sys.executable, "-c", DHCP_CLIENT, "inside"], text=True))
                assert said.startswith("192.168.122."), said
            await beside(place, order, lambda: iptables.restore(LIBVIRT), by_the_rules, still)
        """,
        order=order,
        container=CONTAINER,
    )


@ORDERS
def test_a_resolver_of_this_machine(order, on_stage):
    """Programs ask 127.0.0.53, as systemd-resolved has it. What that asks is taken like any
    program's question, and goes on to whom it asks: not back to it. Strict reverse paths beside."""
    on_stage(
        """
        def load():
            sh("for each in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 1 > $each; done")
        names = itertools.count(100)
        async def right():
            await by_the_rules()
            for tcp in "+notcp", "+tcp":
                number = next(names)
                question = tcp, "@127.0.0.53", f"{number}.proxied.test"
                assert await ask(dig, *question) == [f"203.0.113.{number}"]
                assert await ask(curl, f"203.0.113.{number}") == "198.51.100.1"
            question = "-t", "AAAA", "@127.0.0.53", "names.test"
            assert await ask(dig, *question) == ["2001:db8:1::7"]
        async def still():
            assert await ask(dig, "@127.0.0.53", "names.test") == ["203.0.113.7"]
            assert await ask(dig, "@127.0.0.53", "nowhere.test") == []
        async with dnsmasq("127.0.0.53"):
            await beside(place, order, load, right, still)
        """,
        order=order,
    )


@pytest.mark.parametrize("bypass", ["", "bypass = []"])
def test_a_bridge_that_netfilter_sees(bypass, on_stage):
    """br_netfilter shows us what goes from one port of the LAN's bridge to the other: it is left
    alone. But what comes to us has been through our chain when the bridge gives it up, and the
    kernel forgets tproxy's socket then: lost, as long as bridge-nf-call-iptables is 1."""
    on_stage(
        """
        sh("echo 1 > /proc/sys/net/ipv6/conf/default/addr_gen_mode",  # none
           "echo 1 > /proc/sys/net/ipv4/ip_forward",
           "echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables",
           "ip link add br0 type bridge", "ip addr add 192.0.2.1/24 dev br0", "ip link set br0 up",
           *(f"ip link add port{n} type veth peer name lan{n} && ip link set port{n} master br0"
             f" && ip link set port{n} up" for n in (2, 3)))
        async with contextlib.AsyncExitStack() as with_:
            lan = [await with_.enter_async_context(elsewhere(f"lan{n}", (
                "ip link set lo up", f"ip addr add 192.0.2.{n}/24 dev lan{n}",
                f"ip link set lan{n} up", "ip route add default via 192.0.2.1"))) for n in (2, 3)]
            await with_.enter_async_context(running(lan[1], WEB + "web(80, 53)"))
            async def to_each_other():
                for port in 80, 53:
                    said = await ask(curl, f"192.0.2.3:{port}", "", lan[0])
                    assert said == "192.0.2.2", (port, said)
            await to_each_other()
            up = Up(place, 'lan = ["br0"]', bypass=bypass, rules=[
                "IP-CIDR,192.0.2.0/24,REJECT", "DOMAIN-SUFFIX,proxied.test,office",
                "MATCH,DIRECT"])
            await up.ready()
            await to_each_other()
            assert await ask(curl, "203.0.113.1", "direct.test", lan[0], 0.3) == 28
            sh("echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables")
            await to_each_other()
            assert await ask(curl, "203.0.113.1", "direct.test", lan[0]) == "198.51.100.2"
            assert await ask(curl, "203.0.113.1", "www.proxied.test", lan[0]) == "198.51.100.1"
            # What is taken is refused by its address: at once, or right after its beginning.
            assert await ask(curl, "192.0.2.3") in (7, 56)
        """,
        bypass=bypass,
    )


@ORDERS
@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("servers", True),
        ("loopback", True),
        # By way of lo come our answers: in no zone, they are not known as such.
        ("zone", False),
        ("zone-remedy", True),
    ],
)
def test_what_others_do_not_track(order, name, names, on_stage):
    """Servers of this machine whose packets are not tracked go on; and a lot less is known of
    packets that would be ours."""
    on_stage(
        """
        def load():
            track_otherwise(place, name)
        async def right():
            await by_the_rules(names=("+notcp", "+tcp") if names else ("+tcp",))
        async with running([], WEB + "web(80)"), dnsmasq("198.51.100.2"):
            async def still():
                assert await ask(curl, "198.51.100.2", "", far) == "198.51.100.1"
                assert await ask(curl, "[2001:db8::2]", "", far) == "2001:db8::1"
                assert await ask(curl, "127.0.0.1") == "127.0.0.1"
                if names:  # for dnsmasq asks by datagrams, too
                    for tcp in "+notcp", "+tcp":
                        question = tcp, "@198.51.100.2", "names.test"
                        assert await ask(lambda: dig(*question, where=far)) == ["203.0.113.7"]
            await beside(place, order, load, right, still)
        """,
        order=order,
        name=name,
        names=names,
    )
