"""What pages are put together from: headings, facts, and texts that can be taken along."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt
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


def heading(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * _HEADING)
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    return label


class Prose(QLabel):
    """A text of any length, which can be selected. `meaning` is a colour's (`theme.colour`), kept
    when the palette changes."""

    def __init__(self, text: str = "", meaning: str = "", *, bold: bool = False) -> None:
        super().__init__(text)
        self._meaning = meaning
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if bold:
            font = self.font()
            font.setBold(True)
            self.setFont(font)
        self._tint()

    def mean(self, meaning: str) -> None:
        """Another colour's from here on; "" for that of any text."""
        self._meaning = meaning
        if not meaning:
            self.setPalette(QPalette())
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        palette, role = self.palette(), QPalette.ColorRole.WindowText
        if self._meaning and palette.color(role) != colour(self._meaning):  # else without end
            palette.setColor(role, colour(self._meaning))
            self.setPalette(palette)


def section(title: str, *widgets: QWidget) -> QWidget:
    """A heading and what belongs to it."""
    whole = QWidget()
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(heading(title))
    for widget in widgets:
        layout.addWidget(widget)
    return whole


def holder() -> QWidget:
    """A place for widgets that come and go."""
    place = QWidget()
    QVBoxLayout(place).setContentsMargins(0, 0, 0, 0)
    return place


def fill(place: QWidget, widgets: Iterable[QWidget]) -> None:
    """Put these into a holder, in place of what was there; without any it is hidden."""
    layout = place.layout()
    assert layout is not None  # noqa: S101 - `holder` made it
    while (item := layout.takeAt(0)) is not None:
        if (old := item.widget()) is not None:
            old.hide()
            old.deleteLater()
    for widget in widgets:
        layout.addWidget(widget)
    place.setVisible(layout.count() > 0)


class StillWheel(QObject):
    """A filter for choices and numbers on a page that scrolls: the wheel is the page's, and changes
    nothing that it happens to pass."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)


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
            label = Prose(name, "muted")
            label.setWordWrap(False)
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(Prose(text), row, 1)

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
        label = Prose(lines)
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
