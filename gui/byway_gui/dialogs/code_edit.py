"""A text with line numbers and underlined faults."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QFontDatabase,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from byway_core.model.errors import Problem
from byway_gui.theme import colour

# Underlines beyond these cost time at every key and are read by nobody.
_UNDERLINED = 200


class CodeEdit(QPlainTextEdit):
    """One line of text a line on the screen, in a font of one width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self._wrong: frozenset[int] = frozenset()
        self._margin = _Margin(self)
        self.blockCountChanged.connect(self._fit)
        self.updateRequest.connect(self._scrolled)
        self._fit()

    def mark(self, problems: Sequence[Problem]) -> None:
        """Underline what is wrong; warnings in another colour."""
        self._wrong = frozenset(each.line for each in problems if not each.warning)
        marks = []
        for problem in problems[:_UNDERLINED]:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = self._word_at(problem)
            selection.format = _underlined(problem)
            marks.append(selection)
        self.setExtraSelections(marks)
        self._margin.update()

    def go_to(self, line: int, column: int) -> None:
        """Put the cursor there, both from 1, and let the user type."""
        block = self.document().findBlockByNumber(line - 1)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + min(max(column - 1, 0), block.length() - 1))
        self.setTextCursor(cursor)
        self.centerCursor()
        self.setFocus()

    def _word_at(self, problem: Problem) -> QTextCursor:
        block = self.document().findBlockByNumber(problem.line - 1)
        text = block.text()
        start = min(max(problem.column - 1, 0), len(text))
        end = next((at for at in range(start, len(text)) if text[at] in ",()"), len(text))
        if end == start:  # something is missing here: mark what stands before it
            start = max(start - 1, 0)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + start)
        cursor.setPosition(block.position() + max(end, start), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    # -- line numbers

    def margin_width(self) -> int:
        digits = max(len(str(self.blockCount())), 2)
        return self.fontMetrics().horizontalAdvance("9") * (digits + 2)

    def paint_margin(self, event: QPaintEvent) -> None:
        painter = QPainter(self._margin)
        painter.fillRect(event.rect(), self.palette().alternateBase())
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        right = self._margin.width() - self.fontMetrics().horizontalAdvance("9")
        muted, bad = colour("muted"), colour("bad")
        while block.isValid() and top <= event.rect().bottom():
            number = block.blockNumber() + 1
            painter.setPen(bad if number in self._wrong else muted)
            line = QRect(0, round(top), right, self.fontMetrics().height())
            painter.drawText(line, Qt.AlignmentFlag.AlignRight, str(number))
            top += self.blockBoundingRect(block).height()
            block = block.next()
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._margin.setGeometry(inside.left(), inside.top(), self.margin_width(), inside.height())

    def _fit(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)
        inside = self.contentsRect()
        self._margin.setGeometry(inside.left(), inside.top(), self.margin_width(), inside.height())

    def _scrolled(self, area: QRect, by: int) -> None:
        if by:
            self._margin.scroll(0, by)
        else:
            self._margin.update(0, area.y(), self._margin.width(), area.height())


class _Margin(QWidget):
    """Paints what its editor says."""

    def __init__(self, editor: CodeEdit) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_margin(event)


def _underlined(problem: Problem) -> QTextCharFormat:
    drawn = QTextCharFormat()
    drawn.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    drawn.setUnderlineColor(colour("warn" if problem.warning else "bad"))
    return drawn
