"""Code as root of a system of its own: what it writes below /usr is gone afterwards, and seen."""

from __future__ import annotations

import os
import textwrap

import pytest
from tests.support.own_network import inside

_PRELUDE = """
import asyncio, os, re, subprocess, sys
from pathlib import Path
from tests.support.helper_stage import *
from tests.support.kernel_rules import *
sh("mount --make-rprivate /", "mount -t tmpfs -o mode=755 tmpfs /mnt", "mkdir /mnt/up /mnt/work",
   "mount -t overlay overlay -o lowerdir=/usr,upperdir=/mnt/up,workdir=/mnt/work /usr")
def written():
    # Of the upper layer: what is new or gone. Folders that only were looked into are no change.
    return sorted(str(p) for p in Path("/mnt/up").rglob("*") if not p.is_dir()
                  and p.suffix != ".pyc")
"""


def on_own_system(code: str, *arguments: str, prelude: str = "", patience: float = 60.0) -> str:
    """What `code` prints. Its `written()` are the files that it has changed. Skips where that root
    is not to be had."""
    if os.geteuid() != 0:
        pytest.skip("needs root: a system of its own")
    whole = _PRELUDE + textwrap.dedent(prelude) + textwrap.dedent(code)
    return inside(whole, *arguments, real_root=True, patience=patience)
