"""`byway`, `byway-desktop`, also `python -m byway_gui`: the desktop app's command line."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Run the app; its exit status."""
    options = command_line().parse_args(argv)
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        print("There is no display here. `byway run` and `byway serve` need none.", file=sys.stderr)
        return 1
    if options.temp_dirs:
        with tempfile.TemporaryDirectory(prefix="byway-") as folder:
            os.environ["XDG_CONFIG_HOME"] = folder
            return _run(options)
    return _run(options)


def command_line() -> argparse.ArgumentParser:
    """The grammar of `byway-desktop`; see `byway_core.cli.command_line`."""
    parser = argparse.ArgumentParser(
        prog="byway-desktop", description="Shows what goes where, and turns Byway on and off."
    )
    parser.add_argument("--profile", metavar="FILE", help="the profile (default: your own)")
    parser.add_argument(
        "--minimized", action="store_true", help="start in the tray, where there is one"
    )
    parser.add_argument(
        "--toggle",
        action="store_true",
        help="turn Byway on, or off where it is on; starts in the tray what does not run yet",
    )
    parser.add_argument(
        "--in-process",
        action="store_true",
        help="serve the local port from this process; for looking into Byway itself",
    )
    parser.add_argument(
        "--temp-dirs",
        action="store_true",
        help="try it out: profile and settings in a temporary folder, removed at the end",
    )
    return parser


def _run(options: argparse.Namespace) -> int:
    _load_asyncio()
    try:
        from byway_gui.session import run
    except ImportError as error:
        print(
            f"The desktop app needs PySide6 and qasync, as in byway[gui]: {error}", file=sys.stderr
        )
        return 1
    return run(
        Path(options.profile).absolute() if options.profile else None,
        minimized=options.minimized or options.toggle,
        toggle=options.toggle,
        in_process=options.in_process,
        only_one=not options.temp_dirs,
    )


def _load_asyncio() -> None:
    """Without OpenSSL, which takes 5 MB: asyncio goes without it, and only tests of upstreams speak
    TLS here, by themselves."""
    sys.modules["ssl"] = None  # type: ignore[assignment] # so it is not found
    import asyncio  # noqa: F401

    del sys.modules["ssl"]


if __name__ == "__main__":
    sys.exit(main())
