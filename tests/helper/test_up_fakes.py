"""`byway up` with fake addresses: names that are proxied are never asked for."""

from __future__ import annotations

# The far server knows of www.proxied.test that it does not exist; only the upstream gets there.
FAKES = """
FAKE = "[dns]\\nservers = ['198.51.100.1']\\nfake_addresses = true"
def looked_up(name, kind="A"):
    # As a program is told, whichever server it asks.
    (address,) = dig("@198.51.100.53", name, kind)
    return address
RESET = {7, 56}  # curl's words for one that comes at once, and at once after that
def is_fake(address):
    return address.startswith(("198.18.", "fd87:dfc7:76a7::"))
"""


def test_names_go_where_the_rules_say_by_either_family(on_stage):
    on_stage(
        """
        before = shown()
        run = asyncio.to_thread
        up = Up(place, FAKE, bypass="")  # the private networks are left alone: ours lies in one
        await up.ready()
        four = await run(looked_up, "www.proxied.test")
        six = await run(looked_up, "www.proxied.test", "AAAA")
        assert is_fake(four) and is_fake(six), (four, six)
        assert await run(dig, "@198.51.100.1", "-x", four) == ["www.proxied.test."]
        assert await run(dig, "@198.51.100.1", "-x", six) == ["www.proxied.test."]
        assert await run(dig, "@198.51.100.1", "www.proxied.test", "HTTPS") == []
        assert await run(dig, "@198.51.100.1", "names.test") == ["203.0.113.7"]
        got = await run(curl, four), await run(curl, f"[{six}]")
        assert got == ("198.51.100.1",) * 2, got
        refused = await run(looked_up, "refused.test")
        assert is_fake(refused) and refused != four
        got = await run(curl, refused), await run(curl, "198.18.255.255")
        assert set(got) <= RESET, got
        assert await run(curl, "[fd87:dfc7:76a7:9::1]") in RESET
        flows = await up.flows(5)
        by_name = [f for f in flows if f["host"] == "www.proxied.test"]
        assert {f["address"] for f in by_name} == {four, six}
        assert {f["host_source"] for f in by_name} == {"fake"}
        assert {f["action"] for f in by_name} == {"office"}
        (lost,) = [f for f in flows if f["address"] == "198.18.255.255"]
        assert "stands for none" in lost["reason"] and lost["action"] == ""
        assert "addresses   fake, 2 names have one" in (await run(up.ask, "status")).stdout
        assert (await run(up.ask, "down")).returncode == 0
        assert shown() == before, shown()
        """,
        FAKES,
    )


def test_what_is_known_outlives_the_engine_and_the_choice(on_stage):
    on_stage(
        """
        run = asyncio.to_thread
        up = Up(place, FAKE, bypass="")
        await up.ready()
        four = await run(looked_up, "www.proxied.test")
        six = await run(looked_up, "www.proxied.test", "AAAA")
        await up.killed()
        # Fail-open: nobody out there has the address, and nothing is told of the name.
        assert isinstance(await run(curl, four, "", (), 1.0), int)
        up = Up(place, FAKE, bypass="")
        await up.ready()
        assert await run(curl, four) == "198.51.100.1"
        assert await run(looked_up, "www.proxied.test") == four
        # Turned off while it runs, and by a start.
        up.write("[dns]\\nservers = ['198.51.100.1']", bypass="")
        said = await run(up.ask, "reload")
        assert said.returncode == 0, said
        got = await run(curl, four), await run(curl, f"[{six}]")
        assert got == ("198.51.100.1",) * 2, got
        assert await run(dig, "@198.51.100.1", "www.proxied.test") == []
        assert (await run(up.ask, "down")).returncode == 0
        up.process.wait()
        up = Up(place, "[dns]\\nservers = ['198.51.100.1']", bypass="")
        await up.ready()
        got = await run(curl, four), await run(curl, f"[{six}]")
        assert got == ("198.51.100.1",) * 2, got
        assert await run(curl, "198.18.255.255") in RESET
        assert await run(curl, "[fd87:dfc7:76a7::9]") in RESET
        assert (await run(up.ask, "down")).returncode == 0
        """,
        FAKES,
    )


def test_byway_looks_up_by_itself_what_then_goes_directly(on_stage):
    """A name whose way depends on the port is no program's business to look up."""
    on_stage(
        """
        run = asyncio.to_thread
        up = Up(place, FAKE, rules=("DST-PORT,8443,office", "MATCH,DIRECT"))
        await up.ready()
        four = await run(looked_up, "names.test")
        assert is_fake(four)
        for _ in range(4):  # by each of the workers
            got = await run(curl, four)
            assert got in ("198.51.100.2", "2001:db8::2"), got
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(5)
            sock.connect((four, 9999))
            sock.send(b"hello")
            assert (await run(sock.recv, 99)).startswith(b"198.51.100.2 ")
        gone = await run(looked_up, "gone.test")
        assert await run(curl, gone) in RESET
        flows = await up.flows(5)
        (lost,) = [f for f in flows if f["host"] == "gone.test"]
        assert lost["reason"] == "the name gone.test does not exist"
        assert (await run(up.ask, "down")).returncode == 0
        """,
        FAKES,
    )
