"""What a bundle has of others, and under which licences: `notices.py FOLDER` prints it.

Of each shared library its Debian package's copyright file, with the version whose source Debian
keeps at snapshot.debian.org; of each Python package that was there to be bundled its own files.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

# They make the bundle and are not in it. PyInstaller's starter is, under its exception to the GPL.
_TOOLS = {"altgraph", "packaging", "pip", "pyinstaller-hooks-contrib", "setuptools", "wheel"}
_LICENCES = ("licen", "copying", "notice")


def debian(folder: Path) -> Iterator[str]:
    """The packages of this machine whose libraries are in the folder, by their names."""
    names = {file.name for file in folder.glob("*.so*")}
    query = ["/usr/bin/dpkg-query", "-S", *(f"*/{name}" for name in sorted(names))]
    found = subprocess.run(query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    packages = {line.partition(":")[0] for line in found.stdout.splitlines()}
    for package in sorted(packages):
        form = "${Package} ${Version}, Debian, source ${source:Package} ${source:Version}\n"
        query = ["/usr/bin/dpkg-query", "-W", "-f", form, package]
        said = subprocess.run(query, stdout=subprocess.PIPE, text=True, check=True)
        text = Path("/usr/share/doc", package, "copyright").read_text(errors="replace")
        yield f"{said.stdout.splitlines()[0]}\n\n{text}"


def python() -> Iterator[str]:
    """The Python packages that this interpreter finds."""
    for each in sorted(distributions(), key=lambda each: each.name.lower()):
        if each.name.lower() in _TOOLS:
            continue
        word = each.metadata.get("License-Expression") or each.metadata.get("License") or ""
        heading = f"{each.name} {each.version}, a Python package: {word.strip()}"
        texts = [
            Path(str(file.locate())).read_text(errors="replace")
            for file in each.files or ()
            if file.parts[0].endswith(".dist-info") and file.name.lower().startswith(_LICENCES)
        ]
        yield "\n\n".join([heading, *texts])


def main() -> int:
    rule = "\n" + "=" * 100 + "\n"
    print("In this bundle, beside Byway itself:")
    for notice in (*debian(Path(sys.argv[1])), *python()):
        print(rule, notice, sep="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
