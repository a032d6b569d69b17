"""The wheel and the sdist: what is in them, the same bytes each time, and that they work."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from email import message_from_bytes
from pathlib import Path

import pytest
from tests.support.byway import ROOT

import byway_resources
from byway_core.version import __version__
from byway_share.tree import share_files

PACKAGES = (
    "core/byway_core",
    "gui/byway_gui",
    "polkit/byway_helper",
    "polkit/byway_iptables",
    "resources/byway_resources",
)
DAY = {"SOURCE_DATE_EPOCH": "1767225600"}


def built(tree: Path, folder: Path, *, umask: int) -> Path:
    """The folder, with what was built into it."""
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, tree],
        env={**os.environ, **DAY},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, tmp_path_factory.mktemp("dist"), umask=0o022)


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    return dist / f"byway-{__version__}-py3-none-any.whl"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel in a folder of its own; its libraries are those of the tests."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target"]
    subprocess.run([*pip, folder, wheel], check=True, capture_output=True)
    return folder


def run(installed: Path, *argv: str | Path) -> subprocess.CompletedProcess[str]:
    """From nothing but the wheel, of ours: the folder comes before the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)


def test_everything_of_the_packages_is_there_and_nothing_else(
    wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*next(iter(DAY.items())))
    expected: dict[str, bytes] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                name = path.relative_to((ROOT / package).parent)
                expected[str(name)] = path.read_bytes()
    helper = "byway_resources/helper"
    expected[f"{helper}/install.py"] = (ROOT / "packaging/helper/install.py").read_bytes()
    expected[f"{helper}/apparmor/byway"] = (ROOT / "packaging/apparmor/byway").read_bytes()
    for path in (ROOT / "polkit/data").iterdir():
        expected[f"{helper}/data/{path.name}"] = path.read_bytes()
    data = f"byway-{__version__}.data/data/share"
    for place, content in share_files(with_pictures=False).items():
        expected[f"{data}/{place}"] = content
    with zipfile.ZipFile(wheel) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    own = {name: content for name, content in found.items() if ".dist-info/" not in name}
    assert own.keys() == expected.keys()
    assert own == expected


def test_what_it_says_of_itself(wheel: Path) -> None:
    info = f"byway-{__version__}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        metadata = message_from_bytes(archive.read(f"{info}/METADATA"))
        entries = archive.read(f"{info}/entry_points.txt").decode().split("\n")
    assert metadata["Version"] == __version__
    assert set(metadata.get_all("Provides-Extra", [])) == {"gui", "iptables"}
    assert "byway = byway_core.__main__:main" in entries
    assert "byway-desktop = byway_gui.__main__:main" in entries


def test_the_sdist_has_what_a_wheel_is_made_of(dist: Path) -> None:
    with tarfile.open(dist / f"byway-{__version__}.tar.gz") as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    rooms = {"core", "gui", "polkit", "resources", "packaging", "docs"}
    assert {name.partition("/")[0] for name in names if "/" in name} == rooms
    assert not [name for name in names if name.endswith((".png", ".pyc"))]
    assert {"LICENSE", "README.md", "CHANGELOG.md", "docs/internals/profile.md"} <= names


def digests(folder: Path) -> Mapping[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_the_same_bytes_from_the_sdist_elsewhere(dist: Path, tmp_path: Path) -> None:
    """With other times, another umask, another folder, and without git."""
    subprocess.run(["tar", "-xf", *dist.glob("*.tar.gz"), "-C", tmp_path], check=True)
    tree = tmp_path / f"byway-{__version__}"
    for path in tree.rglob("*"):
        os.utime(path)
    assert digests(built(tree, tmp_path / "again", umask=0o077)) == digests(dist)


def test_both_commands_run_from_it(installed: Path) -> None:
    for name in ("byway", "byway-desktop"):
        done = run(installed, sys.executable, installed / "bin" / name, "--help")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"usage: {name}")
    where = "import byway_core, byway_gui; print(byway_core.__file__, byway_gui.__file__)"
    assert run(installed, sys.executable, "-c", where).stdout.count(str(installed)) == 2


def test_the_helper_is_installed_from_it(installed: Path, tmp_path: Path) -> None:
    """The same files as from the checkout; as root, into a folder in the system's place."""
    listed = {}
    for place in (installed / "byway_resources/helper", ROOT / "packaging/helper"):
        done = run(installed, sys.executable, "-I", place / "install.py", "--list")
        assert done.returncode == 0, done.stderr
        listed[place] = done.stdout
    assert len(set(listed.values())) == 1
    assert "/usr/lib/byway/byway-helper\n" in done.stdout
    done = run(installed, sys.executable, installed / "bin/byway", "install-helper", "--list")
    assert done.stdout in listed.values()
    if os.geteuid() == 0:
        tmp_path.chmod(0o755)
        script = installed / "byway_resources/helper/install.py"
        done = run(installed, sys.executable, "-I", script, "--root", tmp_path)
        assert done.returncode == 0, done.stderr
        launcher = tmp_path / "usr/lib/byway/byway-helper"
        assert launcher.read_bytes() == (ROOT / "polkit/data/byway-helper").read_bytes()
        assert (tmp_path / "usr/lib/byway/python/byway_helper/service.py").is_file()


def test_where_no_installer_is_the_package_is_named(installed: Path) -> None:
    """As a distribution's package of Byway has it."""
    helper = installed / "byway_resources/helper"
    helper.rename(installed / "elsewhere")
    try:
        done = run(installed, sys.executable, installed / "bin/byway", "install-helper")
    finally:
        (installed / "elsewhere").rename(helper)
    assert done.returncode == 1
    assert "package, byway-helper" in done.stderr


def test_the_checkouts_own_installer_is_found() -> None:
    assert byway_resources.helper_installer() == ROOT / "packaging/helper/install.py"
