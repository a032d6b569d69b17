"""Bytes per second up and down over the last two minutes, painted."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from byway_gui.presenters.traffic import Rate, Traffic, in_words, points, speed, top_of_axis
from byway_gui.theme import colour
from byway_gui.words import tr

_REPAINT = 1000  # milliseconds: as often as there is a new rate
_FILL = 0.25  # of the colour, below the line of what comes down
_LINE = 2.0


class TrafficGraph(QWidget):
    """Goes on by itself, once a second, and only while it is to be seen. `clock` is that of
    `add`."""

    def __init__(
        self, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._traffic = Traffic()
        self._clock = clock
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self.setAccessibleName(tr("Traffic of the last two minutes"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._describe()

    def add(self, up_total: int, down_total: int, when: float) -> None:
        """The bytes since the engine was turned on, at a time of the clock; about once a second.
        Where it is not called for some seconds there is a gap."""
        self._traffic.add(up_total, down_total, when)

    def in_words(self) -> str:
        now = self._clock()
        return in_words(self._traffic.current(now), self._traffic.highest(now))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 70, metrics.height() * 9)

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 40, metrics.height() * 7)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start(_REPAINT)
        self._describe()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _tick(self) -> None:
        self._describe()
        self.update()

    def _describe(self) -> None:
        words = self.in_words()
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
            self.setToolTip(words)
            event = QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
            QAccessible.updateAccessibility(event)

    # -- the picture: a line of legend, the plot with its axis at the left, the times below

    def paintEvent(self, event: QPaintEvent) -> None:
        now = self._clock()
        current, highest = self._traffic.current(now), self._traffic.highest(now)
        top = top_of_axis(highest)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.fontMetrics().height()
        left = self.fontMetrics().horizontalAdvance(speed(999_000_000)) + line / 2
        plot = QRectF(left, line * 1.75, self.width() - left - 1, self.height() - line * 3.25)
        self._paint_legend(painter, current, left)
        self._paint_axes(painter, plot, top, (0.0, 1.0) if highest is None else (0.0, 0.5, 1.0))
        painter.save()
        painter.setClipRect(plot.adjusted(0, -_LINE, 0, _LINE))
        painter.translate(plot.topLeft())
        for run in self._traffic.runs(now):
            self._paint_run(painter, run, now, top, plot)
        painter.restore()
        if highest is None:
            painter.setPen(colour("muted"))
            hint = tr("No traffic has been counted in the last two minutes.")
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, hint)
        painter.end()

    def _paint_legend(self, painter: QPainter, current: Rate | None, left: float) -> None:
        """By kind of line as well as by colour."""
        line, x = self.fontMetrics().height(), left
        for name, rate, pen in (
            (tr("Down"), current.down if current else None, _down()),
            (tr("Up"), current.up if current else None, _up()),
        ):
            painter.setPen(pen)
            painter.drawLine(QPointF(x, line * 0.5), QPointF(x + line * 1.5, line * 0.5))
            x += line * 2
            text = name if rate is None else f"{name} {speed(rate)}"
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            painter.drawText(QPointF(x, self.fontMetrics().ascent()), text)
            x += self.fontMetrics().horizontalAdvance(f"{name} {speed(999_000)}") + line * 2

    def _paint_axes(
        self, painter: QPainter, plot: QRectF, top: float, parts: tuple[float, ...]
    ) -> None:
        line = self.fontMetrics().height()
        painter.fillRect(plot, self.palette().color(QPalette.ColorRole.Base))
        grid = QPen(self.palette().color(QPalette.ColorRole.Mid), 0)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for part in parts:
            y = plot.bottom() - plot.height() * part
            painter.setPen(grid)
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(colour("muted"))
            label = QRectF(0, y - line / 2, plot.left() - line / 3, line)
            painter.drawText(label, right, speed(top * part))
        below = QRectF(plot.left(), plot.bottom() + line * 0.4, plot.width(), line)
        for where, text in (
            (Qt.AlignmentFlag.AlignLeft, tr("2 minutes ago")),
            (Qt.AlignmentFlag.AlignHCenter, tr("1 minute ago")),
            (Qt.AlignmentFlag.AlignRight, tr("now")),
        ):
            painter.drawText(below, where, text)

    def _paint_run(
        self, painter: QPainter, run: list[Rate], now: float, top: float, plot: QRectF
    ) -> None:
        for up, pen in ((False, _down()), (True, _up())):
            places = points(run, now, top, up=up, width=plot.width(), height=plot.height())
            line = QPolygonF([QPointF(x, y) for x, y in places])
            if not up:
                ground = [
                    QPointF(places[-1][0], plot.height()),
                    QPointF(places[0][0], plot.height()),
                ]
                fill = QColor(pen.color())
                fill.setAlphaF(_FILL)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(fill)
                painter.drawPolygon(QPolygonF([*line.toList(), *ground]))
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            painter.drawPolyline(line)


def _down() -> QPen:
    return QPen(colour("accent"), _LINE)


def _up() -> QPen:
    return QPen(colour("warn"), _LINE, Qt.PenStyle.DashLine)
