"""What the tree promises about itself, beyond the import floors (`lint-imports`)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("core", "gui", "polkit", "resources")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
# Above 400 lines a module is asked whether it holds two ideas; above this it does.
LONGEST = 600
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "handler", "base", "misc"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_short_and_says_its_purpose(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text)), "a module begins with its purpose"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_named_by_a_noun_of_the_field(path: Path) -> None:
    assert path.stem not in VAGUE


def test_every_room_of_the_core_has_a_map() -> None:
    rooms = [path for path in (ROOT / "core/byway_core").iterdir() if path.is_dir()]
    without = [
        room.name
        for room in rooms
        if room.name != "__pycache__"
        and len(ast.get_docstring(ast.parse((room / "__init__.py").read_text())) or "") < 40
    ]
    assert without == []


def lines_of(package: str) -> list[str]:
    files = (ROOT / "polkit" / package).rglob("*.py")
    return "\n".join(path.read_text() for path in files).splitlines()


def test_what_has_privilege_is_read_in_one_sitting() -> None:
    """The helper; and with its other backend, which root runs where there is no nftables, all that
    is not blank."""
    helper, fallback = lines_of("byway_helper"), lines_of("byway_iptables")
    assert len(helper) <= 1500
    assert sum(bool(line.strip()) for line in helper + fallback) <= 1500
