"""`python installer.py FILE`: install-helper.sh, one file that installs the privileged helper, or
removes it. A sandbox may do neither: its user runs the file, which the app puts into its data
folder.

The file has the helper's archive (packaging/helper/install.py) and its sum in it, and what an
AppImage tells root's interpreter (byway_bundle.helper): that takes the archive from a pipe, once,
and nothing of it where the sum is another. A shell reads a command in braces to its end before it
does any of it: whoever changes the file then changes nothing.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGING = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PACKAGING / "bundle"))

from byway_bundle.helper import RECEIVE  # noqa: E402

SCRIPT = """\
#!/bin/sh
# Installs Byway's privileged helper, which takes the traffic of every program by your rules; run
# again, it brings it up to date. Each file is said.
#
#     sudo sh install-helper.sh              install it
#     sudo sh install-helper.sh --uninstall  restore the network, and remove it
#     sh install-helper.sh --list            only say what would be copied
#
# It needs /usr/bin/python3 of 3.11 or newer, libnftables, D-Bus and polkit. Root reads nothing but
# this file.
{{
    if [ ! -x /usr/bin/python3 ]; then
        echo "byway: the helper needs /usr/bin/python3 of 3.11 or newer: nothing was changed" >&2
        exit 1
    fi
    PATH=/usr/bin:/bin
    export PATH
    receive() {{
        env -i PATH=/usr/bin:/bin /usr/bin/python3 -IS -c {receive} {digest} "$@"
    }}
    base64 -d <<'ARCHIVE' | gzip -dc | receive "$@"
{archive}
ARCHIVE
    exit $?
}}
"""


def script() -> str:
    """Of this tree, with the libraries of the interpreter that runs this."""
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder, "helper.tar")
        install = PACKAGING / "helper/install.py"
        subprocess.run([sys.executable, "-I", install, "--archive", packed], check=True)
        archive = packed.read_bytes()
    text = base64.encodebytes(gzip.compress(archive, mtime=0)).decode().strip()
    digest = hashlib.sha256(archive).hexdigest()
    return SCRIPT.format(receive=shlex.quote(RECEIVE), digest=digest, archive=text)


if __name__ == "__main__":
    made = Path(sys.argv[1])
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_text(script())
    made.chmod(0o755)
