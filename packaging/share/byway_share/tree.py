"""All of it in the folders that the freedesktop specifications and the shells give."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import byway_resources
from byway_share.completions import completions
from byway_share.icons import pictures, vector_icons
from byway_share.manual import byway, byway_desktop
from byway_share.metainfo import metainfo
from byway_share.profile_page import profile_page

ROOT = Path(__file__).resolve().parents[3]


def share_files(root: Path = ROOT, *, with_pictures: bool) -> dict[str, bytes]:
    """Place below a share folder -> content. The same for the same tree and day, whoever asks."""
    made = day_of(root)
    name = byway_resources.APPLICATION
    texts = {
        f"applications/{name}.desktop": byway_resources.desktop_entry(),
        f"metainfo/{name}.metainfo.xml": metainfo(root, made),
        "man/man1/byway.1": str(byway(made)),
        "man/man1/byway-desktop.1": str(byway_desktop(made)),
        "man/man5/byway-profile.5": str(profile_page(root / "docs" / "internals", made)),
        **completions(),
    }
    found = {place: text.encode() for place, text in texts.items()}
    return found | vector_icons() | (pictures() if with_pictures else {})


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Put them there."""
    for place, content in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def day_of(root: Path) -> date:
    """Of what is built: SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch),
    else when the version was written."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    written = (root / "core" / "byway_core" / "version.py").stat().st_mtime
    return datetime.fromtimestamp(int(given) if given else written, UTC).date()
