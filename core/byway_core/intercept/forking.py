"""A forked child that cannot run into its parent's code."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable

_CRASHED = 70  # EX_SOFTWARE, sysexits.h


def fork(body: Callable[[], None]) -> int:
    """A child that runs `body` and never returns into the caller's frames; its pid. The child's
    exit status is that of SystemExit, else 0; of a fault, after its traceback, 70."""
    pid = os.fork()
    if pid:
        return pid
    status = _CRASHED
    try:
        body()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else _CRASHED
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)
