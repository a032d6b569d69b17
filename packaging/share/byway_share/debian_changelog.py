"""`python -m byway_share.debian_changelog`: debian/changelog, of CHANGELOG.md."""

from __future__ import annotations

from datetime import UTC, datetime, time
from email.utils import format_datetime
from textwrap import fill

from byway_share.metainfo import Release, releases
from byway_share.tree import ROOT, day_of

WHO = "The Byway authors <byway@users.noreply.github.com>"


def entry(release: Release) -> str:
    """A release as Debian has it (deb-changelog(5)). `~` sorts before nothing: what is not released
    yet is older than the release."""
    version = release.version + (f"~dev{release.day:%Y%m%d}" if release.development else "")
    changes = (
        fill(each.replace("`", ""), 78, initial_indent="  * ", subsequent_indent="    ")
        for each in release.changes
    )
    when = format_datetime(datetime.combine(release.day, time(), UTC))
    head = f"byway ({version}) unstable; urgency=medium"
    return "\n".join((head, "", *changes, "", f" -- {WHO}  {when}", ""))


if __name__ == "__main__":
    for each in releases((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), day_of(ROOT)):
        print(entry(each))
