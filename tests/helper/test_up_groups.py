"""A group under `byway up`, whose sockets are the helper's: a member that is away, a choice."""

from __future__ import annotations


def test_a_member_that_is_not_there_and_a_choice(on_stage):
    on_stage("""
        run = asyncio.to_thread
        up = Up(place)
        await up.ready()
        other = '[[upstream]]\\nname = "away"\\ntype = "socks5"\\n'
        other += 'server = "198.51.100.1"\\nport = 9\\n'
        other += '[[group]]\\nname = "either"\\ntype = "fallback"\\n'
        other += 'members = ["away", "office"]\\ntest = "www.proxied.test:80"\\n'
        other += '[[group]]\\nname = "mine"\\ntype = "select"\\n'
        other += 'members = ["either", "DIRECT", "REJECT"]'
        up.write(other, rules=("DOMAIN,www.proxied.test,mine", "MATCH,REJECT"))
        said = await run(up.ask, "reload")
        assert said.returncode == 0, said
        # Several times each, for there are two processes that must know.
        for member, own in (("either", "198.51.100.1"), ("DIRECT", "198.51.100.2"), ("REJECT", 56)):
            said = await run(up.ask, "group", "mine", member)
            assert (said.returncode, said.stderr) == (0, ""), said
            for _ in range(6):
                assert await run(curl, "203.0.113.1", "www.proxied.test") == own
        flows = [f for f in await up.flows(18) if f["action"] == "mine"]
        assert {f["member"] for f in flows[:6]} == {"office"}, flows
        assert [f["member"] for f in flows[6:]] == ["DIRECT"] * 6 + ["REJECT"] * 6, flows
        # The group is tested as it is used, by sockets that are not taken.
        said = await run(up.ask, "group", "either", "--test")
        assert said.returncode == 0, said
        away, office = said.stdout.splitlines()[2:]
        assert "away" in away and "dead" in away and "refused the connection" in away, said
        assert office.split()[:3] == ["*", "office", "alive"], said
    """)
