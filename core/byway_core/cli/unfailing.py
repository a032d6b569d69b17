"""A standard error that never fails: what cannot be said must not end what is being done.

A full disk, a terminal that has gone, a stream that the caller closed: traffic goes on, and the
exit status is still the program's.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Unfailing(io.FileIO):
    def write(self, data: ReadableBuffer, /) -> int:
        """What is written, or all as if it were."""
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def unfailing_stderr() -> io.TextIOWrapper:
    """To be the process's sys.stderr. A closed one is None, for which print() takes standard
    output: then nothing is said."""
    if sys.stderr is None:
        raw = _Unfailing(os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC), "w")
        encoding = "utf-8"
    else:
        raw = _Unfailing(sys.stderr.fileno(), "w", closefd=False)
        encoding = sys.stderr.encoding
    buffered = io.BufferedWriter(raw)
    return io.TextIOWrapper(buffered, encoding, "backslashreplace", line_buffering=True)
