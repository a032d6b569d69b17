"""What was chosen in select groups: kept for each profile in the state folder, and not in the
profile, which its user writes and perhaps shares.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from zlib import crc32

from byway_core.config.paths import state_dir
from byway_core.config.replacement import replace_file

_PROFILE, _CHOSEN = "profile", "chosen"


def choices_file(profile: Path) -> Path:
    """Where those of a profile's file are kept. Two files may come to the same name here, whose
    choices then take each other's place; the file says whose it has."""
    return state_dir() / "groups" / f"{crc32(_encoded(profile)):08x}.json"


def read_choices(profile: Path) -> dict[str, str]:
    """Group -> member; empty where nothing was chosen, or the file is not to be read."""
    try:
        kept = json.loads(choices_file(profile).read_bytes())
        if kept[_PROFILE] != _encoded(profile).decode(errors="replace"):
            return {}
        return {str(group): str(member) for group, member in kept[_CHOSEN].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def keep_choices(profile: Path, chosen: Mapping[str, str]) -> None:
    """For the next start, too. OSError where they cannot be kept."""
    kept = {_PROFILE: _encoded(profile).decode(errors="replace"), _CHOSEN: dict(chosen)}
    replace_file(choices_file(profile), json.dumps(kept, indent=1).encode() + b"\n", None)


def _encoded(profile: Path) -> bytes:
    return str(profile.resolve()).encode("utf-8", "surrogateescape")
