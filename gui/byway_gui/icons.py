"""Our SVGs as icons."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import byway_resources

# From a tray's smallest to a task switcher's at twice the resolution.
_SIZES = (16, 22, 24, 32, 48, 64, 128)


@cache
def icon(name: str) -> QIcon:
    """One of `byway_resources/icons`, drawn at every size that desktops ask for: a tray on another
    process's panel gets pictures, never the SVG."""
    renderer = QSvgRenderer(QByteArray(byway_resources.icon(name)))
    drawn = QIcon()
    for size in _SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter)
        painter.end()
        drawn.addPixmap(pixmap)
    return drawn
