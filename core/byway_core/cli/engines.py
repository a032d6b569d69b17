"""What commands that talk to running engines share: finding them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byway_core.api.client import ControlClient

# As systemctl says "not running" (LSB): neither a success nor a failure of ours.
NOTHING_RUNS = 3

_NOTHING = "byway does not run; `byway run -- PROGRAM` starts a program under the rules"


@contextlib.contextmanager
def running_engines(*, quiet: bool = False) -> Iterator[tuple[ControlClient, ...]]:
    """Connections to the user's engines, oldest process id first. What does not answer, and that
    nothing runs (unless `quiet`), is said on stderr."""
    from byway_core.api.client import find_engines
    from byway_core.config.paths import RuntimeFolderError, runtime_dir

    try:
        folder = runtime_dir()
    except RuntimeFolderError as error:
        print(f"byway: {error}", file=sys.stderr)
        yield ()
        return
    found = find_engines(folder)
    try:
        for pid in found.silent:
            print(f"byway: process {pid} does not answer; it is left out", file=sys.stderr)
        if not (found.engines or found.silent or quiet):
            print(_NOTHING, file=sys.stderr)
        yield found.engines
    finally:
        found.close()
