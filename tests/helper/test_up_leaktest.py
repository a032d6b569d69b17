"""`byway leaktest --here`: which way things leave the machine as it is, under `byway up`."""

from __future__ import annotations

from tests.support import whole_machine

HELP = """
from tests.support.world import cover
RULES = ("DOMAIN-SUFFIX,corp.example,office", "DOMAIN,direct.example,DIRECT",
         "DOMAIN-KEYWORD,ads,REJECT", "MATCH,DIRECT")
async def leaktest(up, *words):
    done = await asyncio.to_thread(
        subprocess.run, [*words, *up.byway("leaktest", "--here", "--json")], env=up.environment,
        capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    ways = {}
    for line in lines:
        key = line["target"], line["kind"]
        ways.setdefault(key, set()).add((line["way"], line["judgement"], line["through"]))
    return done, ways
DIRECT, REFUSED = {("direct", "right", "")}, {("refused", "right", "")}
OFFICE = {("upstream", "right", "office")}
"""
# Nobody out there knows the names.
DNS = '[dns]\\nservers = [\\"198.51.100.1\\"]'


def test_which_way_things_leave() -> None:
    whole_machine.on_stage(
        f"""
        cover(place.folder)
        up = Up(place, "{DNS}", rules=RULES)
        await up.ready()
        done, ways = await leaktest(up)
        assert done.returncode == 1, (done.stdout, done.stderr)  # the names
        for target in "leaktest.corp.example", "ads.example":
            assert {{judgement for _, judgement, _ in ways[target, "names"]}} == {{"leak"}}
        assert {{way for way, _, _ in ways["direct.example", "names"]}} == {{"in-clear"}}
        assert ways["leaktest.corp.example", "tcp"] == OFFICE
        for kind in "tcp", "quic":
            assert ways["direct.example", kind] == DIRECT, ways
            assert ways["ads.example", kind] == REFUSED, ways
        for kind in "tcp", "udp", "quic":
            assert ways["203.0.113.5", kind] == DIRECT, ways
        # Without a name in it, a datagram tells nothing of the rules on names.
        assert ("direct.example", "udp") not in ways
        # The upstream here carries no datagrams, and is to.
        assert {{way for way, _, _ in ways["leaktest.corp.example", "quic"]}} == {{"refused"}}
        # Without the power to read packets.
        done, ways = await leaktest(up, "setpriv", "--inh-caps=-all", "--bounding-set=-all")
        assert done.returncode == 0, (done.stdout, done.stderr)
        assert "can only be seen by root" in done.stderr
        assert not [kind for _, kind in ways if kind == "names"]
        assert ways["leaktest.corp.example", "tcp"] == OFFICE
        assert ways["ads.example", "tcp"] == REFUSED
        assert ways["direct.example", "quic"] == DIRECT
        """,
        HELP,
        own_mounts=True,
    )


def test_what_passes_the_engine_by_is_seen() -> None:
    """A bypass that the rules know nothing of, for IPv4."""
    whole_machine.on_stage(
        f"""
        bypass = 'bypass = ["203.0.113.0/24"]'
        cover(place.folder)
        up = Up(place, "{DNS}", rules=RULES, bypass=bypass)
        await up.ready()
        for words in (), ("setpriv", "--inh-caps=-all", "--bounding-set=-all"):
            done, ways = await leaktest(up, *words)
            assert done.returncode == 1
            assert ways["leaktest.corp.example", "tcp"] == OFFICE | {{("direct", "leak", "")}}, ways
            assert ("direct", "leak", "") in ways["leaktest.corp.example", "quic"]
            assert ways["ads.example", "tcp"] == REFUSED | {{("direct", "leak", "")}}
            assert ways["direct.example", "tcp"] == DIRECT
        """,
        HELP,
        own_mounts=True,
    )


def test_by_fake_addresses_no_name_is_told() -> None:
    whole_machine.on_stage(
        f"""
        cover(place.folder)
        up = Up(place, "{DNS}\\nfake_addresses = true", rules=RULES, bypass="")
        await up.ready()
        done, ways = await leaktest(up)
        assert ways["leaktest.corp.example", "names"] == {{("not-seen", "right", "")}}, ways
        assert ways["leaktest.corp.example", "tcp"] == OFFICE
        assert ways["ads.example", "udp"] == REFUSED  # its address stands for the name
        assert done.returncode == 0, done.stdout
        """,
        HELP,
        own_mounts=True,
    )


def test_without_an_engine() -> None:
    whole_machine.on_stage(
        """
        cover(place.folder)
        up = Up(place, start=False)
        done, _ = await leaktest(up)
        assert (done.returncode, done.stdout) == (2, "")
        assert "no `byway up` of yours is in force" in done.stderr
        """,
        HELP,
        own_mounts=True,
    )
