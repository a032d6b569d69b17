"""The program of a `byway run` that does what a test tells it: runs other programs, one by one.

Reads a JSON object a line from standard input, {"argv", "input", "env", "cwd", "timeout"}, and
answers each with one: {"status", "out", "err", "seconds"}. Ends with its input.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any


def execute(order: dict[str, Any]) -> dict[str, Any]:
    began = time.monotonic()
    try:
        done = subprocess.run(
            order["argv"],
            # Standard input is where the orders come from.
            input=(order["input"] or "").encode("utf-8", "surrogateescape"),
            env={**os.environ, **order["env"]},
            cwd=order["cwd"],
            timeout=order["timeout"],
            capture_output=True,
            check=False,
        )
        status, out, err = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        status, out, err = -9, late.stdout or b"", (late.stderr or b"") + b"\n(took too long)"
    except OSError as error:
        status, out, err = 127, b"", str(error).encode()
    return {
        "status": status,
        "out": out.decode("utf-8", "surrogateescape"),
        "err": err.decode("utf-8", "surrogateescape"),
        "seconds": time.monotonic() - began,
    }


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(execute(json.loads(line))), flush=True)
