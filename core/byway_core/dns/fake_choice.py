"""Which names get fake addresses: those whose connections do not all go directly whatever else they
are, but for some that need their own.

    nas, nas.local, corp.example    the neighbourhood's, and those that the network completes
    what servers need               upstreams and resolvers, so that nothing waits for itself
    detectportal.firefox.com        asks whether a hotel wants to be paid first
    ntp.org, stun.l.google.com      datagrams that tell programs of addresses and times
    the profile's                   dns.real_names

It must not know how addresses are given out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from byway_core.dns.choice import Choice
from byway_core.dns.hosts import is_near
from byway_core.model.decision import DIRECT, Query
from byway_core.model.rule import Condition, Rule
from byway_core.protocols.host_name import normal_name
from byway_core.rules.compile import RuleSet, compile_rules

# Names whose answer is remembered, 100 bytes each; when full, all are forgotten.
_REMEMBERED = 4096

# By these, and by what their addresses are, programs find out whether a network lets nobody out
# before a web page has been filled in.
_PORTAL_CHECKS = frozenset(
    {
        "detectportal.firefox.com",  # Firefox
        "www.gstatic.com",  # Chrome
        "connectivitycheck.gstatic.com",  # Android, Chrome OS
        "clients3.google.com",
        "connectivitycheck.android.com",
        "nmcheck.gnome.org",  # NetworkManager of GNOME, and of distributions
        "networkcheck.kde.org",
        "connectivity-check.ubuntu.com",
        "network-test.debian.org",
        "fedoraproject.org",
        "ping.archlinux.org",
        "conncheck.opensuse.org",
        "www.msftconnecttest.com",  # Windows
        "ipv6.msftconnecttest.com",
        "www.msftncsi.com",
        "dns.msftncsi.com",
        "captive.apple.com",
    }
)
# The first label of servers that tell the time, or a program how it looks from outside: who asks
# several of these compares and remembers them by their addresses.
_TELLING = frozenset({"ntp", "time", "stun", "stuns", "turn", "turns"})


class FakeChoice:
    """For one profile. Names are normalised."""

    def __init__(
        self,
        rules: RuleSet,
        choice: Choice,
        *,
        real: Sequence[Condition] = (),
        needed: Collection[str] = (),
    ) -> None:
        """`choice` knows which names the network completes; `real`: those that the profile leaves
        out; `needed`: those that Byway itself must reach."""
        self._rules = rules
        self._choice = choice
        self._real = compile_rules([Rule(each, DIRECT, "") for each in real])
        self._needed = frozenset(needed)
        self._covered: dict[str, bool] = {}

    def covers(self, name: str) -> bool:
        """Whether that name gets a fake address."""
        covered = self._covered.get(name)
        if covered is None:
            if len(self._covered) >= _REMEMBERED:
                self._covered.clear()
            covered = self._covered[name] = not self.reason(name)
        return covered and not self._choice.is_searched(name)

    def reason(self, name: str) -> str:
        """Why it gets none, whatever the network: a part of a sentence; "" where it does."""
        if is_near(name) or name.endswith(".arpa"):
            return "it is of this machine or its surroundings"
        if normal_name(name.encode()) != name:
            return "it is no host's name"
        if name in self._needed:
            return "Byway itself must reach it"
        if name in _PORTAL_CHECKS:
            return "programs ask by it whether the network lets them out"
        if _tells(name):
            return "it looks like a server that tells the time, or programs their own address"
        if self._real.decide(Query(name, None, 0)).rule_index is not None:
            return "dns.real_names has it"
        return "all that goes there goes directly" if self._rules.is_direct(name) else ""


def _tells(name: str) -> bool:
    """By its looks: ntp1.example.com, time.windows.com, stun.l.google.com."""
    first, _, rest = name.partition(".")
    if first.rstrip("0123456789-") in _TELLING and "." in rest:
        return True
    return name.endswith(".ntp.org") or ".stun." in name
