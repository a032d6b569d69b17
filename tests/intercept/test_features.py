"""Which parts of nftables a kernel lacks."""

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


def test_nothing_is_missing_here():
    """… on a machine where the golden files load. Each part is asked for, and nothing is left."""
    inside(
        LISTING
        + """
from byway_core.intercept.features import missing_modules
with Netfilter() as netfilter:
    assert missing_modules(netfilter) == ()
assert tables() == []
"""
    )


def test_missing_parts_are_named():
    """A library that knows no `tproxy`, or a kernel without it, refuses that one rule."""
    inside(
        LISTING
        + """
from byway_core.intercept.features import missing_modules
class Without(Netfilter):
    def __init__(self, word):
        super().__init__()
        self.word = word
    def run(self, commands, *, only_ask):
        super().run(commands.replace(self.word, "nonsense"), only_ask=only_ask)
for word, modules in {
    "tproxy": ("nft_tproxy", "nf_tproxy_ipv4", "nf_tproxy_ipv6"),
    "tproxy ip6": ("nft_tproxy", "nf_tproxy_ipv6"),
    "socket wildcard": ("nft_socket",),
    "table": ("nf_tables",),
}.items():
    with Without(word) as netfilter:
        assert missing_modules(netfilter) == modules, word
"""
    )


def test_without_permission_it_is_an_error_and_not_the_end():
    inside(
        """
import os
from byway_helper.netfilter import Netfilter, NetfilterError
import subprocess, sys
code = '''
from byway_helper.netfilter import Netfilter, NetfilterError
with Netfilter() as netfilter:
    try:
        netfilter.run("add table inet x")
    except NetfilterError as error:
        assert "Operation not permitted" in str(error), str(error)
        print("refused")
'''
out = subprocess.run(["unshare", "-Ur", sys.executable, "-c", code], capture_output=True, text=True)
assert out.stdout == "refused\\n", out
"""
    )
