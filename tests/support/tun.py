"""Tunnels take /dev/net/tun, which systemd's udev opens to everybody. Where it is root's alone, as
in some containers, nobody else can make one in a namespace of his own either."""

from __future__ import annotations

import os

import pytest

HAS_TUN = os.access("/dev/net/tun", os.R_OK | os.W_OK)
needs_tun = pytest.mark.skipif(not HAS_TUN, reason="/dev/net/tun is root's alone on this machine")
