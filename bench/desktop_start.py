"""`python -m bench.desktop_start`: from the start of the desktop app to its window, and its memory.

An Xvfb of its own, a session bus of its own, a profile of 100 rules in a temporary folder. The time
runs from the start of the process until the X server says that a window with the app's name is
mapped (`xdotool search --sync --onlyvisible`, which looks every 30 ms or so). Memory is that of the
app's process two seconds later, without the engine, which is another one: RSS as `ps` shows it, PSS
with shared pages split among those who share them, and what belongs to it alone. The first start
fills the caches and does not count.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.report import as_text

SECONDS = 1.0
MEGABYTES = 90.0
_SETTLED = 2.0


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """The environment of a desktop that nobody sees."""
    reading, writing = os.pipe()
    screen = ["-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-displayfd", str(writing)]
    server = subprocess.Popen(["Xvfb", *screen], pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    bus = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    daemon = subprocess.Popen(bus, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        with open(reading) as number, tempfile.TemporaryDirectory(prefix="byway-bench-") as folder:
            assert daemon.stdout is not None
            yield os.environ | {
                "DISPLAY": f":{number.readline().strip()}",
                "DBUS_SESSION_BUS_ADDRESS": daemon.stdout.readline().strip(),
                **{f"XDG_{name}_HOME": folder for name in ("CONFIG", "STATE", "CACHE")},
                "XDG_RUNTIME_DIR": folder,
            }
    finally:
        for process in (daemon, server):
            process.terminate()
            process.wait()


def started(environment: dict[str, str], profile: Path) -> tuple[float, float, float, float]:
    """Seconds to the window; megabytes: RSS, PSS, its own."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "byway_gui", "--profile", str(profile)]
    app = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        search = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Byway$"]
        subprocess.run(search, env=environment, stdout=subprocess.DEVNULL, check=True, timeout=30)
        seconds = time.perf_counter() - began
        time.sleep(_SETTLED)
        rollup = Path(f"/proc/{app.pid}/smaps_rollup").read_text().splitlines()[1:]
        sizes = {line.split()[0]: int(line.split()[1]) / 1000 for line in rollup}
        own = sizes["Private_Clean:"] + sizes["Private_Dirty:"]
        return seconds, sizes["Rss:"], sizes["Pss:"], own
    finally:
        app.terminate()
        app.wait()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.desktop_start", description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="starts that count (5)")
    options = parser.parse_args(argv)
    with display() as environment, tempfile.TemporaryDirectory(prefix="byway-bench-") as folder:
        profile = Path(folder) / "profile.toml"
        rules = "".join(f'  "DOMAIN-SUFFIX,h{n}.example.com,DIRECT",\n' for n in range(100))
        profile.write_text(f"version = 1\nrules = [\n{rules}]\n[general]\nmixed_port = 7890\n")
        found = [started(environment, profile) for _ in range(options.times + 1)][1:]
    rows = [["", "median", "least", "most", "target"]]
    targets = (f"<= {SECONDS} s", f"<= {MEGABYTES:.0f} MB", "", "")
    names = ("start to window, s", "memory: RSS, MB", "... PSS, MB", "... its own, MB")
    for name, target, values in zip(names, targets, zip(*found, strict=True), strict=True):
        middle = statistics.median(values)
        rows.append([name, f"{middle:.2f}", f"{min(values):.2f}", f"{max(values):.2f}", target])
    print(as_text(rows))
    medians = [statistics.median(values) for values in zip(*found, strict=True)]
    return int(medians[0] > SECONDS or medians[1] > MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
