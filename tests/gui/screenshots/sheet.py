"""One picture of many, each with its name beneath."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

CELL = QSize(560, 360)
COLUMNS = 4
LINE = 28
GAP = 12


def sheet(pictures: Sequence[Path], file: Path) -> None:
    rows = -(-len(pictures) // COLUMNS)
    step = QSize(CELL.width() + GAP, CELL.height() + LINE + GAP)
    whole = QImage(
        step.width() * COLUMNS + GAP, step.height() * rows + GAP, QImage.Format.Format_RGB32
    )
    whole.fill(QColor("#808488"))
    painter = QPainter(whole)
    painter.setPen(QColor("#ffffff"))
    for number, picture in enumerate(pictures):
        row, column = divmod(number, COLUMNS)
        left, top = GAP + column * step.width(), GAP + row * step.height()
        small = QImage(str(picture)).scaled(
            CELL, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        small.setDevicePixelRatio(1)
        painter.drawImage(left, top, small)
        words = QRect(left, top + CELL.height(), CELL.width(), LINE)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, picture.stem)
    painter.end()
    whole.save(str(file))
