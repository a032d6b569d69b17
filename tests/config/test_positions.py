"""The scanner finds every key and value where it stands."""

from __future__ import annotations

import json

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from byway_core.config.positions import Path, scan

DOCUMENT = '''\
# a comment with [brackets] and "quotes"
version = 1
rules = [ # here too
  "first", 'second', # ] not the end
  """
third""",
  ["nested", 4], { key = "in it", other.deep = 2 },
]
"quoted key".x = 1979-05-27 07:32:00
[general]
  log_level = "info" # [not.a.table]
[dns . hosts]
a.b = "c"
[[upstream]]
name = "one"
[[ upstream ]]
name = "two"
[upstream.more]
deep = true
[[upstream.list]]
k = 1
[[upstream.list]]
k = 2
'''


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("version",), (2, 11)),
        (("rules",), (3, 9)),
        (("rules", 0), (4, 3)),
        (("rules", 1), (4, 12)),
        (("rules", 2), (5, 3)),
        (("rules", 3), (7, 3)),
        (("rules", 3, 1), (7, 14)),
        (("rules", 4, "key"), (7, 26)),
        (("rules", 4, "other", "deep"), (7, 48)),
        (("quoted key", "x"), (9, 18)),
        (("general", "log_level"), (11, 15)),
        (("dns", "hosts", "a", "b"), (13, 7)),
        (("upstream", 0, "name"), (15, 8)),
        (("upstream", 1, "name"), (17, 8)),
        (("upstream", 1, "more", "deep"), (19, 8)),
        (("upstream", 1, "list", 0, "k"), (21, 5)),
        (("upstream", 1, "list", 1, "k"), (23, 5)),
    ],
)
def test_place_of_value(path: Path, place: tuple[int, int]) -> None:
    assert scan(DOCUMENT).place_of_value(path) == place


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("version",), (2, 1)),
        (("rules", 1), (4, 12)),
        (("rules", 4, "other"), (7, 35)),
        (("rules", 4, "other", "deep"), (7, 41)),
        (("quoted key",), (9, 1)),
        (("general",), (10, 2)),
        (("general", "log_level"), (11, 3)),
        (("dns",), (12, 2)),
        (("dns", "hosts"), (12, 8)),
        (("upstream",), (14, 3)),
        (("upstream", 1), (16, 1)),
        (("upstream", 1, "list", 1), (22, 1)),
        (("nowhere",), (0, 0)),
        ((), (0, 0)),
    ],
)
def test_place_of_key(path: Path, place: tuple[int, int]) -> None:
    assert scan(DOCUMENT).place_of_key(path) == place


@pytest.mark.parametrize(
    ("written", "offset", "place"),
    [
        pytest.param('"abc"', None, (1, 5), id="as a whole"),
        pytest.param('"abc"', 0, (1, 6), id="the first character"),
        pytest.param('"abc"', 1, (1, 7), id="basic"),
        pytest.param("'a\\bc'", 2, (1, 8), id="literal"),
        pytest.param(r'"a\\.b"', 2, (1, 9), id="escaped backslash"),
        pytest.param(r'"\u00fcb"', 1, (1, 12), id="short code"),
        pytest.param(r'"\U0001F600b"', 1, (1, 16), id="long code"),
        pytest.param('"üb"', 1, (1, 7), id="columns are characters"),
        pytest.param('"abc"', 3, (1, 9), id="the end"),
        pytest.param('"abc"', 9, (1, 9), id="beyond the end"),
        pytest.param('"""\nab\ncd"""', 4, (3, 2), id="lines"),
        pytest.param("'''\nab\ncd'''", 4, (3, 2), id="literal lines"),
        pytest.param('"""\na\\\n   bc"""', 2, (3, 5), id="joined lines"),
        pytest.param('"""a"b""c"""', 4, (1, 12), id="quotes inside"),
    ],
)
def test_place_inside_a_string(written: str, offset: int | None, place: tuple[int, int]) -> None:
    text = f"a = {written}\n"
    assert scan(text).place_of_value(("a",), offset) == place


class Writer:
    """Writes TOML and knows where it put everything."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.values: dict[Path, int] = {}

    def pick(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def document(self) -> None:
        for number in range(self.draw(st.integers(0, 3))):
            self.pair((), f"top{number}")
            self.text += self.pick("\n", " # = [x]\n\n")
        for number in range(self.draw(st.integers(0, 3))):
            table = f"table{number}"
            self.text += self.pick(f"[{table}]", f'[ "{table}" ]') + "\n"
            self.pair((table,), "key")
            self.text += "\n"
        for number in range(self.draw(st.integers(0, 3))):
            self.text += "[[many]] # [many]\n"
            self.pair(("many", number), "key")
            self.text += "\n"

    def pair(self, table: Path, key: str) -> None:
        parts = (key, *self.draw(st.lists(st.sampled_from(("x", "y z")), max_size=2)))
        self.text += self.pick(".", " . ").join(
            part if part.isalnum() else json.dumps(part) for part in parts
        )
        self.text += self.pick("=", " = ", "\t=\t")
        self.value((*table, *parts), 2)

    def value(self, path: Path, depth: int) -> None:
        self.values[path] = len(self.text)
        kind = self.draw(st.integers(0, 4 if depth else 2))
        if kind <= 1:
            self.text += self.string()
        elif kind == 2:
            self.text += self.pick(
                "1", "-1.5e3", "true", "1979-05-27T07:32:00Z", "0x_f".replace("_", "")
            )
        elif kind == 3:
            self.array(path, depth)
        else:
            self.inline(path, depth)

    def string(self) -> str:
        inside = "".join(self.draw(st.lists(st.sampled_from("ab]},#=\n'\"\\ü "), max_size=6)))
        basic = json.dumps(inside, ensure_ascii=False)
        plain = "".join(sign for sign in inside if sign not in "'\"\\")
        line = plain.replace("\n", "")
        return self.pick(
            basic, f"'{line}'", f"'''{plain}'''", f'"""{plain}\\\n  """', f'"""{line}"""""'
        )

    def array(self, path: Path, depth: int) -> None:
        self.text += self.pick("[", "[ ", "[ # ]\n")
        for number in range(self.draw(st.integers(0, 3))):
            self.value((*path, number), depth - 1)
            self.text += self.pick(",", " ,\n", ", # ]\n\t")
        self.text += "]"

    def inline(self, path: Path, depth: int) -> None:
        self.text += self.pick("{", "{ ")
        for number in range(self.draw(st.integers(0, 2))):
            self.text += ", " if number else ""
            self.text += f"k{number}" + self.pick("=", " = ")
            self.value((*path, f"k{number}"), depth - 1)
            self.text += self.pick("", " ")
        self.text += "}"


@given(st.data())
def test_everything_is_found_where_it_was_written(data: st.DataObject) -> None:
    writer = Writer(data.draw)
    writer.document()
    tomli.loads(writer.text)  # else the test writes nonsense
    assert scan(writer.text).values == writer.values
