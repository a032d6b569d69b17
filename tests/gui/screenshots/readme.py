"""`python -m tests.gui.screenshots.readme [FOLDER]`: the pictures of the README, made small from
those that `./dev screenshots [FOLDER]` has taken."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, qRgb
from tests.gui.screenshots.__main__ import ROOT

PICTURES = {
    "rules": "light-full-1-rules",
    "connections": "dark-full-2-connections",
    "status": "light-full-5-status",
    "first-steps": "dark-empty-first-3-rules-through",
}
# Text with its edges needs some dozen shades.
COLOURS, ALIKE = 64, 10
MOST_BYTES = 60_000


def main(folder: Path) -> None:
    images = ROOT / "docs" / "images"
    images.mkdir(exist_ok=True)
    for name, picture in PICTURES.items():
        file = images / f"{name}.png"
        small(QImage(str(folder / "en-100" / f"{picture}.png"))).save(str(file), "PNG", 0)
        assert file.stat().st_size < MOST_BYTES, f"{file} has {file.stat().st_size} bytes"
        print(f"{file}: {file.stat().st_size} bytes")


def small(picture: QImage) -> QImage:
    """With the colours that it has most of, no two of them alike; others become the nearest."""
    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    seen = Counter(plain.pixel(x, y) for x in range(plain.width()) for y in range(plain.height()))
    table: list[int] = []
    for colour, _ in seen.most_common():
        if len(table) < COLOURS and all(_apart(colour, other) for other in table):
            table.append(_opaque(colour))
    flags = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return plain.convertToFormat(QImage.Format.Format_Indexed8, table, flags)


def _apart(one: int, other: int) -> bool:
    return any(abs((one >> place & 255) - (other >> place & 255)) > ALIKE for place in (0, 8, 16))


def _opaque(colour: int) -> int:
    return qRgb(colour >> 16 & 255, colour >> 8 & 255, colour & 255)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "screenshots")
