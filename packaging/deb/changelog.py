"""debian/changelog of CHANGELOG.md, on standard output."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from textwrap import fill

from byway_share.metainfo import Release, releases

WHO = "The Byway authors <byway@users.noreply.github.com>"
_ROOT = Path(__file__).resolve().parents[2]


def entry(release: Release) -> str:
    """A release as Debian has it (deb-changelog(5)). `~` sorts before nothing: what is not released
    yet is older than the release."""
    version = release.version + (f"~dev{release.day:%Y%m%d}" if release.development else "")
    changes = (
        fill(each.replace("`", ""), 78, initial_indent="  * ", subsequent_indent="    ")
        for each in release.changes
    )
    when = format_datetime(datetime(release.day.year, release.day.month, release.day.day, tzinfo=UTC))
    head = f"byway ({version}) unstable; urgency=medium"
    return "\n".join((head, "", *changes, "", f" -- {WHO}  {when}", ""))


if __name__ == "__main__":
    today = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC).date()
    for each in releases((_ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), today):
        print(entry(each))
