"""For every test of the house."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from hypothesis import settings
from tests.support.processes import PACKAGES
from tests.support.servers import ABSENT

# No deadline for one example: on a busy machine, or where an example is the first to import
# something, a slow one means nothing. pytest-timeout ends what hangs.
settings.register_profile("byway", deadline=None)
settings.load_profile("byway")

# A shell without job control starts what is in the background with SIGINT ignored, and so would be
# everything that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# And nohup(1) has SIGHUP ignored. A handler, unlike what is ignored, ends with execve(2).
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)

# And a shell that asks for unbuffered output would hide what only buffers do.
os.environ.pop("PYTHONUNBUFFERED", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests whose parameters name a server that is not installed say so and skip."""
    for item in items:
        call = getattr(item, "callspec", None)
        for value in call.params.values() if call else ():
            names = value if isinstance(value, tuple) else (value,)
            for name in ABSENT.intersection(each for each in names if isinstance(each, str)):
                item.add_marker(pytest.mark.skip(f"{name} is missing: see {PACKAGES}"))


# Tests that share what is costly to start, a dozen proxy servers say: one process runs all of such
# a file. All other tests are spread one by one.
TOGETHER = (
    "tests/e2e/test_programs.py",
    "tests/e2e/test_serve.py",
    "tests/e2e/test_upstreams.py",
    "tests/packaging/test_deb.py",
    "tests/upstreams/test_real_servers_handshakes.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """In place of --dist loadgroup: its marks are lost on pytest 9.2, which has other test ids
    than pytest-xdist 3.8 thinks."""
    from xdist.scheduler import LoadScopeScheduling

    class Spread(LoadScopeScheduling):  # type: ignore[misc]  # xdist is optional
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file in TOGETHER else nodeid

    return Spread(config, log)
