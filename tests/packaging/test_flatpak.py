"""The Flatpak's manifests, its pins, and the script that installs the helper from one. What it does
when it is installed is `flatpak_in_use`'s to see.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from tests.support.byway import ROOT
from tests.support.own_system import on_own_system

from byway_core.version import __version__

ID = "io.github.byway.Byway"
# As `flatpak info --show-permissions` says them: nothing of the host's files, processes, devices.
PERMISSIONS = """
[Context]
shared=network;ipc;
sockets=x11;wayland;fallback-x11;

[Session Bus Policy]
org.kde.StatusNotifierWatcher=talk
org.freedesktop.Notifications=talk
org.freedesktop.secrets=talk

[System Bus Policy]
io.github.byway.Helper1=talk
"""
PACKAGING = ROOT / "packaging"
FLATPAK = PACKAGING / "flatpak"
PINS: list[dict[str, str]] = json.loads((FLATPAK / "python-packages.json").read_text())
REQUIREMENTS = (PACKAGING / "bundle/requirements.txt").read_text()
# Of the bundle alone: PyInstaller's, and what older interpreters need.
NOT_HERE = {
    *("altgraph", "packaging", "pyinstaller", "pyinstaller-hooks-contrib", "setuptools"),
    *("backports-tarfile", "importlib-metadata", "zipp"),
}
# Of PySide6's base app in the one, of its wheels in the other.
QT = ("pyside6_essentials-", "shiboken6-")


def manifest(*words: str | Path) -> Any:
    done = subprocess.run(
        [sys.executable, FLATPAK / "manifest.py", *words],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1767225600"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def flathub() -> Any:
    return manifest("flathub", "0" * 40)


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("manifest")
    (folder / "byway.tar.gz").write_bytes(b"of this test")
    return manifest("debian", folder / "byway.tar.gz", folder)


def files(made: Any) -> dict[str, str]:
    """What is installed of Python's packages here: name -> sha256."""
    machine = os.uname().machine
    return {
        (each.get("url") or each["path"]).rpartition("/")[2]: each["sha256"]
        for module in made["modules"]
        for each in module["sources"]
        if each["type"] == "file" and machine in each.get("only-arches", [machine])
    }


def test_both_are_of_one_source(flathub: Any, debian: Any) -> None:
    for key in ("id", "command", "finish-args"):
        assert flathub[key] == debian[key], key
    assert debian["cleanup"][: len(flathub["cleanup"])] == flathub["cleanup"]
    for one, other in zip(flathub["modules"], debian["modules"], strict=True):
        assert {**one, "sources": 0} == {**other, "sources": 0}
    without_qt = {k: v for k, v in files(debian).items() if not k.startswith(QT)}
    assert files(flathub) == without_qt
    assert len(files(debian)) == len(without_qt) + len(QT)
    (source,) = [
        each for module in flathub["modules"] for each in module["sources"] if each["type"] == "git"
    ]
    assert source["tag"] == f"v{__version__}"
    assert flathub["runtime"] != debian["runtime"]


def test_it_may_no_more_than_it_must(flathub: Any) -> None:
    """What is said in `PERMISSIONS` is what an installed one has (flatpak_in_use)."""
    asked = dict.fromkeys(("share", "socket", "talk-name", "system-talk-name"), ())
    for each in flathub["finish-args"]:
        option, _, value = each.removeprefix("--").partition("=")
        asked[option] += (value,)
    assert set(asked) == {"share", "socket", "talk-name", "system-talk-name"}
    shared = re.findall(r"shared=(.*);", PERMISSIONS)[0].split(";")
    assert set(asked["share"]) == set(shared)
    sockets = re.findall(r"sockets=(.*);", PERMISSIONS)[0].split(";")
    assert {*asked["socket"], "x11"} == set(sockets)  # what the fallback falls back to
    session, system = PERMISSIONS.split("[System Bus Policy]")
    assert list(asked["talk-name"]) == re.findall(r"(.*)=talk", session)
    assert list(asked["system-talk-name"]) == re.findall(r"(.*)=talk", system)


def test_every_file_is_pinned(flathub: Any) -> None:
    for module in flathub["modules"]:
        for each in module["sources"]:
            if each["type"] == "file":
                assert re.fullmatch("[0-9a-f]{64}", each["sha256"]), each
                assert re.fullmatch(r"https://[^/]+/packages/../../[0-9a-f]{60}/[^/]+", each["url"])
            else:
                assert re.fullmatch("[0-9a-f]{40}", each["commit"])


def test_pins_are_the_bundles() -> None:
    """The same versions in every package, on both architectures."""
    hashes = set(re.findall("sha256:([0-9a-f]{64})", REQUIREMENTS))
    runs = [each for each in PINS if each["for"] == "running"]
    for each in runs:
        assert each["sha256"] in hashes, each["path"]
    wanted = {_plain(each) for each in re.findall(r"(?m)^([\w.-]+)==", REQUIREMENTS)} - NOT_HERE
    for machine in ("x86_64", "aarch64"):
        there = {_name(each) for each in runs if each.get("only-arch") in (None, machine)}
        assert there == wanted


def test_what_byway_takes_is_among_them() -> None:
    """pyproject.toml's, and theirs; in the bundle as well, which is of the same list."""
    pinned = {_name(each) for each in PINS if each["for"] == "running"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["gui"]]
    seen: set[str] = set()
    while asked:
        requirement = Requirement(asked.pop())
        name = _plain(requirement.name)
        marker = requirement.marker
        if name in seen or (
            marker and not marker.evaluate({"python_version": "3.13", "extra": ""})
        ):
            continue
        seen.add(name)
        assert name in pinned, name
        asked += metadata.requires(requirement.name) or []


def _name(each: dict[str, str]) -> str:
    return _plain(each["path"].rpartition("/")[2].partition("-")[0])


def _plain(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("script") / "install-helper.sh"
    subprocess.run([sys.executable, FLATPAK / "installer.py", file], check=True)
    return file


SCRIPT = """
SCRIPT = Path(sys.argv[1])
def run(*words, script=SCRIPT, shell="sh", **more):
    return subprocess.run([shell, script, *words], capture_output=True, text=True, **more)
def there():
    return {p: (Path(p).read_bytes(), Path(p).lstat().st_mode) for p in written()
            if not Path(p).is_symlink()}
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="installing takes root")


@as_root
def test_the_script_installs_what_the_installer_does(script: Path) -> None:
    on_own_system(
        """
        install = [sys.executable, "-I", str(ROOT / "packaging/helper/install.py")]
        assert subprocess.run(install).returncode == 0
        directly = there()
        assert run("--uninstall").returncode == 0
        assert not there()
        assert "/usr/lib/byway/byway-helper" in run("--list").stdout and not written()
        for shell in "/bin/dash", "/bin/bash":
            done = run(shell=shell, env={"PYTHONPATH": "/mnt", "PATH": "/mnt"})
            assert done.returncode == 0, done
            assert there() == directly
            assert run("--uninstall", shell=shell).returncode == 0
        assert not written()
        """,
        str(script),
        prelude=SCRIPT,
    )


@as_root
def test_one_that_was_changed_installs_nothing(script: Path) -> None:
    on_own_system(
        r"""
        text = SCRIPT.read_text()
        lines = text.splitlines(keepends=True)
        middle = len(lines) // 2
        changed = Path("/mnt/changed.sh")
        for less in (lines[:middle] + lines[middle + 1:], lines[:-40] + lines[-4:], lines[:middle]):
            changed.write_text("".join(less))
            done = run(script=changed)
            assert done.returncode and not written(), done
        # In its user's hands while root runs it: read to its end before anything is done.
        os.mkfifo("/mnt/slow")
        running = subprocess.Popen(["sh", "/mnt/slow"], stdout=subprocess.PIPE)
        with open("/mnt/slow", "w") as slow:
            slow.write("".join(lines[:-1]))
            slow.flush()
            assert not written()
            slow.write("}\necho more\n")
        said = running.communicate()[0]
        assert b"files are in place" in said and b"more" not in said, said
        assert running.returncode == 0 and written()
        """,
        str(script),
        prelude=SCRIPT,
    )
