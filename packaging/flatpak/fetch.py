"""`python fetch.py FOLDER`: the pinned files of this architecture into it, by their hashes.

By pip and not by their addresses: so a mirror or a folder of wheels, as pip is configured, will do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PINS = Path(__file__).with_name("python-packages.json")


def lines() -> list[str]:
    """As pip's requirements."""
    found = []
    for pin in json.loads(PINS.read_text()):
        if pin.get("only-arch") in (None, os.uname().machine):
            name, version = pin["url"].rpartition("/")[2].split("-")[:2]
            found.append(f"{name}=={version} --hash=sha256:{pin['sha256']}")
    return found


def main(folder: Path) -> None:
    listed = folder / "requirements.txt"
    wanted = "\n".join(lines()) + "\n"
    if listed.exists() and listed.read_text() == wanted:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for each in folder.iterdir():
        each.unlink()
    (folder / "new").write_text(wanted)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    # The sandbox's interpreter, whichever this is.
    python = ["--only-binary=:all:", "--python-version=3.13"]
    subprocess.run([*pip, *python, "--dest", folder, "-r", folder / "new"], check=True)
    (folder / "new").rename(listed)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
