"""What pages are put together from: headings, facts, and texts that can be taken along."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from byway_gui.theme import colour
from byway_gui.words import tr

_HEADING = 1.15  # of the text's size
_MOUSE = Qt.TextInteractionFlag.TextSelectableByMouse


def heading(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * _HEADING)
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    return label


def prose(text: str = "", meaning: str = "") -> QLabel:
    """A text of any length, which can be selected; `meaning` is a colour's."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(_MOUSE)
    if meaning:
        tint(label, meaning)
    return label


def tint(label: QWidget, meaning: str) -> None:
    """A colour of the palette in force; to be given again when that changes."""
    palette = label.palette()
    palette.setColor(QPalette.ColorRole.WindowText, colour(meaning))
    label.setPalette(palette)


def section(title: str, *widgets: QWidget) -> QWidget:
    """A heading and what belongs to it."""
    whole = QWidget()
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(heading(title))
    for widget in widgets:
        layout.addWidget(widget)
    return whole


class Facts(QWidget):
    """Names on the left, what is so on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(self.fontMetrics().averageCharWidth() * 2)

    def show_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for row, (name, text) in enumerate(facts):
            label = QLabel(name)
            tint(label, "muted")
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(prose(text), row, 1)

    def text(self) -> str:
        """All of it, a line each."""
        rows = range(self._grid.rowCount())
        cells = [[self._cell(row, column) for column in (0, 1)] for row in rows]
        return "\n".join(f"{name}: {text}" for name, text in cells if name)

    def _cell(self, row: int, column: int) -> str:
        item = self._grid.itemAtPosition(row, column)
        label = item.widget() if item is not None else None
        return label.text() if isinstance(label, QLabel) else ""


class CommandLines(QWidget):
    """Lines for a terminal, and a button that copies them."""

    def __init__(self, lines: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = lines
        label = prose(lines)
        label.setAccessibleName(tr("Commands for a terminal"))
        font = label.font()
        font.setFamilies(["monospace"])
        font.setStyleHint(QFont.StyleHint.Monospace)
        label.setFont(font)
        self.button = QPushButton(tr("Copy command") if "\n" not in lines else tr("Copy commands"))
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._copy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label, 1)
        layout.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignTop)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.lines)
        self.button.setText(tr("Copied"))
