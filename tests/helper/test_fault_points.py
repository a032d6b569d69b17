"""Everybody dies once after every step of install and removal: the machine is online at once, and
a repair leaves nothing."""

from __future__ import annotations

import pytest

FIRST = '''
import functools
from tests.support.leftovers import *
# The helper, in which somebody dies as soon as a step is done.
FAULTY = """
import functools, os, select, signal, sys, time
from pathlib import Path
from byway_helper import __main__, apply, service
step, victim, engine = sys.argv[1:4]
del sys.argv[1:]
def reached(at):
    if at.name != step:
        return
    if victim == "helper":
        os.kill(os.getpid(), signal.SIGKILL)
    process = os.pidfd_open(int(Path(engine).read_text()))
    signal.pidfd_send_signal(process, signal.SIGKILL)
    select.select([process], [], [])
    os.close(process)
service.Force = functools.partial(apply.Force, reached=reached)
__main__.main()
"""
'''

INSTALL = ("CLEANED", "SOCKETS", "ROUTES", "TABLE")
REMOVAL = ("TABLE_GONE", "ROUTES_GONE")


@pytest.mark.parametrize("victim", ["engine", "helper"])
@pytest.mark.parametrize("step", [*INSTALL, *REMOVAL])
def test_whoever_dies(on_stage, step, victim):
    code = """
        run = asyncio.to_thread
        place.end_helper()
        before = everything()
        engine = place.folder / "engine.pid"
        await place.start_helper(["-c", FAULTY, STEP, VICTIM, str(engine)])
        up = Up(place)
        engine.write_text(str(up.process.pid))
        if STEP.endswith("GONE"):
            await up.ready()
            up.process.send_signal(signal.SIGINT)
        await run(up.process.wait, DEADLINE)
        if VICTIM == "helper":
            assert await run(place.helper.wait, DEADLINE) == -signal.SIGKILL
        else:
            assert up.process.returncode == -signal.SIGKILL
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            while await run(curl, "203.0.113.1", "www.proxied.test") != "198.51.100.2":
                pass
            while await run(curl, "[2001:db8:1::1]") != "2001:db8::2":
                pass
        print(f"online after {time.monotonic() - began:.3f} s")
        if VICTIM == "helper":
            await place.start_helper()
        assert (await run(up.ask, "repair")).returncode == 0
        place.end_helper()
        assert everything() == before, everything()
    """.replace("STEP", repr(step)).replace("VICTIM", repr(victim))
    # Without nftables a waiting process of the helper's takes the rules away, not the kernel.
    print(on_stage(code, FIRST + "PATIENCE = 1 if has_nftables() else 2\n"))
