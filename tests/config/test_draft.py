"""A profile is changed by a program, and its user's own writing stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from byway_core.config.draft import Draft
from byway_core.config.rule_lines import RuleLine
from byway_core.config.rule_section import check_rule
from byway_core.model.errors import ProfileError

PATH = Path("profile.toml")
RULES = """\
# mine
version = 1
rules = [ # first match wins
  # at home
  "DOMAIN,nas.lan,DIRECT",  # the box

  'DOMAIN-REGEX,^a\\.b$,office', # a pattern
  # "DOMAIN,gone.example,office",
  "# DOMAIN,old.example.org,REJECT",
      "MATCH,DIRECT"
  # the end
] # done
[general]
log_level = "info"
[[upstream]]
name = "office"
type = "socks5"
server = "proxy.example.net"
port = 1080
"""
LINES = (
    RuleLine("DOMAIN,nas.lan,DIRECT", note="the box", above="# at home\n"),
    RuleLine("DOMAIN-REGEX,^a\\.b$,office", note="a pattern", above="\n"),
    RuleLine(
        "DOMAIN,old.example.org,REJECT",
        enabled=False,
        above='# "DOMAIN,gone.example,office",\n',
    ),
    RuleLine("MATCH,DIRECT"),
)


def test_rules_are_read_with_what_stands_beside_them() -> None:
    assert Draft.of(PATH, RULES).rules == LINES


def test_a_rule_takes_its_lines_along() -> None:
    draft = Draft.of(PATH, RULES)
    last = RuleLine('DOMAIN-REGEX,"\\.,office', note="new", above="\nnot yet a comment\n")
    changed = draft.with_rules([LINES[3], LINES[2], LINES[0], last])
    start, end = RULES.index("  # at home"), RULES.index("  # the end")
    assert changed.text == (
        f"{RULES[:start]}"
        '      "MATCH,DIRECT",\n'
        '  # "DOMAIN,gone.example,office",\n'
        '  "# DOMAIN,old.example.org,REJECT",\n'
        "  # at home\n"
        '  "DOMAIN,nas.lan,DIRECT",  # the box\n'
        "\n"
        "  # not yet a comment\n"
        '  "DOMAIN-REGEX,\\"\\\\.,office",  # new\n'
        f"{RULES[end:]}"
    )
    assert [rule.text for rule in changed.check().value.rules] == [
        *(rule.text if rule.enabled else f"# {rule.text}" for rule in changed.rules)
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("rules = []", 'rules = [\n  "MATCH,office",\n]', id="empty"),
        pytest.param("rules = [ ]", 'rules = [\n  "MATCH,office",\n]', id="blank"),
        pytest.param(
            "rules = [\n# none yet\n]", 'rules = [\n  "MATCH,office",\n# none yet\n]', id="comment"
        ),
        pytest.param(
            "rules = ['A,b,c', \"MATCH,DIRECT\"] # x",
            'rules = [\n  "MATCH,office",\n] # x',
            id="one line",
        ),
    ],
)
def test_a_list_becomes_one_rule_a_line(before: str, after: str) -> None:
    draft = Draft.of(PATH, f"{before}\nversion = 1\n")
    assert draft.with_rules([RuleLine("MATCH,office")]).text == f"{after}\nversion = 1\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'rules = [\n  "MATCH,DIRECT",\n]\n'),
        ("version = 1", 'version = 1\nrules = [\n  "MATCH,DIRECT",\n]\n'),
        (
            "# x\nversion = 1 # y\n\n[general]\n",
            '# x\nversion = 1 # y\nrules = [\n  "MATCH,DIRECT",\n]\n\n[general]\n',
        ),
        ("[general]\r\n", 'rules = [\r\n  "MATCH,DIRECT",\r\n]\r\n[general]\r\n'),
    ],
)
def test_a_file_without_rules_gets_a_list(before: str, after: str) -> None:
    assert Draft.of(PATH, before).with_rules([RuleLine("MATCH,DIRECT")]).text == after


def test_what_is_no_list_of_rules_is_not_overwritten() -> None:
    for text in ("rules = 1\n", "[rules]\n", "[[rules]]\nx = 1\n"):
        draft = Draft.of(PATH, text)
        assert draft.rules == ()
        with pytest.raises(ProfileError):
            draft.with_rules([RuleLine("MATCH,DIRECT")])


SHOWN = """\
# at home
DOMAIN,nas.lan,DIRECT  # the box

DOMAIN-REGEX,^a\\.b$,office  # a pattern
# "DOMAIN,gone.example,office",
# DOMAIN,old.example.org,REJECT
MATCH,DIRECT
# the end
"""


def test_an_editor_shows_rules_and_comments() -> None:
    draft = Draft.of(PATH, RULES)
    assert draft.rules_text() == SHOWN
    assert draft.with_rules_text(SHOWN) is draft
    changed = draft.with_rules_text("#MATCH,office #last\n\t# a comment, really \n#DOMAIN,x.y,z")
    assert changed.rules == (
        RuleLine("MATCH,office #last", enabled=False),
        RuleLine("DOMAIN,x.y,z", enabled=False, above="# a comment, really\n"),
    )


TABLES = """\
version = 1
rules = [] # none

# about me
[general] # g
mixed_port = 7890 # the port

# names
[dns.hosts]
nas.lan = "192.0.2.1" # it

# about office
[[upstream]]
name = "office" # o
type = "socks5"
server = "a.example" # s
port = 1
# that was office

# about home
[[upstream]]
name = "home"
type = "http"
[upstream.password]
env = "HOME_PASSWORD"
"""
HOME = TABLES[TABLES.index("# about home") :]
OFFICE = TABLES[TABLES.index("# about office") : TABLES.index("\n# about home")]
ABOVE = TABLES[: TABLES.index("# about office")]
Change = Callable[[Draft], Draft]


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        pytest.param(
            lambda draft: draft.with_value(1, "general", "mixed_port"),
            "mixed_port = 7890 #",
            "mixed_port = 1 #",
            id="other value",
        ),
        pytest.param(
            lambda draft: draft.with_value(None, "general", "mixed_port"),
            "mixed_port = 7890 # the port\n",
            "",
            id="removed",
        ),
        pytest.param(
            lambda draft: draft.with_value("debug", "general", "log_level"),
            "# the port\n",
            '# the port\nlog_level = "debug"\n',
            id="new key",
        ),
        pytest.param(
            lambda draft: draft.with_value({"env": "X"}, "general", "mixed_password"),
            "# the port\n",
            '# the port\nmixed_password = { env = "X" }\n',
            id="mapping",
        ),
        pytest.param(
            lambda draft: draft.with_value(True, "machine", "kill_switch"),
            "# about office\n",
            "[machine]\nkill_switch = true\n\n# about office\n",
            id="new table",
        ),
        pytest.param(
            lambda draft: draft.with_value(["system"], "dns", "servers"),
            "# names\n",
            '[dns]\nservers = ["system"]\n\n# names\n',
            id="table above",
        ),
        pytest.param(
            lambda draft: draft.with_value("192.0.2.2", "dns", "hosts", "a.b"),
            "# it\n",
            '# it\n"a.b" = "192.0.2.2"\n',
            id="name with dots",
        ),
        pytest.param(
            lambda draft: draft.with_value({"nas.lan": "192.0.2.3", "b": ["::1"]}, "dns", "hosts"),
            'nas.lan = "192.0.2.1" # it\n',
            'nas.lan = "192.0.2.3" # it\nb = ["::1"]\n',
            id="names",
        ),
        pytest.param(
            lambda draft: draft.with_value(None, "dns", "hosts"),
            '# names\n[dns.hosts]\nnas.lan = "192.0.2.1" # it\n\n',
            "",
            id="removed table",
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_value_changes_and_nothing_else(change: Change, old: str, new: str, newline: str) -> None:
    draft = Draft.of(PATH, TABLES.replace("\n", newline))
    assert TABLES.count(old) == 1
    assert change(draft).text == TABLES.replace(old, new).replace("\n", newline)


def test_values_are_read_by_their_path() -> None:
    draft = Draft.of(PATH, TABLES)
    assert draft.value("general", "mixed_port") == 7890
    assert draft.value("dns", "hosts") == {"nas": {"lan": "192.0.2.1"}}
    assert draft.value("general", "mixed_port", "deeper") is None
    assert draft.value("machine", "lan") is None
    assert draft.with_value(7890, "general", "mixed_port") is draft


def test_upstreams_change_places_with_their_comments() -> None:
    draft = Draft.of(PATH, TABLES)
    office, home = draft.upstreams
    assert draft.with_upstreams([("office", office), ("home", home)]) is draft
    swapped = draft.with_upstreams([("home", home), ("office", office)])
    assert swapped.text == f"{ABOVE}{HOME}\n{OFFICE}"
    assert swapped.with_upstreams([("office", office), ("home", home)]) == draft


def test_of_an_upstream_only_what_differs_is_written() -> None:
    draft = Draft.of(PATH, TABLES)
    office = {**draft.upstreams[0], "name": "work", "port": 2, "server": None, "username": "me"}
    changed = draft.with_upstreams([("office", office), (None, {"name": "new", "port": 3})])
    expected = (
        OFFICE.replace('"office" # o', '"work" # o')
        .replace('server = "a.example" # s\n', "")
        .replace("port = 1\n", "port = 2\n")
    ) + 'username = "me"\n'
    assert changed.text == f'{ABOVE}{expected}\n[[upstream]]\nname = "new"\nport = 3\n'


@pytest.mark.parametrize(
    ("line", "text", "note"),
    [
        (
            '"DOMAIN,a.example,DIRECT",   # exactly this name',
            "DOMAIN,a.example,DIRECT",
            "exactly this name",
        ),
        ("'DOMAIN,a.example,DIRECT'", "DOMAIN,a.example,DIRECT", ""),
        ('"DOMAIN-REGEX,^a\\\\.b$,DIRECT",', "DOMAIN-REGEX,^a\\.b$,DIRECT", ""),
        ('"DOMAIN,a.example",', '"DOMAIN,a.example",', ""),  # no rule either way
    ],
)
def test_an_editors_line_may_be_as_the_file_has_it(line: str, text: str, note: str) -> None:
    draft = Draft.of(PATH, 'version = 1\nrules = [\n  "MATCH,DIRECT",\n]\n')
    changed = draft.with_rules_text(f"{line}\nMATCH,DIRECT\n")
    assert [(rule.text, rule.note) for rule in changed.rules] == [
        (text, note),
        ("MATCH,DIRECT", ""),
    ]


def test_a_rule_is_checked_alone() -> None:
    assert check_rule("MATCH,office", ["DIRECT", "REJECT", "office"]) == ()
    (problem,) = check_rule("DOMAIN,a.b,ofice", ["DIRECT", "REJECT", "office"])
    assert (problem.column, problem.nearest) == (12, "DOMAIN,a.b,office")
    (problem,) = check_rule("DOMAI,a.b,DIRECT", ["DIRECT"])
    assert (problem.column, problem.nearest) == (1, "DOMAIN,a.b,DIRECT")


def test_dns_tables_keep_what_their_user_wrote(tmp_path: Path) -> None:
    text = """version = 1
rules = ["MATCH,DIRECT"]
[dns]
servers = ["tls://192.0.2.1"]  # ours
rules = [
  "DOMAIN-SUFFIX,corp.example,corp",  # the office
]
# the office's own
[[dns.resolver]]
name = "corp"  # short
servers = ["10.0.0.53"]
"""
    path = tmp_path / "profile.toml"
    path.write_text(text)
    draft = Draft.read(path)
    servers = [{"server": "tls://dns.example", "address": "192.0.2.1"}, "192.0.2.2"]
    changed = draft.with_value(servers, "dns", "servers").with_value(
        "192.0.2.7", "dns", "hosts", "a"
    )
    found = changed.check().value.dns
    assert [str(server) for server in found.servers] == ["tls://dns.example", "192.0.2.2"]
    assert len(found.rules) == len(found.resolvers) == len(found.hosts) == 1
    for comment in ("# ours", "# the office\n", "# the office's own", "# short"):
        assert comment in changed.text


RESOLVERS = """version = 1
rules = ["MATCH,DIRECT"]
[dns]
rules = [  # by name
  # of the office
  "DOMAIN-SUFFIX,corp.example,corp",  # all of it
  'DOMAIN,nas.lan,home',
  "DOMAIN,a.example,corp",  # the first
  # no more
]
# the office's own
[[dns.resolver]]
name = "corp"  # short
servers = [
  "10.0.0.53",  # main
  "10.0.1.53",  # spare
]

[[dns.resolver]]
name = "home"
servers = ["192.168.1.1"]
"""
ALL, NAS, FIRST = (
    "DOMAIN-SUFFIX,corp.example,corp",
    "DOMAIN,nas.lan,home",
    "DOMAIN,a.example,corp",
)
NAS_LINE = f"  '{NAS}',\n"


@pytest.mark.parametrize(
    ("rules", "old", "new"),
    [
        pytest.param([ALL, NAS, FIRST, "x"], "  # no", '  "x",\n  # no', id="one more"),
        pytest.param([ALL, FIRST], NAS_LINE, "", id="one less"),
        pytest.param(["x", NAS, FIRST], f'"{ALL}"', '"x"', id="another"),
        pytest.param(
            [NAS, FIRST],
            f'  # of the office\n  "{ALL}",  # all of it\n{NAS_LINE}',
            f"  # of the office\n{NAS_LINE}",
            id="the first goes",
        ),
        pytest.param([ALL, NAS], f'  "{FIRST}",  # the first\n', "", id="the last goes"),
        pytest.param(
            [ALL, FIRST, NAS],
            f'{NAS_LINE}  "{FIRST}",  # the first\n',
            f'  "{FIRST}",  # the first\n{NAS_LINE}',
            id="moved",
        ),
    ],
)
def test_a_list_with_a_line_for_each_keeps_its_comments(
    rules: list[str], old: str, new: str
) -> None:
    assert RESOLVERS.count(old) == 1
    changed = Draft.of(PATH, RESOLVERS).with_value(rules, "dns", "rules")
    assert changed.text == RESOLVERS.replace(old, new)
    assert changed.value("dns", "rules") == rules


def test_tables_within_a_table_change_with_their_comments() -> None:
    draft = Draft.of(PATH, RESOLVERS)
    corp, home = draft.tables("dns", "resolver")
    assert draft.with_tables([("corp", corp), ("home", home)], "dns", "resolver") is draft
    servers = ["10.0.0.53", "10.0.2.53"]
    changed = draft.with_tables(
        [("corp", {"name": "work", "servers": servers}), ("home", home)], "dns", "resolver"
    )
    assert changed.text == RESOLVERS.replace('"corp"  #', '"work"  #').replace("10.0.1", "10.0.2")
    new = {"name": "lab", "servers": ["::1"]}
    added = draft.with_tables([("home", home), (None, new)], "dns", "resolver")
    start = RESOLVERS.index("# the office's own")
    tables = RESOLVERS[RESOLVERS.rindex("[[") :] + '\n[[dns.resolver]]\nname = "lab"\n'
    assert added.text == f'{RESOLVERS[:start]}{tables}servers = ["::1"]\n'
    via = {"name": "home", "servers": [{"server": "tls://a.example", "via": "x"}, "::1"]}
    changed = draft.with_tables([("corp", corp), ("home", via)], "dns", "resolver")
    assert changed.text == RESOLVERS.replace(
        '["192.168.1.1"]', '[{ server = "tls://a.example", via = "x" }, "::1"]'
    )
    none = draft.with_tables([], "dns", "resolver")
    assert none.text == RESOLVERS[:start]
    assert none.with_tables([(None, new)], "dns", "resolver").tables("dns", "resolver") == (new,)


@pytest.mark.parametrize("text", ["[dns]\n", "", 'dns.servers = ["::1"]\n', "[dns.hosts]\n"])
def test_the_first_table_within_a_table(text: str) -> None:
    draft = Draft.of(PATH, f"version = 1\n{text}")
    changed = draft.with_tables([(None, {"name": "lab"})], "dns", "resolver")
    assert changed.text == f'version = 1\n{text}\n[[dns.resolver]]\nname = "lab"\n'
    assert changed.with_tables([], "dns", "resolver").value("dns", "resolver") is None


def test_tables_in_one_line_stay_there() -> None:
    text = 'version = 1\ndns = { resolver = [{ name = "a" }] }  # all\n'
    draft = Draft.of(PATH, text)
    changed = draft.with_tables([("a", {"name": "b"})], "dns", "resolver")
    assert changed.text.replace("\n", "").replace(" ", "") == (
        'version=1dns={resolver=[{name="b"},]}#all'
    )
    with pytest.raises(ProfileError) as raised:
        Draft.of(PATH, "[dns.hosts]\na = 1\n").with_tables([], "dns", "hosts")
    assert raised.value.problems[0].message == "dns.hosts is no list of tables"
