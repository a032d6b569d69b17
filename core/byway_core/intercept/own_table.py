"""The nftables table of a program's own network namespace: `own.nft`, filled by
`byway_helper.render`, whose parts both share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from byway_helper.contract import Family, Plan, Ports
from byway_helper.render import filled

_FILE = Path(__file__).with_name("own.nft")


def render_own(plan: Plan, ports: Mapping[Family, Ports]) -> str:
    """The table for libnftables. `ports` has every family of the plan, else KeyError."""
    return filled(_FILE, plan, ports)
