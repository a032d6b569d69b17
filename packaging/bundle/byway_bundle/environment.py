"""The environment as its user has it.

PyInstaller's starter and the AppImage's runtime leave variables that are for this process alone:
with LD_LIBRARY_PATH each program under `byway run` would load the bundle's libraries.
"""

from __future__ import annotations

from collections.abc import MutableMapping

_LIBRARIES = "LD_LIBRARY_PATH"
_AS_IT_WAS = "LD_LIBRARY_PATH_ORIG"  # PyInstaller's; not there where there was none
_STARTERS = "_PYI_"
# AppImage's two that are of no use to us; with ARGV0, zsh gives what it starts a false name.
_RUNTIMES = ("ARGV0", "OWD")


def restore(environment: MutableMapping[str, str]) -> None:
    """Take away what is ours. The linker has read its own at this process' start, and PyInstaller
    makes them anew for each of our children."""
    before = environment.pop(_AS_IT_WAS, None)
    environment.pop(_LIBRARIES, None)
    if before is not None:
        environment[_LIBRARIES] = before
    for name in [each for each in environment if each.startswith(_STARTERS) or each in _RUNTIMES]:
        del environment[name]
