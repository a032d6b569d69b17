"""The binding: what the library does in our process, and what is left when that ends."""

from __future__ import annotations

from tests.support.own_network import inside

LISTING = """
import subprocess
def tables():
    listed = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True)
    return listed.stdout.split()[2::3]
from byway_helper.netfilter import Netfilter, NetfilterError
OWNED = "table inet {} {{ flags owner;\\n chain c {{ }}\\n}}\\n"
"""


def test_a_refusal_says_what_and_where_and_changes_nothing():
    inside(
        LISTING
        + """
with Netfilter() as netfilter:
    for commands, words in {
        "table inet good { chain c { nonsense }\\n}\\n": "syntax error",
        "add table inet good; delete table inet absent": "No such file or directory",
    }.items():
        try:
            netfilter.run(commands)
        except NetfilterError as error:
            assert words in str(error) and "^" in str(error), str(error)
        else:
            raise AssertionError(commands)
        assert tables() == []
    netfilter.run("add table inet good")  # and the context still works
    assert tables() == ["good"]
"""
    )


def test_a_check_changes_nothing():
    inside(
        LISTING
        + """
with Netfilter() as netfilter:
    netfilter.run("add table inet good", only_ask=True)
    assert tables() == []
    netfilter.run("add table inet good")
    assert tables() == ["good"]
    try:
        netfilter.run("delete table inet absent", only_ask=True)
    except NetfilterError:
        pass
    else:
        raise AssertionError
"""
    )


def test_an_owned_table_lives_and_dies_with_the_socket():
    """Others cannot remove it, not even by a flush; our end removes it, however it comes."""
    inside(
        LISTING
        + """
import os, signal
with Netfilter() as netfilter:
    netfilter.run(OWNED.format("owned"))
    assert tables() == ["owned"]
    assert subprocess.run(["nft", "flush", "ruleset"], capture_output=True).returncode in (0, 1)
    refused = subprocess.run(["nft", "delete", "table", "inet", "owned"], capture_output=True)
    assert refused.returncode == 1 and tables() == ["owned"]
assert tables() == []

read, write = os.pipe()
child = os.fork()
if child == 0:
    netfilter = Netfilter()
    netfilter.run(OWNED.format("owned"))
    os.write(write, b"x")
    signal.pause()
os.read(read, 1)
assert tables() == ["owned"]
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
assert tables() == []
"""
    )


def test_a_table_without_owner_outlives_us():
    """The case of an own namespace, where nobody is who could remove it."""
    inside(
        LISTING
        + """
with Netfilter() as netfilter:
    netfilter.run("table inet stays { chain c { }\\n}\\n")
assert tables() == ["stays"]
"""
    )
