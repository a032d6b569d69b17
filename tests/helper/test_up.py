"""`byway up` as a user runs it: real programs, servers beyond a link, the helper on its bus."""

from __future__ import annotations

import pytest


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
        for address in "203.0.113.1", "2001:db8:1::1":  # not ours to take
            ping = ("ping", "-c1", "-W5", address)
            assert not (await run(subprocess.run, ping, capture_output=True)).returncode
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
        await up.killed()
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


def test_a_socket_that_is_bound_to_an_interface(on_stage):
    """Cannot be turned. Root's own goes there, as NetworkManager's question whether there is an
    Internet; others' go nowhere."""
    on_stage("""
        up = Up(place)
        await up.ready()
        def bound():
            done = subprocess.run(["curl", "-s", "--max-time", "1", "--interface", "out",
                                   "http://203.0.113.1/"], capture_output=True, text=True)
            return done.stdout or done.returncode
        got = await asyncio.to_thread(bound)
        assert got == "198.51.100.2", got
    """)


def test_a_bus_that_dies(on_stage):
    on_stage("""
        up = Up(place)
        await up.ready()
        place.daemon.kill()
        assert await asyncio.to_thread(up.process.wait, DEADLINE) == 1
        assert await asyncio.to_thread(place.helper.wait, DEADLINE) == 0
        said = up.log.read_text()
        assert "the rules are gone" in said and "Error" not in said and "ERROR" not in said, said
        assert await asyncio.to_thread(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
    """)


def test_a_kill_switch_that_nobody_has_is_told_and_ended(on_stage):
    on_stage("""
        before = shown()
        run = asyncio.to_thread
        up = Up(place, "kill_switch = true")
        await up.ready()
        told = await run(up.ask, "status")
        assert "kill switch" not in told.stderr, told
        await up.killed()
        told = await run(up.ask, "status")
        assert "the kill switch is on, and no `byway up` runs" in told.stderr, told
        down = await run(up.ask, "down")
        assert down.returncode == 0, down
        assert shown() == before, shown()
        assert (await run(up.ask, "down")).returncode == 3
    """)


def test_an_engine_of_somebody_else_is_told(on_stage):
    on_stage("""
        run = asyncio.to_thread
        up = Up(place)
        await up.ready()
        up.environment["XDG_RUNTIME_DIR"] = str(place.folder / "elsewhere")
        (place.folder / "elsewhere").mkdir()
        for command, status in (("status", 3), ("down", 3)):
            told = await run(up.ask, command)
            assert told.returncode == status
            assert f"process {up.process.pid} of " in told.stderr, told
            assert "`byway repair` takes it back" in told.stderr, told
    """)


def test_a_helper_that_hangs_hangs_nobody(on_stage):
    on_stage("""
        before = shown()
        run = asyncio.to_thread
        up = Up(place, "kill_switch = true")
        await up.ready()
        with place.stopped_helper():
            # Root goes past it: whom nobody needs to ask.
            repaired = await run(up.ask, "repair")
            assert repaired.returncode == 0, repaired
            assert "the helper does not answer; going on without it" in repaired.stderr, repaired
            assert shown() == before, shown()
        assert await run(up.process.wait, DEADLINE) == 1
    """)


@pytest.mark.parametrize("kill_switch", ["false", "true"])
@pytest.mark.parametrize("end", ["down", "engine", "helper"])
def test_live_connections_are_told(on_stage, end, kill_switch):
    """Whichever way it ends: a program whose connection went through Byway does not wait."""
    on_stage(f"""
        run = asyncio.to_thread
        up = Up(place, "kill_switch = {kill_switch}")
        await up.ready()
        def opened():
            sock = socket.create_connection(("203.0.113.1", 80), 5)
            sock.sendall(b"GET / HTTP/1.1\\r\\nHost: www.proxied.test\\r\\n\\r\\n")
            said = b""
            while b"198.51.100.1" not in said:
                said += sock.recv(4096)
            return sock
        sock = await run(opened)
        match "{end}":
            case "down":
                up.process.send_signal(signal.SIGINT)
            case "engine":
                up.process.kill()
            case "helper":
                place.helper.kill()
        def told():
            sock.settimeout(2)
            try:
                return sock.recv(4096) == b""
            except ConnectionError:
                return True
        assert await run(told)
        sock.close()
        await run(up.process.wait, DEADLINE)
    """)


@pytest.mark.parametrize("signum", ["SIGTERM", "SIGHUP"])
def test_a_session_that_ends_is_no_explicit_act(on_stage, signum):
    on_stage(f"""
        before = shown()
        run = asyncio.to_thread
        for more, after in (("", "198.51.100.2"), ("kill_switch = true", 7)):
            up = Up(place, more)
            await up.ready()
            up.process.send_signal(signal.{signum})
            assert up.process.wait(DEADLINE) == 0
            await given_back(DEADLINE)
            assert await run(curl, "203.0.113.1", "www.proxied.test") == after
        assert (await run(up.ask, "repair")).returncode == 0
        assert shown() == before, shown()
    """)


def test_a_machine_that_sleeps_and_wakes_up_elsewhere(on_stage):
    """Everybody stands still, and the link comes back with another address."""
    on_stage("""
        run = asyncio.to_thread
        up = Up(place)
        await up.ready()
        assert await run(curl, "203.0.113.1", "direct.test") == "198.51.100.2"
        pids = [up.process.pid, *children(up.process.pid), place.helper.pid]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        sh("ip link set out down", "ip addr flush dev out", "ip link set out up",
           "ip addr add 198.51.100.3/24 dev out", "ip -6 addr add 2001:db8::3/64 dev out nodad",
           *NEAR_NETWORK)
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        assert await run(curl, "203.0.113.1", "direct.test") == "198.51.100.3"
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        assert await run(curl, "203.0.113.1", "refused.test") == 56
        assert await run(curl, "[2001:db8:1::1]") == "2001:db8::3"
        assert await run(dig, "@198.51.100.1", "names.test") == ["203.0.113.7"]
        assert up.process.poll() is None
        assert (await run(up.ask, "down")).returncode == 0
    """)


def test_an_interface_of_the_lan_that_goes_and_comes(on_stage):
    on_stage("""
        run = asyncio.to_thread
        async with neighbour() as lan:
            up = Up(place, 'lan = ["lan0"]')
            await up.ready()
            assert await run(curl, "203.0.113.1", "www.proxied.test", lan) == "198.51.100.1"
            sh("ip link set lan0 down", "ip link set lan0 name gone", "ip link set gone up")
            assert await run(curl, "203.0.113.1", "www.proxied.test", lan) == "192.0.2.2"
            sh("ip link set gone down", "ip link set gone name lan0", "ip link set lan0 up")
            assert await run(curl, "203.0.113.1", "www.proxied.test", lan) == "198.51.100.1"
            assert (await run(up.ask, "down")).returncode == 0
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
        assert "byway install-helper" in up.log.read_text(), up.log.read_text()
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
            await up.killed()
            after = 7 if {kill_switch} else "192.0.2.2"
            assert await run(their_curl, "203.0.113.1", "www.proxied.test") == after
            assert await run(their_curl, "203.0.113.200") == "192.0.2.2"
            assert (await run(up.ask, "repair")).returncode == 0
            assert await run(their_curl, "203.0.113.1", "www.proxied.test") == "192.0.2.2"
            assert shown() == before, shown()
    """)


def test_a_port_of_ones_own_for_the_lan(on_stage):
    on_stage("""
        run = asyncio.to_thread
        service = ('[[upstream]]\\nname = "web"\\ntype = "service"\\n'
                   'server = "203.0.113.1"\\nport = 80')
        rules = ("AND,((DST-PORT,50080),(IP-CIDR,192.0.2.1/32)),web",
                 "AND,((DST-PORT,50080),(IP-CIDR6,2001:db8:2::1/128)),office",
                 "DST-PORT,50080,web", "MATCH,DIRECT")
        circle = ("MATCH,DIRECT",)
        def their_get(lan, address):
            names = ["--resolve", f"www.test:50080:{address}"]
            done = subprocess.run([*lan, "curl", "-sg", "--max-time", "5", *names,
                                   "http://www.test:50080/"], capture_output=True, text=True)
            return done.stdout or done.returncode
        async with neighbour() as lan:
            assert await run(their_get, lan, "192.0.2.1") == 7  # nobody is there
            up = Up(place, 'lan = ["lan0"]\\nlan_ports = [50080]\\n' + service, rules=rules)
            await up.ready()
            got = await run(their_get, lan, "192.0.2.1")
            assert got == "198.51.100.2", (got, up.log.read_text())  # ours, to a service
            assert await run(their_get, lan, "203.0.113.9") == "198.51.100.2"  # on its way through
            flows = await up.flows(2)
            assert {f["address"]: f["action"] for f in flows} == {
                "192.0.2.1": "web", "203.0.113.9": "web"}, flows
            got = await run(their_get, lan, "[2001:db8:2::1]")
            assert got == "198.51.100.1", (got, await up.flows(3))  # to an upstream
            # For the LAN only.
            reset = (7, 52, 55, 56)  # curl's words for it, as far as it had come
            assert await run(curl, "192.0.2.1:50080") in reset
            assert (await run(up.ask, "down")).returncode == 0
            assert await run(their_get, lan, "192.0.2.1") == 7
            up = Up(place, 'lan = ["lan0"]\\nlan_ports = [50080]\\n' + service, rules=circle)
            await up.ready()
            assert await run(their_get, lan, "192.0.2.1") in reset  # directly to us: no circle
            assert len(await up.flows(1)) == 1
            assert (await run(up.ask, "down")).returncode == 0
            with socket.create_server(("", 50080)):
                up = Up(place, 'lan = ["lan0"]\\nlan_ports = [50080]\\n' + service, rules=rules)
                assert await run(up.process.wait, DEADLINE) == 1
                assert "port 50080 of lan0: Address already in use" in up.log.read_text()
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


def test_no_sockets_any_more_ends_it_and_says_so(on_stage):
    """A helper that is on the bus and answers nothing: programs are not left with an engine that
    can connect nowhere."""
    on_stage("""
        before = shown()
        run = asyncio.to_thread
        up = Up(place)
        await up.ready()
        with place.stopped_helper():
            assert await run(curl, "203.0.113.1") != "198.51.100.2"  # nobody marks its sockets
            await until(lambda: "the rules are gone" in up.log.read_text())
        assert await run(up.process.wait, DEADLINE) == 1
        await until(lambda: shown() == before)
        assert await run(curl, "203.0.113.1") == "198.51.100.2"
    """)
