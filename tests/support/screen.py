"""An X server without a monitor, with a window manager, a panel with a tray, a pointer and keys."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support.byway import until
from tests.support.processes import program

# Pixels, with room for the app's main window and a panel.
WIDTH, HEIGHT = 1680, 1050
_PATIENCE = 40.0
# Pixels from a window's upper right corner to the middle of openbox's button that closes it.
_BUTTON = 10
# The tray alone: of a whole panel's parts, a clock's pictures would be others each minute.
_PANEL = """
panel_items = S
panel_monitor = all
panel_position = bottom center horizontal
panel_size = 100% 40
panel_layer = top
strut_policy = follow_size
systray_padding = 8 4 8
systray_sort = ascending
systray_icon_size = 24
"""


class Screen:
    """`environment` is for programs that are to be seen on it."""

    def __init__(self, display: str, folder: Path) -> None:
        self.display = display
        self._frame = folder / "Xvfb_screen0"

    @property
    def environment(self) -> dict[str, str]:
        return {"DISPLAY": self.display}

    def click(self, window: int, x: int, y: int, button: int = 1) -> None:
        """At a place of that X window, wherever its manager has put it."""
        place = ["mousemove", "--window", str(window), "--", str(x), str(y)]
        self._do(*place, "click", str(button))

    def close(self, window: int, width: int) -> None:
        """By the button that the window manager has put in the corner above it."""
        self.click(window, width - _BUTTON, -_BUTTON)

    def keys(self, *names: str) -> None:
        """Press one after the other: "ctrl+t", "Return"."""
        self._do("key", "--clearmodifiers", *names)

    def type(self, text: str) -> None:
        """ASCII: for other letters the keyboard would have to be given another layout."""
        assert text.isascii()
        self._do("type", "--clearmodifiers", "--delay", "1", text)

    def minimize(self, window: int) -> None:
        self._do("windowminimize", str(window))

    def windows(self, title: str) -> list[int]:
        """Those of exactly that title which are shown."""
        found = self._xdotool("search", "--onlyvisible", "--name", f"^{title}$")
        return [int(each) for each in found.stdout.split()]

    def picture(self, file: Path) -> None:
        """All that is seen now, as PNG."""
        file.write_bytes(_png(self._frame.read_bytes()))

    def _do(self, *words: str) -> None:
        done = self._xdotool(*words)
        assert done.returncode == 0, done.stderr

    def _xdotool(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program("xdotool"), *words],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )


@contextlib.contextmanager
def screen(folder: Path, before: Sequence[str] = ()) -> Iterator[Screen]:
    """The server alone; `before` are words to put before each command line, as for another user.
    The folder is its own, and that user's."""
    read, write = os.pipe()
    argv = [program("Xvfb"), "-displayfd", str(write), "-nolisten", "tcp", "-noreset"]
    argv += ["-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(folder)]
    with contextlib.ExitStack() as stack:
        with open(read) as numbers:
            try:
                stack.enter_context(_running(before, argv, folder, {}, keep=(write,)))
            finally:
                os.close(write)
            number = numbers.readline().strip()
        assert number, (folder / "Xvfb.log").read_text()
        yield Screen(f":{number}", folder)


@contextlib.contextmanager
def desktop(folder: Path, before: Sequence[str] = (), *, tray: bool = True) -> Iterator[Screen]:
    """`screen` with openbox and, unless somebody else is the tray, or comes later, `panel`."""
    with screen(folder, before) as shown, contextlib.ExitStack() as stack:
        environment = {**shown.environment, "HOME": str(folder)}
        argv = [program("openbox"), "--sm-disable"]
        stack.enter_context(_running(before, argv, folder, environment))
        if tray:
            stack.enter_context(panel(shown, folder, before))
        yield shown


@contextlib.contextmanager
def panel(shown: Screen, folder: Path, before: Sequence[str] = ()) -> Iterator[None]:
    """tint2 with a tray of the older kind (XEmbed), from when it takes icons."""
    config = folder / "tint2rc"
    config.write_text(_PANEL)
    environment = {**shown.environment, "HOME": str(folder)}
    with _running(before, [program("tint2"), "-c", str(config)], folder, environment):
        log = folder / "tint2.log"
        until(lambda: "systray started" in log.read_text(), "the panel has a tray", _PATIENCE)
        yield


@contextlib.contextmanager
def _running(
    before: Sequence[str],
    argv: Sequence[str],
    folder: Path,
    environment: dict[str, str],
    keep: Sequence[int] = (),
) -> Iterator[None]:
    """It ends with this block, or with this process."""
    with (folder / f"{Path(argv[0]).name}.log").open("wb") as log:
        process = subprocess.Popen(
            # Whoever becomes somebody else has no parent to die with any more: `before` first.
            [*before, program("setpriv"), "--pdeathsig", "KILL", *argv],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=keep,
        )
    with process:
        try:
            yield
        finally:
            process.terminate()  # politely: a server that is killed leaves its lock behind
            try:
                process.wait(_PATIENCE)
            finally:
                process.kill()


def _png(frame: bytes) -> bytes:
    """Of an X window dump (XWDFile.h), as the server keeps it: 32 bits a pixel, blue first."""
    fields = struct.unpack(">25I", frame[:100])
    header, width, height, line, colours = (fields[index] for index in (0, 4, 5, 12, 19))
    start = header + 12 * colours
    rows = bytearray()
    for y in range(height):
        row = frame[start + y * line : start + y * line + 4 * width]
        pixels = bytearray(3 * width)
        pixels[0::3], pixels[1::3], pixels[2::3] = row[2::4], row[1::4], row[0::4]
        rows += b"\0" + pixels

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(bytes(rows), 1)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
