"""Tables of a profile, however they are written: a change is that change and nothing else."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import tomli
from hypothesis import given
from hypothesis import strategies as st

from byway_core.config.draft import Draft

PATH = Path("profile.toml")
Table = dict[str, Any]

COMMENTS = st.sampled_from(["", " # x", "  #[y]"])
ABOVE = st.lists(st.sampled_from(["", "# about", "  # [[upstream]]", "#"]), max_size=3)
NAMES = st.sampled_from(["office", "home", "b c", 'q"', "é"])
PORTS = st.integers(1, 65_535)
PASSWORDS = st.one_of(
    st.text(st.sampled_from("a\\\"'#\n😀"), max_size=4),
    st.fixed_dictionaries({"env": st.sampled_from(["A", "B"])}),
    st.fixed_dictionaries({"file": st.just("p")}),
)


def written(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {written(each)}" for key, each in value.items()) + " }"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return str(value)


@st.composite
def pairs(draw: st.DrawFn, table: Table) -> str:
    """The lines of a table, comments among them."""
    text = ""
    for key, value in table.items():
        text += "".join(f"{line}\n" for line in draw(ABOVE))
        text += f"{draw(st.sampled_from(['', '  ']))}{key} = {written(value)}{draw(COMMENTS)}\n"
    return text + "".join(f"{line}\n" for line in draw(ABOVE))


UPSTREAMS = st.fixed_dictionaries(
    {"name": NAMES, "port": PORTS},
    optional={"password": PASSWORDS, "type": st.sampled_from(["http", "socks5"])},
)
GENERAL = st.fixed_dictionaries(
    {}, optional={"mixed_port": PORTS, "workers": PORTS, "mixed_password": PASSWORDS}
)


@st.composite
def members(draw: st.DrawFn) -> str:
    table = dict(draw(UPSTREAMS))
    below = ""
    if isinstance(table.get("password"), dict) and draw(st.booleans()):
        password = table.pop("password")
        below = "[upstream.password]\n" + draw(pairs(password))
    return f"[[upstream]]{draw(COMMENTS)}\n{draw(pairs(table))}{below}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    root = "version = 1\nrules = [ # x\n  'MATCH,DIRECT', # y\n]\n"
    pieces = draw(st.lists(members(), max_size=3))
    if not pieces and draw(st.booleans()):
        tables = draw(st.lists(UPSTREAMS, max_size=2))
        root += "upstream = [ # us\n" + "".join(f"  {written(each)}, # u\n" for each in tables)
        root += "  # no more\n]\n"
    general = draw(GENERAL)
    how = draw(st.sampled_from(["header", "dotted", "inline", "none"]))
    if how == "header":
        pieces.append(f"[general]{draw(COMMENTS)}\n{draw(pairs(general))}")
    elif how == "dotted":
        root += "".join(f"general.{key} = {written(each)} # g\n" for key, each in general.items())
    elif how == "inline":
        root += f"general = {written(general) if general else '{}'} # g\n"
    hosts = draw(st.sampled_from(["", "[dns.hosts]\nnas.lan = '::1' # n\n\"a.b\" = ['::1']\n"]))
    servers = draw(st.sampled_from(["", '[dns] # d\nservers = ["system"]\n']))
    pieces += [piece for piece in (servers, hosts) if piece]
    text = root + "".join(draw(st.permutations(pieces)))
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


def comments(text: str) -> Counter[str]:
    """Lines that are comments alone."""
    return Counter(line.strip() for line in text.splitlines() if line.strip().startswith("#"))


CHANGES = st.one_of(
    st.tuples(st.just(("general", "mixed_port")), st.one_of(st.none(), PORTS)),
    st.tuples(st.just(("general", "workers")), st.one_of(st.none(), PORTS)),
    st.tuples(st.just(("general", "log_level")), st.sampled_from(["info", None])),
    st.tuples(st.just(("general", "mixed_password")), st.one_of(st.none(), PASSWORDS)),
    st.tuples(st.just(("machine", "lan")), st.sampled_from([["br0"], None, []])),
    st.tuples(st.just(("dns", "servers")), st.sampled_from([["::1", "system"], None])),
    st.tuples(st.just(("dns", "hosts", "a.b")), st.sampled_from(["::2", None])),
    st.tuples(st.just(("dns", "hosts", "c")), st.sampled_from(["::2", ["::1", "::2"], None])),
    st.tuples(st.just(("version",)), st.sampled_from([1, 2])),
)


def put(table: Table, keys: tuple[str, ...], value: object) -> None:
    for key in keys[:-1]:
        if value is None and key not in table:
            return
        table = table.setdefault(key, {})
    if value is None:
        table.pop(keys[-1], None)
    else:
        table[keys[-1]] = value


def without_empty(table: Table) -> Table:
    """Tables without keys may stay or go."""
    return {key: value for key, value in table.items() if value != {}}


@given(documents(), st.lists(CHANGES, max_size=4))
def test_values_change_alone(text: str, changes: list[tuple[tuple[str, ...], object]]) -> None:
    draft = Draft.of(PATH, text)
    expected = tomli.loads(text)
    for keys, value in changes:
        draft = draft.with_value(value, *keys)
        put(expected, keys, value)
    assert without_empty(tomli.loads(draft.text)) == without_empty(expected)
    assert comments(draft.text) == comments(text)
    if "\r\n" in text:
        assert "\n" not in draft.text.replace("\r\n", "")
    # What has not to do with it stays where it is.
    if all(keys[0] != "general" for keys, _ in changes) and "[general]" in text:
        start = text.index("[general]")
        piece = text[start : text.find("\n[", start) + 1 or len(text)]
        lines = piece.splitlines(keepends=True)
        while lines[-1].strip()[:1] in ("", "#"):  # may belong to the next one
            lines.pop()
        assert "".join(lines).rstrip() in draft.text


@given(documents(), st.data())
def test_upstreams_change_alone(text: str, data: st.DataObject) -> None:
    draft = Draft.of(PATH, text)
    old = [(str(table["name"]), dict(table)) for table in draft.upstreams]
    assert len({name for name, _ in old}) < len(old) or draft.with_upstreams(old) is draft
    kept = data.draw(st.permutations(old)) if old else []
    kept = kept[: data.draw(st.integers(0, len(kept)))]
    new = [
        (name, data.draw(st.one_of(st.just(table), UPSTREAMS)))
        for name, table in kept
        if [each for each, _ in old].count(name) == 1
    ]
    new += [(None, table) for table in data.draw(st.lists(UPSTREAMS, max_size=2))]
    changed = draft.with_upstreams(copy.deepcopy(new))
    expected = tomli.loads(text)
    found = tomli.loads(changed.text)
    assert found.pop("upstream", []) == [table for _, table in new]
    expected.pop("upstream", None)
    assert found == expected
    if all(each in new for each in old):
        assert not comments(text) - comments(changed.text)
    if "\r\n" in text:
        assert "\n" not in changed.text.replace("\r\n", "")
