"""`byway up` and HTTP/3: where a flow goes by the name in its first datagrams, nobody having asked
for that name."""

from __future__ import annotations


def test_http3_goes_by_the_name_in_its_first_datagrams(on_stage):
    on_stage(
        """
        servers = (
            "from tests.support.http3 import serve_for_ever\\n"
            'serve_for_ever(("203.0.113.5", 443, "direct"), ("203.0.113.6", 8443, "service"))'
        )
        service = ('[[upstream]]\\nname = "served"\\ntype = "service"\\n'
                   'server = "203.0.113.6"\\nport = 8443')
        rules = ("DOMAIN,served.test,served", "DOMAIN,direct.test,DIRECT", "MATCH,REJECT")
        async def got(name, **more):
            try:
                async with asyncio.timeout(5 if has_nftables() else 2):
                    return await fetch(name, "203.0.113.5", **more)
            except (ConnectionRefusedError, TimeoutError):
                return b"refused"
        async with running(far, servers):
            assert await got("any.test") == b"direct"
            up = Up(place, service, rules=rules)
            await up.ready()
            for large in (False, True):
                assert await got("direct.test", large=large) == b"direct"
                assert await got("served.test", large=large) == b"service"
                assert await got("other.test", large=large) == b"refused"
            flows = await up.flows(2)
            told = {(f["host"], f["host_source"], f["action"]) for f in flows}
            assert told == {("direct.test", "quic-sni", "DIRECT"),
                            ("served.test", "quic-sni", "served"),
                            ("other.test", "quic-sni", "REJECT")}, flows
            assert (await asyncio.to_thread(up.ask, "down")).returncode == 0
        """,
        "from tests.support.http3 import fetch\n",
    )
