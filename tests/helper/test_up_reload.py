"""A changed profile for a `byway up` that runs: by the rules, or directly in the kernel."""

from __future__ import annotations

from tests.support import whole_machine


def test_a_network_goes_to_the_kernel_and_another_comes_back(on_stage):
    on_stage("""
        before = shown()
        run = asyncio.to_thread
        up = Up(place)  # bypasses 203.0.113.128/25
        await up.ready()
        taken, direct = await run(opened, "203.0.113.1"), await run(opened, "203.0.113.200")
        assert await run(asked, taken) == "198.51.100.1"
        assert await run(asked, direct) == "198.51.100.2"
        up.write(bypass='bypass = ["203.0.113.0/26"]',
                 rules=("IP-CIDR,203.0.113.64/26,DIRECT", "IP-CIDR6,2001:db8:1::/64,DIRECT",
                        *RULES))
        said = await run(up.ask, "reload")
        assert said.returncode == 0, said
        assert said.stdout == (f"byway machine, process {up.process.pid}: 5 rules, 1 upstream; "
                               "3 networks direct in the kernel\\n"), said
        # Seen by nobody now, whatever their names: one by the bypass, two by the rules.
        for address, own in (("203.0.113.1", "198.51.100.2"), ("203.0.113.65", "198.51.100.2"),
                             ("[2001:db8:1::1]", "2001:db8::2")):
            assert await run(curl, address, "www.proxied.test") == own
        # And by the rules, what was bypassed.
        assert await run(curl, "203.0.113.200", "www.proxied.test") == "198.51.100.1"
        assert await run(curl, "203.0.113.200", "refused.test") == 56
        # What lived before goes on as it began.
        for _ in range(2):
            assert await run(asked, taken) == "198.51.100.1"
            assert await run(asked, direct) == "198.51.100.2"
        taken.close()
        direct.close()
        flows = await up.flows(3)
        assert sorted((f["address"], f["action"]) for f in flows) == [
            ("203.0.113.1", "office"), ("203.0.113.200", "REJECT"), ("203.0.113.200", "office")
        ], flows
        up.write()
        assert (await run(up.ask, "reload", str(up.file))).returncode == 0
        assert await run(curl, "203.0.113.200", "www.proxied.test") == "198.51.100.2"
        for address, via in (("203.0.113.1", "198.51.100.1"), ("203.0.113.65", "198.51.100.1"),
                             ("[2001:db8:1::1]", "198.51.100.1")):
            assert await run(curl, address, "www.proxied.test") == via
        assert len(await up.flows(6)) == 6
        assert (await run(up.ask, "down")).returncode == 0
        assert shown() == before, shown()
    """)


def test_rules_upstreams_and_names(on_stage):
    on_stage("""
        run = asyncio.to_thread
        up = Up(place)
        await up.ready()
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        assert await run(curl, "203.0.113.1", "refused.test") == 56
        assert await run(dig, "@198.51.100.1", "own.test") == []
        other = '[dns.hosts]\\n"own.test" = "203.0.113.9"\\n[[upstream]]\\nname = "web"\\n'
        other += 'type = "service"\\nserver = "203.0.113.1"\\nport = 80'
        up.write(other, rules=("DOMAIN,served.test,web", "DOMAIN,www.proxied.test,REJECT",
                               "DOMAIN,own.test,office", "MATCH,DIRECT"))
        said = await run(up.ask, "reload")
        assert said.returncode == 0 and "4 rules, 2 upstreams" in said.stdout, said
        # Several times each, for there are two processes that must know.
        for _ in range(8):
            assert await run(curl, "203.0.113.1", "www.proxied.test") == 56
            assert await run(curl, "203.0.113.1", "refused.test") == "198.51.100.2"
            assert await run(curl, "203.0.113.77", "served.test") == "198.51.100.2"
        assert await run(dig, "@198.51.100.1", "own.test") == ["203.0.113.9"]
        assert await run(curl, "203.0.113.9") == "198.51.100.1"  # by a name that only hosts tell
        flows = await up.flows(27)
        served = {f["action"] for f in flows if f["host"] == "served.test"}
        assert served == {"web"}, flows
    """)


def test_none_that_comes_back_is_decided_by_the_rules_of_before(on_stage):
    """They are asked for while the kernel and the engine change: each goes directly in the kernel,
    or by the new rules."""
    on_stage(
        """
        run = asyncio.to_thread
        up = Up(place)
        await up.ready()
        ended, got = asyncio.Event(), []
        def ask_on():
            while not ended.is_set():
                with opened("203.0.113.200") as sock:
                    got.append(asked(sock))
        askers = [asyncio.create_task(run(ask_on)) for _ in range(4)]
        bypassed, taken = (f'bypass = ["203.0.113.{half}/25"]' for half in (128, 0))
        refusing = ("MATCH,REJECT",)
        for rules, bypass in ((refusing, bypassed), (RULES, taken), (RULES, bypassed)) * 4:
            up.write(rules=rules, bypass=bypass)
            said = await run(up.ask, "reload")
            assert said.returncode == 0, said
            count = len(got) + 20
            async with asyncio.timeout(DEADLINE):
                while len(got) < count and not any(each.done() for each in askers):
                    await asyncio.sleep(0.01)
        ended.set()
        await asyncio.gather(*askers)  # none of them was refused
        assert {"198.51.100.1", "198.51.100.2"} == set(got), got
        told = await run(up.ask, "connections", "--all", "--json")
        flows = [json.loads(line) for line in told.stdout.splitlines()]
        assert {(f["address"], f["action"]) for f in flows} == {("203.0.113.200", "office")}, flows
    """
    )


def test_a_profile_with_errors_changes_nothing(on_stage):
    on_stage("""
        run = asyncio.to_thread
        up = Up(place)
        await up.ready()
        there = shown()
        up.write(bypass="bypass = []", rules=("DOMAIN,www.proxied.test", "MATCH,ofice"))
        said, check = await run(up.ask, "reload"), await run(up.ask, "check", str(up.file))
        assert said.returncode == 1 and check.returncode == 1
        # What check says, but for its last line.
        assert said.stderr.splitlines() == check.stdout.splitlines()[:-1], (said, check)
        assert said.stderr.count(f"{up.file}:3:") == 2 and "office" in said.stderr, said
        assert said.stdout == (f"byway machine, process {up.process.pid}: not taken; as before: "
                               "3 rules, 1 upstream; 1 network direct in the kernel\\n"), said
        for wrong, words in (
            ('[dns]\\nservers = ["127.0.0.1:5353"]', "is on this machine"),
            ('[[upstream]]\\nname = "o"\\ntype = "http"\\nserver = "o.test"\\nport = 1\\n'
             'username = "me"\\npassword = { env = "NOT_SET" }', "NOT_SET"),
        ):
            up.write(wrong, rules=("MATCH,REJECT",))
            said = await run(up.ask, "reload")
            assert said.returncode == 1 and words in said.stderr, said
        up.file.unlink()
        said = await run(up.ask, "reload")
        assert said.returncode == 1 and f"{up.file}: error: " in said.stderr, said
        assert shown() == there, shown()
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        assert await run(curl, "203.0.113.1", "direct.test") == "198.51.100.2"
        assert await run(curl, "203.0.113.200", "www.proxied.test") == "198.51.100.2"
        assert len(await up.flows(2)) == 2
    """)


def test_what_needs_a_restart_is_told_and_the_rest_taken(on_stage):
    on_stage("""
        run = asyncio.to_thread
        up = Up(place)
        await up.ready()
        rules = ("DOMAIN,direct.test,REJECT", "MATCH,DIRECT")
        up.write('kill_switch = true\\nlan = ["lan0"]\\nlan_ports = [50080]',
                 "mixed_port = 7890", rules=rules)
        for _ in range(2):  # told as long as it is so
            said = await run(up.ask, "reload")
            assert said.returncode == 0, said
            assert said.stdout.endswith(
                "; general.mixed_port, machine.lan, machine.lan_ports, machine.kill_switch need "
                "`byway down` and `byway up`\\n"), said
            assert await run(curl, "203.0.113.1", "direct.test") == 56
            assert not guarding(shown())
        up.write(rules=rules)
        said = await run(up.ask, "reload")
        assert said.stdout.endswith("direct in the kernel\\n"), said
        assert (await run(up.ask, "down")).returncode == 0
        # And a kill switch that stands does so with the new networks.
        up = Up(place, "kill_switch = true")
        await up.ready()
        up.write("kill_switch = true", bypass='bypass = ["203.0.113.0/25"]')
        assert (await run(up.ask, "reload")).returncode == 0
        up.process.kill()
        up.process.wait()
        await given_back()
        assert await run(curl, "203.0.113.200") == 7
        assert await run(curl, "203.0.113.1") == "198.51.100.2"
        assert (await run(up.ask, "repair")).returncode == 0
    """)


def test_several_at_once(on_stage):
    on_stage("""
        before = shown()
        run = asyncio.to_thread
        up = Up(place)
        await up.ready()
        up.write(bypass='bypass = ["203.0.113.0/25"]')
        said = await asyncio.gather(*(run(up.ask, "reload") for _ in range(4)))
        assert [each.returncode for each in said] == [0] * 4, said
        assert len({each.stdout for each in said}) == 1, said
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
        assert await run(curl, "203.0.113.200", "www.proxied.test") == "198.51.100.1"
        # One that is under way when all ends holds up nothing, and nothing is left of it.
        reloading = asyncio.create_task(run(up.ask, "reload"))
        assert (await run(up.ask, "down")).returncode == 0
        await reloading
        assert up.process.wait(DEADLINE) == 0
        assert "Traceback" not in up.log.read_text(), up.log.read_text()
        assert shown() == before, shown()
    """)


def test_while_the_user_is_asked(on_stage):
    """There is nothing yet that a profile could be taken for."""
    on_stage("""
        run = asyncio.to_thread
        asked_for, may = asyncio.Event(), asyncio.Event()
        async def answer(action, asker):
            asked_for.set()
            await may.wait()
            return YES
        place.polkit.says = answer
        up = Up(place)
        await asyncio.wait_for(asked_for.wait(), DEADLINE)
        said = await run(up.ask, "reload")
        assert said.returncode == 1 and "not in force (yet)" in said.stderr, said
        may.set()
        await up.ready()
        assert (await run(up.ask, "reload")).returncode == 0
    """)


def test_a_helper_that_does_not_answer():
    """The engine goes back to the profile of before, and so does the helper when it wakes up."""
    whole_machine.on_stage("""
        run = asyncio.to_thread
        up = Up(place)
        await up.ready()
        there = shown()
        up.write(bypass='bypass = ["203.0.113.0/25"]', rules=("MATCH,REJECT",))
        with place.stopped_helper():
            reload = subprocess.Popen(up.byway("reload"), env=up.environment, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            out, err = await run(reload.communicate, None, 40)
        assert reload.returncode == 1, (out, err)
        assert "taken back: the helper does not answer" in err, err
        assert "not taken; as before: 3 rules" in out, out
        # Awake, it does what it was told, one after the other; and this after that.
        async def no(action, asker):
            return NO
        place.polkit.says = no
        bus = await connected()
        assert await call(bus, "Repair", "", []) == "Denied"
        bus.disconnect()
        assert shown() == there, shown()
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        assert await run(curl, "203.0.113.200", "www.proxied.test") == "198.51.100.2"
    """)
