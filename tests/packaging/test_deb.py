"""The helper's Debian package. What it does in a Debian is packaging/deb/try's to see."""

from __future__ import annotations

import hashlib
import os
import subprocess
from datetime import date
from pathlib import Path

import pytest
from tests.support.byway import ROOT

from byway_core.version import __version__
from byway_share.debian_changelog import entry
from byway_share.metainfo import Release

DEB = ROOT / "packaging/deb"


def built(folder: Path) -> Path:
    done = subprocess.run(
        [DEB / "build", "--helper-only", folder],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1767225600"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr  # lintian too
    (package,) = folder.iterdir()
    return package


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("deb"))


def asked(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_it_has_what_the_installer_installs(package: Path, tmp_path: Path) -> None:
    """Each file, root's and nobody else's to write."""
    there: set[str] = set()
    for line in asked("dpkg-deb", "-c", package).splitlines():
        mode, owner, *_, path = line.partition(" -> ")[0].split()
        assert owner == "root/root"
        assert mode[0] == "l" or mode[5] == mode[8] == "-", line  # nobody else may write
        there.add(path.removeprefix("."))
    installer = ROOT / "packaging/helper/install.py"
    for path in asked(ROOT / ".venv/bin/python", "-I", installer, "--list").split():
        if "iptc" not in path and "libxtwrapper" not in path:
            assert path in there
    assert "/usr/lib/byway/python/byway_helper/service.py" in there
    assert not [path for path in there if path.endswith((".so", ".pyc"))]
    asked("dpkg-deb", "-x", package, tmp_path)
    for name, place in (
        ("byway-helper", "usr/lib/byway"),
        ("byway-clean-up.service", "usr/lib/systemd/system"),
    ):
        assert (tmp_path / place / name).read_bytes() == (ROOT / "polkit/data" / name).read_bytes()


def test_what_it_says_of_itself(package: Path) -> None:
    assert asked("dpkg-deb", "-f", package, "Version").startswith(__version__)
    depends = asked("dpkg-deb", "-f", package, "Depends")
    for name in ("python3 (>= 3.11)", "libnftables1", "dbus", "polkitd"):
        assert name in depends


def test_its_scripts_can_be_read(package: Path, tmp_path: Path) -> None:
    asked("dpkg-deb", "-e", package, tmp_path)
    for name in ("postinst", "prerm", "postrm"):
        asked("sh", "-n", tmp_path / name)


def test_the_same_bytes_again(package: Path, tmp_path: Path) -> None:
    again = built(tmp_path)
    assert again.name == package.name
    digests = {hashlib.sha256(each.read_bytes()).hexdigest() for each in (package, again)}
    assert len(digests) == 1


def test_debians_changelog_is_the_changelogs() -> None:
    """What is not released yet is older than the release, for dpkg."""
    day = date(2026, 1, 2)
    text = entry(Release("0.2.0", day, ("a `b`", "c " * 60), development=True))
    lines = text.splitlines()
    assert lines[0] == "byway (0.2.0~dev20260102) unstable; urgency=medium"
    assert "  * a b" in lines
    assert lines[-1].endswith("  Fri, 02 Jan 2026 00:00:00 +0000")
    assert max(map(len, lines[:-1])) <= 80
    subprocess.run(["dpkg", "--compare-versions", "0.2.0~dev20260102", "lt", "0.2.0"], check=True)
