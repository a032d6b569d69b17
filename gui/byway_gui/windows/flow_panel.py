"""All there is to know of one connection, beside the list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QFont,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
    QTextTableFormat,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from byway_gui.presenters.flow_details import Fact
from byway_gui.theme import colour
from byway_gui.words import tr


class FlowPanel(QTextEdit):
    """Text in a document of its own, so that it can be selected as one. Only values that are others
    are replaced, and what a user has selected stays selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: list[Fact] = []
        self._table: QTextTable | None = None
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setAccessibleName(tr("Details of the connection"))
        self.setPlaceholderText(tr("Choose a connection to see all that is known of it."))

    def show_facts(self, facts: list[Fact]) -> None:
        """None of them where no connection is chosen."""
        before, self._facts = self._facts, facts
        if self._table is not None and _labels(before) == _labels(facts):
            edit = QTextCursor(self.document())
            edit.beginEditBlock()  # laid out once
            for row, (old, new) in enumerate(zip(before, facts, strict=True)):
                if old != new:
                    self._write(row, new[1])
            edit.endEditBlock()
            return
        self._build()

    def _build(self) -> None:
        place = self.verticalScrollBar().value()
        self.clear()
        self._table = None
        if not self._facts:
            return
        shape = QTextTableFormat()
        shape.setBorder(0)
        shape.setCellPadding(self.fontMetrics().height() / 8)
        shape.setCellSpacing(0)
        shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        label_width = max(self.fontMetrics().horizontalAdvance(label) for label, _ in self._facts)
        shape.setColumnWidthConstraints(
            [
                QTextLength(
                    QTextLength.Type.FixedLength, label_width + self.fontMetrics().height()
                ),
                QTextLength(QTextLength.Type.VariableLength, 0),
            ]
        )
        self._table = self.textCursor().insertTable(len(self._facts), 2, shape)
        muted = QTextCharFormat()
        muted.setForeground(colour("muted"))
        for row, (label, value) in enumerate(self._facts):
            self._table.cellAt(row, 0).firstCursorPosition().insertText(label, muted)
            strong = QTextCharFormat()
            if row == 0:
                strong.setFontWeight(QFont.Weight.DemiBold)
            self._table.cellAt(row, 1).firstCursorPosition().insertText(value, strong)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(place)

    def _write(self, row: int, value: str) -> None:
        assert self._table is not None  # noqa: S101 - only called after `_build`
        cell = self._table.cellAt(row, 1)
        cursor = cell.firstCursorPosition()
        shape = cursor.charFormat()
        cursor.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(value, shape)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self._build()


def _labels(facts: list[Fact]) -> list[str]:
    return [label for label, _ in facts]
