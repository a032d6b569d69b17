"""All that the kernel has of what the helper may touch, whichever backend put it there."""

from __future__ import annotations

import ctypes
import subprocess


def has_nftables() -> bool:
    """Whether libnftables is there: see `without_nftables` of own_network."""
    try:
        ctypes.CDLL("libnftables.so.1")
    except OSError:
        return False
    return True


def shown() -> str:
    """Rules, routes and routing rules. Of x_tables the rules only: an empty table that is there
    since it was asked for is no difference."""
    lists = [f"ip {f} {what}" for f in ("-4", "-6") for what in ("rule", "route show table all")]
    if has_nftables():
        lists.append("nft list ruleset")
    saved = [_ran(f"{name}-legacy-save") for name in ("iptables", "ip6tables")]
    lines = [line for text in saved for line in text.splitlines()]
    chains = [line.split()[0] for line in lines if " - [" in line]
    rules = [line for line in lines if line.startswith("-A")]
    return "\n".join([*map(_ran, lists), *chains, *rules])


def taking(there: str) -> bool:
    """Whether traffic is taken, of what `shown` has said."""
    return "table inet byway {" in there or " -j BYWAY_OUT" in there


def guarding(there: str) -> bool:
    return "table inet byway_guard {" in there or " -j BYWAY_GUARD" in there


def _ran(command: str) -> str:
    done = subprocess.run(command.split(), capture_output=True, text=True, check=True)
    return done.stdout
