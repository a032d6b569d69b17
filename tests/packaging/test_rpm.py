"""The helper's RPM package: Debian's files, installed and erased again. No RPM distribution is at
hand, so what depends on one (names of packages, SELinux) is not seen here."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest
from tests.packaging.test_deb import asked
from tests.support.byway import ROOT
from tests.support.own_system import on_own_system


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rpm")
    done = subprocess.run(
        [ROOT / "packaging/rpm/build", "--helper-only", folder],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1767225600"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (package,) = folder.iterdir()
    return package


def test_it_has_debians_files(package: Path, tmp_path: Path) -> None:
    """Which are the installer's (`test_deb`), but for what is of one architecture."""
    install = ["fakeroot", ROOT / ".venv/bin/python", "-I", ROOT / "packaging/helper/install.py"]
    subprocess.run([*install, "--root", tmp_path], check=True, capture_output=True)
    installers = {
        (str(Path("/", each.relative_to(tmp_path))), stat.filemode(each.lstat().st_mode))
        for each in tmp_path.rglob("*")
        if each.is_symlink() or not each.is_dir()
    }
    installers = {each for each in installers if not re.search("/iptc/|libxtwrapper", each[0])}
    queried = asked("rpm", "-qp", "--queryformat", "[%{FILENAMES} %{FILEMODES:perms}\n]", package)
    ours = {(path, mode) for path, mode in map(str.split, queried.splitlines()) if mode[0] != "d"}
    assert ours == installers
    owners = asked("rpm", "-qp", "--queryformat", "[%{FILEUSERNAME}:%{FILEGROUPNAME}\n]", package)
    assert set(owners.split()) == {"root:root"}


@pytest.mark.skipif(os.geteuid() != 0, reason="installing takes root")
def test_installed_and_erased(package: Path) -> None:
    on_own_system(
        """
        package, rpm = sys.argv[1], "rpm --dbpath /mnt/db"
        begin = written()
        sh(f"{rpm} -i --nodeps {package}")
        assert list(Path("/usr/lib/byway/python/byway_helper").glob("__pycache__/*.pyc"))
        sh("/usr/lib/byway/byway-helper --repair")
        # Left by a dead one: the package takes it along when it goes.
        sh("ip link set lo up", "nft add table inet byway_guard",
           "ip rule add pref 4900 fwmark 1 table 7364")
        sh(f"{rpm} -e byway-helper")
        assert not sh("nft list tables") and not sh("ip rule show pref 4900")
        assert written() == begin, written()
        assert not Path("/usr/lib/byway").exists()
        """,
        str(package),
    )
