"""The application's icon under the names by which desktops find it, from byway_resources' SVGs.

The states' icons are not here: the app sends them to the tray as pictures.
"""

from __future__ import annotations

import byway_resources

# Pixels. From a menu's smallest to a software centre's; 256 is what AppImage launchers take.
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def vector_icons() -> dict[str, bytes]:
    """Place below a share folder -> SVG."""
    name = byway_resources.APPLICATION
    return {
        f"icons/hicolor/scalable/apps/{name}.svg": byway_resources.icon("byway"),
        f"icons/hicolor/symbolic/apps/{name}-symbolic.svg": byway_resources.icon("byway-symbolic"),
    }


def pictures() -> dict[str, bytes]:
    """Place below a share folder -> PNG, for desktops that draw no SVG. Takes PySide6."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODeviceBase, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray(byway_resources.icon("byway")))
    found = {}
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        buffer = QBuffer()
        buffer.open(QIODeviceBase.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload] # a format is text
        place = f"icons/hicolor/{size}x{size}/apps/{byway_resources.APPLICATION}.png"
        found[place] = bytes(buffer.data().data())
    return found
