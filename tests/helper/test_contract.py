"""A Plan that exists is one that may be rendered: whatever is wrong is refused when it is made."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from byway_helper.contract import MAX_BYPASS, Family, Mode, Plan

WRONG = [
    pytest.param({"families": ()}, id="no family"),
    pytest.param({"families": (Family.IPV4, Family.IPV4)}, id="a family twice"),
    pytest.param({"bypass": (ip_network("10.0.0.0/8"),)}, id="bypass in a namespace"),
    pytest.param({"lan": ("eth0",)}, id="clients of a namespace"),
    pytest.param({"mode": Mode.GLOBAL, "lan": ("eth0",)}, id="clients without gateway"),
    pytest.param({"mode": Mode.GATEWAY}, id="gateway without clients"),
    pytest.param({"mode": Mode.GATEWAY, "lan": ("lo",)}, id="loopback as LAN"),
    pytest.param({"mode": Mode.GATEWAY, "lan": ("sixteen-letters-",)}, id="name too long"),
    pytest.param({"mode": Mode.GATEWAY, "lan": ('a"b',)}, id="quote in a name"),
    pytest.param({"mode": Mode.GATEWAY, "lan": ("a b",)}, id="space in a name"),
    pytest.param({"mode": Mode.GATEWAY, "lan": ("eth0\n",)}, id="newline in a name"),
    pytest.param({"mode": Mode.GATEWAY, "lan": ("",)}, id="empty name"),
    pytest.param({"mode": Mode.GATEWAY, "lan": ("..",)}, id="a folder's name"),
    pytest.param({"mode": Mode.GATEWAY, "lan": tuple(f"e{n}" for n in range(65))}, id="many LANs"),
    pytest.param(
        {"mode": Mode.GLOBAL, "bypass": (ip_network("10.0.0.0/8"),) * (MAX_BYPASS + 1)},
        id="too much to bypass",
    ),
]


@pytest.mark.parametrize("fields", WRONG)
def test_wrong_plans_cannot_be_made(fields):
    with pytest.raises(ValueError, match=r".+"):
        Plan(**{"mode": Mode.NAMESPACE, **fields})


def test_marks_are_four_within_their_mask():
    mask, *marks = Plan.marks
    assert all(0 < mark == mark & mask for mark in marks)
    assert len(set(marks)) == 4


def test_defaults_stay_clear_of_others():
    """The marks of Tailscale, wg-quick and Kubernetes; Tailscale's rules."""
    for foreign in (0xFF0000, 0xCA6C, 0x4000, 0x8000):
        assert Plan.marks.mask & foreign == 0
    assert Plan.preference < 5210
