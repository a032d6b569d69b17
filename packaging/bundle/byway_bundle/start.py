"""The bundle's one program: what it is depends on its name and its first word.

    byway-desktop …     the desktop app
    byway               it too, where there is a display
    byway COMMAND …     the command line
    --module NAME …     a child that is a program of its own (byway_core.api.own_program)
    --iptables-child …  a child of what changes rules by iptables
    --install-helper, --uninstall-helper, --integrate, --unintegrate    of an AppImage

Of an AppImage the name counts by which it was called: a link named byway-desktop is one.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import PurePath

from byway_bundle import environment
from byway_core.api.own_program import DESKTOP, MODULE, image

_MODULES = ("byway_core.leaktest.stage", "byway_core.leaktest.prober")
_IPTABLES_CHILD = "--iptables-child"  # byway_iptables.children.IN_BUNDLE
_HELPER = ("--install-helper", "--uninstall-helper")
_MENU = ("--integrate", "--unintegrate")
_HELP = """\
Of this AppImage:
  --install-helper      install the privileged helper, for `byway up`; asks for a password
  --uninstall-helper    restore the network and remove the helper
  --integrate           put Byway into your menu of applications
  --unintegrate         and out of it
  --appimage-help       about the file itself
"""


def main() -> int:
    """Be what is wanted; the exit status."""
    called = os.environ.get("ARGV0", "") if image() else ""
    name = PurePath(called or sys.argv[0]).name
    environment.restore(os.environ)
    words = sys.argv[1:]
    first = words[0] if words else ""
    if first == _IPTABLES_CHILD:
        from byway_iptables.children import main as change_rules

        change_rules()
        return 0
    if first == MODULE and words[1:2] and words[1] in _MODULES:
        sys.argv = words[1:]
        return import_module(words[1]).main() or 0
    if first in _HELPER or first in _MENU:
        return _for_image(first)
    if name == DESKTOP or _opens_desktop(words):
        from byway_gui.__main__ import main as open_desktop

        return open_desktop(words)
    from byway_core.__main__ import main as run

    if first in ("-h", "--help") and image():
        print(_HELP, flush=True)
    return run()


def _opens_desktop(words: list[str]) -> bool:
    from byway_core.cli import DESKTOP as OPTIONS

    here = any(os.environ.get(each) for each in ("DISPLAY", "WAYLAND_DISPLAY"))
    return here and (not words or words[0] in OPTIONS)


def _for_image(option: str) -> int:
    file = image()
    if not file:
        print(f"byway: {option} is for the AppImage; this is none", file=sys.stderr)
        return 2
    if option in _MENU:
        from byway_bundle import integration

        return integration.run(file, wanted=option == "--integrate")
    from byway_bundle import helper

    return helper.run(file, wanted=option == "--install-helper")
