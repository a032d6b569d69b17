"""The command line: one module a command, each with `register(subparsers)` and `run(args)`.

    run           start a program in its own namespace under the rules
    up            every program of the machine       down     and no more
    reload        what runs takes a changed profile
    repair        nothing of ours in the machine's network, whatever has happened
    serve         only the local proxy port
    env           the proxy variables that point programs to it
    check         is a profile valid?          explain      where would this go, and why?
    status        what runs                    connections  what went where
    close         end a connection           group        groups of upstreams
    leaktest      does anything leave by another way?
    install-helper  the privileged helper, or its removal

Only the module of the command that is asked for is imported: `byway explain` need not pay for
a relay.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Sequence

from byway_core.cli.versions import ShowVersions

# In the order of `byway --help`.
COMMANDS = (
    "run",
    "up",
    "down",
    "reload",
    "repair",
    "serve",
    "env",
    "check",
    "explain",
    "status",
    "connections",
    "close",
    "group",
    "leaktest",
    "install-helper",
)


# What only the desktop app takes.
DESKTOP = ("--minimized", "--toggle", "--in-process", "--temp-dirs")


def main(argv: Sequence[str]) -> int:
    """Run one command; its exit status. 2 is wrong usage, 130 an interruption."""
    try:
        return _run(argv)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0  # whoever read us has enough: `byway connections --follow | head`
    finally:
        _write_out()


def _run(argv: Sequence[str]) -> int:
    if not argv or argv[0] in DESKTOP:
        _become_desktop(argv)
    asked = argv[0] if argv and argv[0] in COMMANDS else None
    args = command_line((asked,) if asked else COMMANDS).parse_args(argv)
    status: int = args.run(args)
    return status


def command_line(commands: Iterable[str] = COMMANDS) -> argparse.ArgumentParser:
    """The grammar of `byway` with these of its commands. The manual page and the shells'
    completions are made of it too (packaging/share)."""
    parser = argparse.ArgumentParser(
        prog="byway",
        description="Sends every program's traffic where your rules say: directly, nowhere, or "
        "through a SOCKS or HTTP upstream. Without a command it opens the desktop app.",
    )
    parser.add_argument("--version", action=ShowVersions, help="show the versions, and exit")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in commands:
        importlib.import_module(f"byway_core.cli.{name.replace('-', '_')}").register(subparsers)
    return parser


def _become_desktop(argv: Sequence[str]) -> None:
    """The desktop app in our place; returns where it is not installed, or there is no display."""
    from byway_core.api.own_program import desktop

    here = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    parts = ("PySide6", "qasync", "byway_gui")
    if here and all(importlib.util.find_spec(part) for part in parts):
        sys.stdout.flush()
        command = desktop(*argv)
        os.execv(command[0], command)  # noqa: S606 - our own


def _write_out() -> None:
    """Standard output's buffer, of which nothing is left then: what nobody reads any more would
    fail again when the interpreter ends, which makes that the exit status 120."""
    if sys.stdout is None:  # closed by the caller
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        os.dup2(nowhere, sys.stdout.fileno(), inheritable=False)
        os.close(nowhere)
    except OSError:
        pass  # a full disk, say: the interpreter fails again, says so, and its status is 120
