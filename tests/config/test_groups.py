"""`[[group]]` in a profile: what it may say, and what is said about what it may not."""

from __future__ import annotations

import pytest

from byway_core.config.load import loads
from byway_core.model.decision import Action, Verdict
from byway_core.model.errors import ProfileError
from byway_core.model.group import Group, GroupKind

HEAD = """version = 1
rules = ["MATCH,DIRECT"]
[[upstream]]
name = "a"
type = "socks5"
server = "192.0.2.1"
port = 1080
[[upstream]]
name = "b"
type = "http"
server = "192.0.2.2"
port = 8080
"""
LINES = HEAD.count("\n")


def problems(text: str) -> list[tuple[int, int, str, str]]:
    """Line (from the first of the groups), column, message, nearest."""
    try:
        found = loads(HEAD + text)[1]
    except ProfileError as error:
        found = error.problems
    return [(it.line - LINES, it.column, it.message, it.nearest) for it in found]


def test_all_there_is() -> None:
    profile, found = loads(
        HEAD.replace("MATCH,DIRECT", "MATCH,work").replace(
            'rules = ["', 'rules = ["IP-CIDR,127.0.0.0/8,DIRECT", "IP-CIDR,::1/128,DIRECT", "'
        )
        + """
[[group]]
name = "work"
type = "select"
members = ["auto", "a", "DIRECT", "REJECT"]
[[group]]
name = "auto"
type = "url-test"
members = ["a", "b"]
test = "WWW.Example.com:443"
interval = 60
tolerance = 0
[[group]]
name = "either"
type = "fallback"
members = ["b", "DIRECT"]
test = "[2001:db8::1]:80"
[[group]]
name = "both"
type = "load-balance"
members = ["a", "b"]
"""
    )
    assert found == ()
    assert profile.groups == (
        Group("work", GroupKind.SELECT, ("auto", "a", "DIRECT", "REJECT")),
        Group("auto", GroupKind.URL_TEST, ("a", "b"), ("www.example.com", 443), 60, 0),
        Group("either", GroupKind.FALLBACK, ("b", "DIRECT"), ("2001:db8::1", 80)),
        Group("both", GroupKind.LOAD_BALANCE, ("a", "b")),
    )
    assert profile.rules[-1].action == Action(Verdict.UPSTREAM, "work")
    assert profile.targets == ("a", "b", "work", "auto", "either", "both")


def one(type_: str = "fallback", members: str = '["a", "b"]', more: str = "") -> str:
    return f'[[group]]\nname = "g"\ntype = "{type_}"\nmembers = {members}\n{more}'


TESTED = 'test = "example.com:443"\n'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("group = 1\n", [(1, 1, "unknown key group", "")]),  # it is of b
        ("[group]\n", [(1, 2, "group is a table", "[[group]]")]),
        (
            '[[group]]\nname = "g"\n',
            [
                (1, 1, "the type is missing", ""),
                (1, 1, "the group has no members", ""),
            ],
        ),
        (one("fallbak"), [(3, 8, "there is no type 'fallbak'", 'type = "fallback"')]),
        (one(members="[]"), [(4, 11, "the group has no members", "")]),
        (one(members='"a"'), [(4, 11, "members is a string", 'members = ["a"]')]),
        (one(members='["a", 2]'), [(4, 17, "a member is a whole number", "")]),
        (one(members='["a", "a"]'), [(4, 17, "a is a member already", "")]),
        (one(members='["a", "bb"]'), [(4, 17, "there is no upstream or group 'bb'", '"b"')]),
        (
            one(members='["a", "direct"]'),
            [(4, 17, "there is no upstream or group 'direct'", '"DIRECT"')],
        ),
        (
            one(members='["a", "REJECT"]'),
            [(4, 17, "without a member that is alive a group refuses by itself", "")],
        ),
        (one(members='["a", "g"]'), [(4, 17, "g would be in itself: g → g", "")]),
        (
            one("url-test"),
            [
                (
                    1,
                    1,
                    "nothing is said of what its members are timed with",
                    'test = "www.example.com:443"',
                )
            ],
        ),
        (
            one(more='test = "https://www.example.com/204"\n'),
            [
                (
                    5,
                    8,
                    "'https://www.example.com/204' is no host and port",
                    'test = "www.example.com:443"',
                )
            ],
        ),
        (
            one(more='test = "example.com"\n'),
            [(5, 8, "'example.com' is no host and port", 'test = "example.com:443"')],
        ),
        (one(more='test = "example.com:0"\n'), [(5, 8, "0 is no port", "")]),
        (one(more='test = "ex ample:1"\n'), [(5, 8, "'ex ample:1' is no host and port", "")]),
        (one(more="interval = 5\n"), [(5, 12, "interval is 5", "")]),
        (one(more='interval = "60"\n'), [(5, 12, "interval is a string", "interval = 60")]),
        (
            one("select", more="interval = 60\n"),
            [(5, 12, "a select group is tested when its user asks for it only", "")],
        ),
        (one(more="tolerance = 50\n"), [(5, 13, "only a url-test group chooses by time", "")]),
        (one("url-test", more=TESTED + "tolerance = -1\n"), [(6, 13, "tolerance is -1", "")]),
        (one(more="toleranze = 1\n"), [(5, 1, "unknown key toleranze", "tolerance")]),
        (one().replace('"g"', '"a"'), [(2, 8, "there already is an upstream a", "")]),
        (
            one().replace('"g"', '"DIRECT"'),
            [(2, 8, "DIRECT has a meaning of its own in rules", "")],
        ),
        (one() + one(), [(6, 8, "there already is a group g", "")]),
        (one().replace('name = "g"\n', ""), [(1, 1, "the group has no name", "")]),
    ],
)
def test_what_is_wrong_with_it(text: str, found: list) -> None:
    assert [each for each in problems(text) if "MATCH" not in each[2]] == found


def test_a_loop_over_several_is_reported_where_it_closes() -> None:
    text = (
        one("select", '["h"]')
        + '[[group]]\nname = "h"\ntype = "select"\nmembers = ["a", "i"]\n'
        + '[[group]]\nname = "i"\ntype = "select"\nmembers = ["b", "g"]\n'
    )
    assert problems(text) == [(12, 17, "g would be in itself: g → h → i → g", "")]


def test_a_long_chain_of_groups_is_no_matter() -> None:
    text = "".join(
        f'[[group]]\nname = "g{number}"\ntype = "select"\nmembers = ["g{number + 1}"]\n'
        for number in range(3000)
    )
    text += '[[group]]\nname = "g3000"\ntype = "select"\nmembers = ["a"]\n'
    assert problems(text) == []


DNS = '[dns]\nservers = [{ server = "tls://192.0.2.53", via = "g" }]\n'
SERVICE = '[[upstream]]\nname = "box"\ntype = "service"\nserver = "192.0.2.3"\nport = 53\n'


def test_a_dns_server_may_be_asked_through_a_group() -> None:
    assert problems(one() + DNS) == []
    assert problems(SERVICE + one(members='["a", "box"]') + DNS) == [
        (11, 49, "g may choose a service, which leads to no DNS server", "")
    ]
