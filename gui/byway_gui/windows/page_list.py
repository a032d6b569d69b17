"""The list of pages at the window's left."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from byway_gui.words import tr

# How much of the highlight's colour the shown page has while the keyboard is elsewhere, and the one
# beneath the pointer.
_SHOWN, _HOVERED = 0.22, 0.1


class PageList(QListWidget):
    """The shown page is marked, strongly only while the list has the keyboard: beside it, what is
    chosen on the page is to be seen first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Pages"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.setMouseTracking(True)
        self.setItemDelegate(_Mark(self))

    def add(self, title: str) -> None:
        item = QListWidgetItem(title, self)
        line = self.fontMetrics().height()
        item.setSizeHint(QSize(0, line * 2 + 2))
        width = self.fontMetrics().horizontalAdvance(title) + line * 2
        self.setFixedWidth(max(width, self.width() if self.count() > 1 else 0))


class _Mark(QStyledItemDelegate):
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        state, palette = option.state, option.palette
        shown = bool(state & QStyle.StateFlag.State_Selected)
        strong = shown and isinstance(view := option.widget, QWidget) and view.hasFocus()
        line = option.fontMetrics.height()
        place = QRectF(option.rect).adjusted(0, 1, -line / 4, -1)
        ground = QColor(palette.color(QPalette.ColorRole.Highlight))
        if not strong:
            hovered = bool(state & QStyle.StateFlag.State_MouseOver)
            ground.setAlphaF(_SHOWN if shown else _HOVERED if hovered else 0.0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(place, line / 4, line / 4)
        role = QPalette.ColorRole.HighlightedText if strong else QPalette.ColorRole.WindowText
        painter.setPen(palette.color(role))
        font = option.font
        font.setBold(shown)
        painter.setFont(font)
        words = place.adjusted(line * 0.6, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        painter.restore()
