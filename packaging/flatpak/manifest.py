"""The Flatpak's manifest (flatpak-manifest(5)), of one source for both of its runtimes.

    python3 manifest.py flathub REVISION       for Flathub: KDE's runtime, PySide6 of the base app
    python3 manifest.py debian SDIST WHEELS    for ./dev package flatpak: a runtime made of Debian
                                               (runtime), PySide6 of its wheels, files from here

What a sandbox may do, how Byway is built and what of Python is in it are the same. Prints JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Sources by what they are for: "running", "building", "installing".
Packages = dict[str, list[Any]]

HERE = Path(__file__).resolve().parent
APPLICATION = "io.github.byway.Byway"
HOME = "https://github.com/byway/byway"
# Both have Python 3.13, which python-packages.json is for; the base app's PySide6 is of the
# versions that pyproject.toml allows.
DEBIAN = "io.github.byway.Debian"
DEBIAN_BRANCH = "13"
KDE_BRANCH = "6.11"
QT = ("pyside6_essentials", "shiboken6")

# No files of the host's, no processes, no devices: Qt draws by itself. What a file dialog, the
# autostart and links need goes through portals, which every sandbox may use.
PERMISSIONS = [
    "--share=network",
    "--share=ipc",  # X11's shared memory
    "--socket=wayland",
    "--socket=fallback-x11",
    "--talk-name=org.kde.StatusNotifierWatcher",  # the tray
    "--talk-name=org.freedesktop.Notifications",
    "--talk-name=org.freedesktop.secrets",  # upstreams' passwords
    # The helper: rules, routes and marked sockets, after polkit has asked the user.
    "--system-talk-name=io.github.byway.Helper1",
]
# /app is a virtual environment: sys.executable finds what is installed there, whatever the
# runtime's distribution thinks of prefixes.
_PYTHON = "${FLATPAK_DEST}/bin/python3"
# A wheel of pip runs as it is: a runtime need not have one.
_PIP = f"{_PYTHON} $(echo pip/*.whl)/pip install --no-index --no-deps"
_ROOMS = "packaging/share:core:gui:polkit:resources"


def manifest(runtime: dict[str, Any], packages: Packages, byway: Any) -> Any:
    pip = [{**each, "dest": "pip"} for each in packages["installing"]]
    return {
        "id": APPLICATION,
        **runtime,
        "command": "byway-desktop",
        "finish-args": PERMISSIONS,
        "cleanup": ["/share/bash-completion", "/share/fish", "/share/man", "/share/zsh"],
        "modules": [
            {
                "name": "python-packages",
                "buildsystem": "simple",
                "build-commands": [
                    "python3 -m venv --without-pip ${FLATPAK_DEST}",
                    f"{_PIP} *.whl",
                ],
                "sources": [*packages["running"], *pip],
            },
            {
                "name": "byway",
                "buildsystem": "simple",
                "build-options": {"env": {"SOURCE_DATE_EPOCH": os.environ["SOURCE_DATE_EPOCH"]}},
                "build-commands": [
                    f"{_PIP} --target=tools *.whl",
                    f"PYTHONPATH=tools {_PYTHON} -m hatchling build --target wheel",
                    f"{_PIP} dist/*.whl",
                    f"{_PYTHON} packaging/flatpak/installer.py"
                    " ${FLATPAK_DEST}/share/byway/install-helper.sh",
                    "install -D -m 644 LICENSE"
                    " ${FLATPAK_DEST}/share/licenses/${FLATPAK_ID}/LICENSE",
                ],
                "sources": [byway, *packages["building"], *pip],
            },
        ],
    }


def flathub(revision: str) -> Any:
    """`revision` is the commit of the release's tag."""
    sys.path.insert(0, str(HERE.parents[1] / "core"))
    from byway_core.version import __version__

    runtime = {
        "runtime": "org.kde.Platform",
        "runtime-version": KDE_BRANCH,
        "sdk": "org.kde.Sdk",
        "base": "io.qt.PySide.BaseApp",
        "base-version": KDE_BRANCH,
    }
    pins = [each for each in _pins() if not _file(each).startswith(QT)]
    source = {"type": "git", "url": f"{HOME}.git", "tag": f"v{__version__}", "commit": revision}
    made = manifest(runtime, _remote(pins), source)
    made["cleanup-commands"] = ["/app/cleanup-BaseApp.sh"]
    return made


def debian(sdist: Path, wheels: Path) -> Any:
    """`wheels` is a folder with all that is pinned for this architecture."""
    runtime = {
        "runtime": DEBIAN,
        "runtime-version": DEBIAN_BRANCH,
        "sdk": DEBIAN,
        # Nothing is compiled here, and the SDK has no tool for either.
        "appstream-compose": False,
        "build-options": {"no-debuginfo": True, "strip": False},
    }
    pins = [each for each in _pins() if each.get("only-arch") in (None, os.uname().machine)]

    packages = _by_purpose(
        (
            each,
            {"type": "file", "path": str(wheels / _file(each)), "sha256": each["sha256"]},
        )
        for each in pins
    )
    # By its sum: flatpak-builder takes what it has built of a file of that path before, else.
    digest = hashlib.sha256(sdist.read_bytes()).hexdigest()
    source = {"type": "archive", "path": str(sdist), "sha256": digest}
    made = manifest(runtime, packages, source)
    made["cleanup"] = [*made["cleanup"], *_UNUSED_QT]
    return made


# Of PySide6's wheel: tools, QML, and what belongs to it. 150 of 210 MB.
_UNUSED_QT = [
    f"/lib/python*/site-packages/PySide6/{each}"
    for each in (
        *("*.pyi", "Qt/libexec", "Qt/metatypes", "Qt/qml", "QtQml*", "QtQuick*", "QtOpenGL*"),
        *("assistant", "balsam*", "designer", "doc", "glue", "include", "linguist", "lrelease"),
        *("lupdate", "qml*", "scripts", "svgtoqml", "typesystems"),
        *("Qt/lib/libQt6Quick*", "Qt/lib/libQt6Qml*", "Qt/lib/libQt6Designer*"),
        *("Qt/lib/libQt6Labs*", "Qt/plugins/designer", "Qt/plugins/qml*"),
        *("Qt/plugins/egldeviceintegrations", "Qt/plugins/generic"),
    )
]


def _pins() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((HERE / "python-packages.json").read_text())
    return found


def _file(pin: dict[str, str]) -> str:
    return pin["path"].rpartition("/")[2]


def _remote(pins: list[dict[str, str]]) -> Packages:
    from pip._internal.models.index import PyPI  # where files are, as pip knows it

    return _by_purpose(
        (
            each,
            {
                "type": "file",
                "url": f"https://{PyPI.file_storage_domain}/packages/{each['path']}",
                "sha256": each["sha256"],
                **({"only-arches": [each["only-arch"]]} if "only-arch" in each else {}),
            },
        )
        for each in pins
    )


def _by_purpose(sources: Iterable[tuple[dict[str, str], Any]]) -> Packages:
    found: Packages = {"running": [], "building": [], "installing": []}
    for pin, source in sources:
        found[pin["for"]].append(source)
    return found


def main() -> int:
    match sys.argv[1:]:
        case ["flathub", revision]:
            made = flathub(revision)
        case ["debian", sdist, wheels]:
            made = debian(Path(sdist).resolve(), Path(wheels).resolve())
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    print(json.dumps(made, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
