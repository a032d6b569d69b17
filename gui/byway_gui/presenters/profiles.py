"""The profiles that there are: files beside the one that is open."""

from __future__ import annotations

from pathlib import Path

from byway_core.api.profiles import default_profile
from byway_gui.words import tr


def listed(open_: Path) -> list[Path]:
    """Those in the open one's folder, and itself whether it is there or not; by their names."""
    try:
        found = {path for path in open_.parent.glob("*.toml") if path.is_file()}
    except OSError:
        found = set()
    return sorted(found | {open_}, key=lambda path: path.name.casefold())


def name_of(path: Path) -> str:
    return tr("default") if path.name == default_profile().name else path.stem


def named(name: str, open_: Path) -> Path | str:
    """Where a new one of that name belongs, or what is wrong with the name."""
    name = name.strip()
    if not name or name.startswith(".") or any(sign in name for sign in "/\0"):
        return tr("A name is needed, without “/” and without a dot at its beginning.")
    path = open_.with_name(f"{name}.toml")
    if len(path.name.encode()) > 255:
        return tr("That name is too long.")
    if path.exists():
        return tr("There is a profile of that name already.")
    return path
