"""Columns that share their table's width, until the user sets one of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHeaderView, QTableView

from byway_gui.presenters.column_widths import Width, shares

C = TypeVar("C", bound=IntEnum)


class ElasticColumns(QObject):
    """`widths` are in average characters of the font, so that they fit at every scale; no column
    gets narrower than its head."""

    def __init__(self, view: QTableView, widths: Mapping[C, Width]) -> None:
        super().__init__(view)
        self._view, self._header, self._widths = view, view.horizontalHeader(), widths
        self._ours = False  # it is not the user who changes a width now
        self._on = True
        self._header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._header.setStretchLastSection(False)
        self._header.sectionResized.connect(self._resized)
        view.viewport().installEventFilter(self)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        if not self._on:
            return
        character = self._view.fontMetrics().averageCharWidth()
        columns = [
            Width(
                max(width.least * character, head := self._header.sectionSizeHint(column)),
                max(width.wanted * character, head),
                width.parts,
            )
            for column, width in self._widths.items()
        ]
        self._ours = True
        room = self._view.viewport().width()
        for column, share in zip(self._widths, shares(columns, room), strict=True):
            self._view.setColumnWidth(column, share)
        self._ours = False

    def _resized(self) -> None:
        if not self._ours:
            self._on = False
