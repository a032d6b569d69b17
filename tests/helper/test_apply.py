"""A plan in force, and whatever may happen to it; everything that nft and ip show, compared."""

from __future__ import annotations

import pytest
from tests.support.own_network import inside

from byway_helper.apply import Step

PRELUDE = """
import os, signal, subprocess, sys
from ipaddress import ip_network
from byway_helper.apply import *
from byway_helper.contract import *
def shown():
    lists = "nft list ruleset; for f in -4 -6; do ip $f rule; ip $f route show table all; done"
    return subprocess.run(lists, shell=True, capture_output=True, text=True, check=True).stdout
subprocess.run("ip link set lo up; nft add table inet other; ip rule add pref 4900 fwmark 7 "
               "lookup main", shell=True, check=True)
# The first use leaves things that are no rules: the kernel's own chains of IPv6 routes, say.
plan = Plan(Mode.GATEWAY, udp=Udp.ALL, bypass=(ip_network("10.0.0.0/8"),), lan=("br0",))
before = shown()
"""


@pytest.mark.parametrize("guarded", [False, True])
def test_all_is_taken_back(guarded):
    inside(
        PRELUDE
        + f"""
for again in range(2):
    force = Force(plan, 2, guarded={guarded})
    there = shown()
    assert "table inet byway {{" in there and "lookup 7364" in there, there
    assert ("byway_guard" in there) == {guarded} == guard_stands()
    sockets = force.take_sockets()
    assert len(sockets.tcp) == 2
    sockets.close()
    force.end(keep_guard=False)
    assert shown() == before, shown()
"""
    )


def test_the_guard_stays_when_it_shall():
    inside(
        PRELUDE
        + """
Force(plan, 1, guarded=True).end(keep_guard=True)
assert guard_stands() and "inet byway {" not in shown()
clean_up(plan)
assert shown() == before
Force(plan, 1, guarded=True).end(keep_guard=True)
force = Force(plan, 1)  # whoever wants no kill switch takes the old one away
assert not guard_stands()
force.end(keep_guard=False)
assert shown() == before
"""
    )


def test_bypassed_networks_change_while_it_is_in_force():
    inside(
        PRELUDE
        + """
force = Force(plan, 1, guarded=True)
# Ten times as many fit in the transactions of a root that is not only its namespace's.
many = [ip_network((n << 8) + (1 << 24)).supernet(new_prefix=25) for n in range(1_000)]
force.update([*many, ip_network("2001:db8::/32")])
for table in "byway", "byway_guard":
    for name, one in ("bypass4", "1.0.0.0/25"), ("bypass6", "2001:db8::/32"):
        listed = ["nft", "list", "set", "inet", table, name]
        got = subprocess.run(listed, capture_output=True, text=True, check=True).stdout
        assert one in got and "10.0.0.0/8" not in got, (table, name)
force.update([])
assert "1.0.0.0" not in shown()
force.end(keep_guard=False)
assert shown() == before
"""
    )


def test_another_process_has_it():
    inside(
        PRELUDE
        + """
held = Force(plan, 1)
inner = '''
from byway_helper.apply import *
from byway_helper.contract import *
try:
    Force(Plan(Mode.GLOBAL), 1)
except OSError as error:
    print("refused:", error)
'''
told = subprocess.run([sys.executable, "-c", inner], capture_output=True, text=True)
assert told.stdout.startswith("refused:"), told
assert "inet byway {" in shown()
"""
    )


KILLED = """
pid = os.fork()
if pid == 0:
    def reached(step):
        if step is Step[sys.argv[1]]:
            os.kill(os.getpid(), signal.SIGKILL)
    Force(plan, 1, guarded=sys.argv[2] == "guarded", reached=reached).end(keep_guard=False)
    os._exit(0)
assert os.waitpid(pid, 0)[1] == signal.SIGKILL
left = shown()
assert "inet byway {" not in left, left  # nobody's packet is marked any more
clean_up(plan)
assert shown() == before, shown()
"""


@pytest.mark.parametrize("guarded", ["open", "guarded"])
@pytest.mark.parametrize("step", Step, ids=lambda step: step.name)
def test_killed_after_any_step(step, guarded):
    inside(PRELUDE + KILLED, step.name, guarded)


FAILING = """
def reached(step):
    if step is Step[sys.argv[1]]:
        raise OSError("on purpose")
try:
    Force(plan, 1, guarded=True, reached=reached)
except OSError as error:
    assert str(error) == "on purpose"
else:
    raise AssertionError
assert shown() == before, shown()
"""


@pytest.mark.parametrize("step", [Step.CLEANED, Step.SOCKETS, Step.ROUTES, Step.TABLE])
def test_failed_at_any_step(step):
    inside(PRELUDE + FAILING, step.name)
