"""The rules are asked as `byway explain` asks them."""

from __future__ import annotations

import pytest

from byway_core.api.rules import Explanation, Question, explain
from byway_core.config.load import loads
from byway_core.model.decision import Network

PROFILE, _ = loads("""version = 1
rules = [
  "DOMAIN,www.exmaple.com,REJECT",
  "IP-CIDR,10.0.0.0/8,DIRECT",
  "DOMAIN-SUFFIX,example.com,REJECT",
  "DOMAIN-KEYWORD,www,DIRECT",
]
""")


def test_why_a_rule_decides() -> None:
    question = Question("www.example.com", "", 443, Network.TCP)
    assert explain(PROFILE, question) == Explanation(
        action="REJECT",
        rule_index=2,
        rule="DOMAIN-SUFFIX,example.com,REJECT",
        reasons=("decided by rule 3 of 4: DOMAIN-SUFFIX,example.com,REJECT",),
        near=(
            (
                0,
                "DOMAIN,www.exmaple.com,REJECT",
                "www.example.com and www.exmaple.com are one letter apart",
            ),
            (1, "IP-CIDR,10.0.0.0/8,DIRECT", "needs the address"),
        ),
        later=((3, "DOMAIN-KEYWORD,www,DIRECT"),),
    )


def test_no_rule_decides() -> None:
    found = explain(PROFILE, Question("a.test", "192.0.2.1", 1, Network.UDP, "192.0.2.2:7"))
    assert (found.action, found.rule_index, found.rule) == ("DIRECT", None, "")
    assert found.reasons == ("no rule matches; the default is DIRECT",)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (Question("", "", 1, Network.TCP), "the host is empty"),
        (Question("192.0.2.1", "192.0.2.2", 1, Network.TCP), "is an address already"),
        (Question("a.test", "b.test", 1, Network.TCP), "b.test is no address"),
        (Question("a.test", "", 70_000, Network.TCP), "70000 is no port"),
        (Question("a.test", "", 1, Network.TCP, "x"), "x is no address, nor one with a port"),
    ],
)
def test_a_wrong_question_is_told_in_words(question: Question, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        explain(PROFILE, question)
