"""A plan in force, and whatever may happen to it; everything that nft and ip show, compared."""

from __future__ import annotations

import functools

import pytest
from tests.support.own_network import inside

from byway_helper.apply import Step

PRELUDE = """
import os, signal, subprocess, sys, time
from ipaddress import ip_network
from byway_helper.apply import *
from byway_helper.contract import *
from tests.support.kernel_rules import *
def sh(*commands):
    for command in commands:
        subprocess.run(command.split(), check=True)
sh("ip link set lo up", "ip rule add pref 4900 fwmark 7 lookup main")
if has_nftables():
    sh("nft add table inet other")
else:  # what others have, some of it unknown to python-iptables
    for iptables in "iptables-legacy", "ip6tables-legacy":
        sh(f"{iptables} -t mangle -N OTHER", f"{iptables} -t mangle -A OTHER -m dscp --dscp 3",
           f"{iptables} -t mangle -A OUTPUT -p tcp -m tcp --dport 9 -j OTHER",
           f"{iptables} -A OUTPUT -m comment --comment BYWAY_GUARD -j ACCEPT",
           f"{iptables} -t raw -A PREROUTING -j NOTRACK -p sctp")
# The first use leaves things that are no rules: the kernel's own chains of IPv6 routes, say.
plan = Plan(Mode.GATEWAY, udp=Udp.ALL, bypass=(ip_network("10.0.0.0/8"),), lan=("br0",))
before = shown()
def soon(what, seconds=2):
    "A second, for a machine that is offline meanwhile; twice that beside other tests."
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, shown()
"""


@pytest.fixture
def within(backend):
    """`inside`, with one backend and with the other."""
    return functools.partial(inside, without_nftables=backend == "iptables")


@pytest.mark.parametrize("guarded", [False, True])
def test_all_is_taken_back(within, guarded):
    within(
        PRELUDE
        + f"""
for again in range(2):
    force = Force(plan, 2, guarded={guarded})
    there = shown()
    assert taking(there) and "lookup 7364" in there, there
    assert guarding(there) == {guarded} == guard_stands()
    sockets = force.take_sockets()
    assert len(sockets.tcp) == 2
    sockets.close()
    force.end(keep_guard=False)
    assert shown() == before, shown()
"""
    )


def test_the_guard_stays_when_it_shall(within):
    within(
        PRELUDE
        + """
Force(plan, 1, guarded=True).end(keep_guard=True)
assert guard_stands() and not taking(shown())
clean_up(plan)
assert shown() == before
Force(plan, 1, guarded=True).end(keep_guard=True)
force = Force(plan, 1)  # whoever wants no kill switch takes the old one away
assert not guard_stands()
force.end(keep_guard=False)
assert shown() == before
"""
    )


def test_bypassed_networks_change_while_it_is_in_force(within):
    within(
        PRELUDE
        + """
force = Force(plan, 1, guarded=True)
# Ten times as many fit in the transactions of a root that is not only its namespace's.
many = [ip_network((n << 8) + (1 << 24)).supernet(new_prefix=25) for n in range(1_000)]
force.update([*many, ip_network("2001:db8::/32")])
there = shown()
assert "10.0.0.0/8" not in there
for one in "1.0.0.0/25", "2001:db8::/32":
    assert there.count(one) == 2, (one, there)  # what takes, and the kill switch
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
soon(lambda: not taking(shown()))  # nobody's packet is marked any more
clean_up(plan)
assert shown() == before, shown()
"""


@pytest.mark.parametrize("guarded", ["open", "guarded"])
@pytest.mark.parametrize("step", Step, ids=lambda step: step.name)
def test_killed_after_any_step(within, step, guarded):
    within(PRELUDE + KILLED, step.name, guarded)


@pytest.mark.parametrize("watchers", ["alive", "dead"])
def test_killed_while_its_children_work(watchers):
    """They wait for iptables' lock, and what they are about to make would be nobody's."""
    inside(
        PRELUDE
        + """
import fcntl
from tests.support.processes import lives
lock = os.open("/run/xtables.lock", os.O_CREAT | os.O_CLOEXEC, 0o600)
fcntl.flock(lock, fcntl.LOCK_EX)
pid = os.fork()
if pid == 0:
    os.close(lock)
    Force(plan, 1)
    os._exit(0)
found = os.fstat(lock)
place = f" {os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino} "
def waiting():
    "So many processes have been told what to do, or have seen our end: they want the lock."
    return sum("-> FLOCK" in line and place in line for line in open("/proc/locks"))
soon(lambda: waiting() == 1, 20)
children = open(f"/proc/{pid}/task/{pid}/children").read().split()
for watcher in children[:2] if sys.argv[1] == "dead" else ():
    os.kill(int(watcher), signal.SIGKILL)
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
soon(lambda: waiting() == (2 if sys.argv[1] == "dead" else 4), 20)
assert not taking(shown())
fcntl.flock(lock, fcntl.LOCK_UN)
soon(lambda: not any(map(lives, children)), 20)
assert not taking(shown()), shown()
clean_up(plan)
assert shown() == before, shown()
""",
        watchers,
        without_nftables=True,
    )


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
def test_failed_at_any_step(within, step):
    within(PRELUDE + FAILING, step.name)
