"""`byway --version`: this Byway's own, and those of the two languages that it speaks with others,
which must be the same on both sides."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from byway_core.version import __version__


class ShowVersions(argparse._VersionAction):
    """In place of argparse's own, which must know the text before it is wanted."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        """Print, and end with 0."""
        print("\n".join(versions()))
        parser.exit()


def versions() -> list[str]:
    """Lines; the first is for scripts."""
    from byway_core.api.wire import PROTOCOL
    from byway_helper.contract import VERSION

    return [
        f"byway {__version__}",
        f"contract with the helper: {VERSION} (the helper: {_helper()})",
        f"protocol of the control socket: {PROTOCOL}",
    ]


def _helper() -> str:
    """The version that it has, where it runs: it is not started for this question."""
    import asyncio

    from byway_core.cli.standing import HELPERS_SERVICE, standing
    from byway_core.coexistence.bus import owner
    from byway_helper.protocol import BUS_NAME

    if asyncio.run(owner(BUS_NAME, 1.0)) is None:
        return "installed, not running" if Path(HELPERS_SERVICE).exists() else "not installed"
    there = asyncio.run(standing())
    return "running, and does not answer" if there is None else str(there.helper)
