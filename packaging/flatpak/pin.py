"""Which files of Python packages the Flatpak is built of: python-packages.json, each by its place
at PyPI and sha256, for a build that has no network.

    .venv/bin/python packaging/flatpak/pin.py

Versions and hashes are packaging/bundle's, so that all packages have the same; what only builds a
wheel is requirements-build.txt's. Run it after a change of either.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
PINS = HERE / "python-packages.json"
REQUIREMENTS = HERE.parent / "bundle/requirements.txt"
BUILDS = HERE / "requirements-build.txt"
# Both runtimes' interpreter: org.freedesktop.Platform 25.08's, which KDE's is made on, and
# Debian 13's.
PYTHON = "3.13"
ARCHITECTURES = ("x86_64", "aarch64")
# glibc as wheels name it: 2.17, 2.28, 2.34, 2.39.
_GLIBC = ("2014", "_2_17", "_2_28", "_2_34", "_2_39")
# For PyInstaller, and for older interpreters than these.
NOT_HERE = {
    *("altgraph", "packaging", "pyinstaller", "pyinstaller-hooks-contrib", "setuptools"),
    *("backports-tarfile", "importlib-metadata", "zipp"),
}


def requirements(file: Path) -> dict[str, str]:
    """Name -> its lines, with hashes where it has some."""
    text = re.sub(r"(?m)^#.*\n", "", file.read_text())
    return {each.partition("==")[0]: each for each in re.findall(r"(?m)^\S.*(?:\n[ ].*)*", text)}


def pinned(wanted: dict[str, str], purpose: str) -> Iterator[dict[str, str]]:
    """Their wheels, of each architecture where it matters."""
    found: dict[str, tuple[str, set[str]]] = {}
    for architecture in ARCHITECTURES:
        with tempfile.TemporaryDirectory() as name:
            listed = Path(name, "requirements.txt")
            listed.write_text("\n".join(wanted.values()) + "\n")
            platforms = [f"--platform=manylinux{glibc}_{architecture}" for glibc in _GLIBC]
            subprocess.run(
                [
                    *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                    *("--only-binary=:all:", f"--python-version={PYTHON}", *platforms),
                    *(f"--dest={name}/wheels", f"--requirement={listed}"),
                ],
                check=True,
            )
            for wheel in Path(name, "wheels").iterdir():
                content = wheel.read_bytes()
                digest = hashlib.sha256(content).hexdigest()
                found.setdefault(_place(wheel.name, content), (digest, set()))[1].add(architecture)
    for place, (digest, architectures) in sorted(found.items(), key=lambda each: _name(each[0])):
        pin = {"path": place, "sha256": digest, "for": purpose}
        if _name(place).startswith("pip-"):
            pin["for"] = "installing"
        if len(architectures) == 1:
            pin["only-arch"] = architectures.pop()
        yield pin


def _name(place: str) -> str:
    return place.rpartition("/")[2]


def _place(name: str, content: bytes) -> str:
    """Where PyPI has a file: by its BLAKE2b sum, of 256 bits."""
    digest = hashlib.blake2b(content, digest_size=32).hexdigest()
    return f"{digest[:2]}/{digest[2:4]}/{digest[4:]}/{name}"


def main() -> int:
    runs = {k: v for k, v in requirements(REQUIREMENTS).items() if k not in NOT_HERE}
    pins = [*pinned(runs, "running"), *pinned(requirements(BUILDS), "building")]
    PINS.write_text(json.dumps(pins, indent=1) + "\n")
    print(f"{len(pins)} files in {PINS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
