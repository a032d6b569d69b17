"""Somebody who asks for a password in this terminal, where polkit wants one: its own pkttyagent."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator

# Its registration takes polkitd some milliseconds; without it one goes on as if it were not there.
_PATIENCE = 2.0


@contextlib.contextmanager
def terminal_agent() -> Iterator[None]:
    """As long as the block runs; nobody for root, who is not asked, without a terminal, or where
    the program is not installed. It goes before a desktop's agent: as a fallback (pkttyagent(1)) it
    would be found only by sessions that logind knows."""
    program = shutil.which("pkttyagent")
    if program is None or os.geteuid() == 0 or not sys.stdin.isatty():
        yield
        return
    registered, notify = os.pipe()
    # For this process: polkit looks for an agent of who asks, not of who has started it.
    own = ["--process", str(os.getpid()), "--notify-fd", str(notify)]
    agent = subprocess.Popen([program, *own], pass_fds=[notify])  # noqa: S603
    os.close(notify)
    try:
        select.select([registered], [], [], _PATIENCE)  # it closes it then
        yield
    finally:
        os.close(registered)
        agent.terminate()
        agent.wait()
