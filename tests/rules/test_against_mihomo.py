"""Our reading of random rule lists against mihomo's own, rule by rule.

Left out is what differs on purpose: IP rules resolve there unless told not to, here only when told
to; patterns that match the empty text match a nameless flow there; suffixes with dots and names in
capitals are dead there.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from tests.rules.mihomo_oracle import Oracle, Probe, running

from byway_core.model.decision import REJECT, Network, Query
from byway_core.rules.compile import RuleSet, compile_rules
from byway_core.rules.names import parse_address, parse_destination
from byway_core.rules.parse import parse_rule

LISTS = 10
PROBES = 40

LABELS = (
    "a",
    "ab",
    "abc",
    "b-c",
    "cdn",
    "ads",
    "www",
    "mail",
    "x1",
    "test",
    "example",
    "com",
    "net",
)
NETWORKS = (
    "10.0.0.0/8",
    "10.1.2.0/24",
    "10.1.2.3/32",
    "192.168.0.0/16",
    "0.0.0.0/1",
    "172.16.5.4/12",
)
NETWORKS6 = ("2001:db8::/32", "2001:db8:1::/48", "::1/128", "fe80::/10", "8000::/1")
ADDRESSES = (
    *("10.1.2.3", "10.1.2.4", "10.9.9.9", "192.168.1.1", "172.31.0.1", "203.0.113.7"),
    *("2001:db8::1", "2001:db8:1::1", "::1", "fe80::1", "::ffff:10.1.2.3"),
)
SOURCES = ("127.0.0.1", "127.0.0.2", "127.1.2.3")
PORTS = (1, 22, 53, 80, 443, 444, 8080, 65535)


class Lists:
    """Random rules and questions that have a chance to meet."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._source_port = 20_000

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def name(self) -> str:
        return ".".join(self.random.choices(LABELS, k=self.random.randint(1, 4)))

    def wildcard(self) -> str:
        pattern = list(self.name() + self.pick(".com", ".test"))
        for _ in range(self.random.randint(1, 3)):
            pattern[self.random.randrange(len(pattern) - 3)] = self.pick("*", "?")
        return "".join(pattern) + self.pick("", "", "?t")

    def regex(self) -> str:
        return (
            self.pick("", "^", "(^|\\.)", "^[^.]+\\.")
            + self.pick(
                *LABELS, "(ads|cdn)\\d*", "(a|b){1,2}", "[a-c]+", "(?:www|mail)", "(?i)X\\d"
            )
            + self.pick("", "\\.", ".", "\\.(com|net)", "-?")
            + self.pick("", "$", "com$", ".*t$", "\\w")
        )

    def ports(self) -> str:
        first = self.random.choice(PORTS)
        last = self.random.choice(PORTS)
        return self.pick(str(first), f"{min(first, last)}-{max(first, last)}", f"{first}/{last}")

    def simple(self) -> str:
        kind = self.random.randrange(10)
        source_port = self.random.randint(20_000, 20_400)
        return (
            lambda: f"DOMAIN,{self.name()}",
            lambda: f"domain-suffix,{self.name()}",
            lambda: f"DOMAIN-KEYWORD,{self.pick(*LABELS, 'a.', '.c', 'bc')}",
            lambda: f"DOMAIN-WILDCARD,{self.wildcard()}",
            lambda: f"DOMAIN-REGEX,{self.regex()}",
            lambda: f"{self.pick('IP-CIDR', 'IP-CIDR6')},{self.pick(*NETWORKS)}",
            lambda: f"SRC-IP-CIDR,{self.pick('127.0.0.2/32', '127.0.0.0/24', '127.1.0.0/16')}",
            lambda: f"DST-PORT,{self.ports()}",
            lambda: f"SRC-PORT,{source_port}-{source_port + 60}",
            lambda: f"NETWORK,{self.pick('tcp', 'UDP')}",
        )[kind]()

    def condition(self, depth: int = 0) -> str:
        if self.random.random() < 0.6 + depth * 0.2:
            return self.simple()
        kind = self.pick("AND", "OR", "NOT")
        count = 1 if kind == "NOT" else self.random.randint(2, 3)
        space = self.pick("", " ")
        parts = [f"({self.part(self.condition(depth + 1))})" for _ in range(count)]
        return f"{kind},({f',{space}'.join(parts)})"

    def part(self, condition: str) -> str:
        return condition + (",no-resolve" if condition.startswith("IP-CIDR") else "")

    def rules(self) -> list[str]:
        found: list[str] = []
        for index in range(self.random.randint(8, 40)):
            condition = self.condition()
            target = "REJECT" if self.random.random() < 0.1 else f"u{index}"
            option = ",no-resolve" if condition.startswith("IP-CIDR") else ""
            found.append(f"{condition},{target}{option}")
        return [*found, f"MATCH,u{len(found)}"]

    def probe(self) -> Probe:
        self._source_port += 1  # each once: the kernel keeps closed pairs for a minute
        return Probe(
            host=self.pick(*ADDRESSES) if self.random.random() < 0.25 else self.name(),
            port=self.random.choice(PORTS),
            udp=self.random.random() < 0.3,
            source=self.pick(*SOURCES),
            source_port=self._source_port,
        )


def ours(rules: RuleSet, probe: Probe) -> str:
    host, address = parse_destination(probe.host)
    network = Network.UDP if probe.udp else Network.TCP
    source = parse_address(probe.source)
    query = Query(host, address, probe.port, network, source, probe.source_port)
    action = rules.decide(query).action
    return "" if action == REJECT else str(action)


@pytest.fixture(scope="module")
def mihomo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    with running(tmp_path_factory.mktemp("mihomo")) as oracle:
        yield oracle


def test_random_lists_are_read_as_mihomo_reads_them(mihomo: Oracle) -> None:
    lists = Lists(2026)
    differences = []
    for _ in range(LISTS):
        rules = lists.rules()
        mihomo.load(rules)
        compiled = compile_rules([parse_rule(rule) for rule in rules])
        for _ in range(PROBES):
            probe = lists.probe()
            expected = "" if not probe.udp else ours(compiled, probe)
            if not probe.udp or expected:  # a refused datagram has no answer to wait for
                expected = mihomo.ask(probe)
            if ours(compiled, probe) != expected:
                differences.append((probe, ours(compiled, probe), expected, rules))
    assert not differences, differences[0]


@pytest.mark.parametrize(
    ("rules", "host"),
    [
        pytest.param(["IP-CIDR,10.0.0.0/8,u0,resolve"], "one.test", id="reached"),
        pytest.param(
            ["DOMAIN,two.test,u0", "IP-CIDR,10.0.0.0/8,u1,resolve"], "two.test", id="late"
        ),
        pytest.param(["NOT,((IP-CIDR,10.0.0.0/8,resolve)),u0"], "three.test", id="in a NOT"),
        pytest.param(["IP-CIDR,10.0.0.0/8,u0,no-resolve"], "four.test", id="told not to"),
        pytest.param(
            ["AND,((NETWORK,UDP),(IP-CIDR,10.0.0.0/8,resolve)),u0"], "five.test", id="cannot match"
        ),
        pytest.param(
            ["AND,((NETWORK,TCP),(IP-CIDR,10.0.0.0/8,resolve)),u0"], "six.test", id="could match"
        ),
        pytest.param(
            ["OR,((NETWORK,TCP),(IP-CIDR,10.0.0.0/8,resolve)),u0"], "seven.test", id="needless"
        ),
    ],
)
def test_a_name_is_resolved_where_mihomo_resolves_it(
    mihomo: Oracle, rules: list[str], host: str
) -> None:
    """mihomo says no-resolve where we say nothing, and nothing where we say resolve."""
    last = f"MATCH,u{len(rules)}"
    mihomo.load([*(rule.replace(",resolve", "") for rule in rules), last])
    mihomo.resolved()
    mihomo.ask(Probe(host, 443))
    compiled = compile_rules([parse_rule(rule) for rule in [*rules, last]])
    assert compiled.wants_address(Query(host, None, 443)) == (host in mihomo.resolved())
