"""Python's cyclic garbage is collected on the GUI's thread, and nowhere else.

The collector runs in whichever thread happens to allocate; the engine has some for libc's lookups
and for keyrings. Where such a thread finds a QObject in a cycle, it destroys it in the wrong
thread, and Qt crashes.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

# Milliseconds between looks. At 2,000 new connections a second, 200 of them have become garbage
# by then: about a megabyte.
_INTERVAL = 100


def collect_here(parent: QObject) -> None:
    """From now on, until the process ends; called once, on the GUI's thread."""
    gc.disable()
    gc.freeze()  # what is there by now, mostly modules, stays: it need not be looked through again
    timer = QTimer(parent)
    timer.timeout.connect(_collect)
    timer.start(_INTERVAL)


def _collect() -> None:
    """What the interpreter does by itself: the oldest generation whose threshold is passed."""
    for generation in (2, 1, 0):
        threshold = gc.get_threshold()[generation]
        if threshold and gc.get_count()[generation] > threshold:
            gc.collect(generation)
            return
