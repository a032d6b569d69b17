"""Hosts of a rule: one or more, each of a kind."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from byway_gui.presenters.rules import host_kinds
from byway_gui.words import tr

# Rows before they scroll.
_SHOWN = 5


class HostRows(QWidget):
    """`changed` when a user changed something. Rows without a text do not count."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[_Row] = []
        inner = QWidget()
        self._inner = QVBoxLayout(inner)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(inner)
        self.add = QPushButton(tr("Add &another host"))
        self.add.setAutoDefault(False)
        self.add.clicked.connect(self._added)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        layout.addWidget(self.add, alignment=Qt.AlignmentFlag.AlignLeft)
        self.show_hosts([])

    def hosts(self) -> tuple[tuple[str, str], ...]:
        found = [(row.kind.currentData(), row.name.text().strip()) for row in self.rows]
        return tuple((kind, name) for kind, name in found if name)

    def show_hosts(self, hosts: Sequence[tuple[str, str]]) -> None:
        """At least one row, so that there is a place to type."""
        wanted = list(hosts) or [(host_kinds()[0][0], "")]
        while len(self.rows) > len(wanted):
            self._drop(self.rows[-1])
        while len(self.rows) < len(wanted):
            self._append()
        for row, (kind, name) in zip(self.rows, wanted, strict=True):
            row.show_host(kind, name)
        self._fit()

    def focus(self) -> None:
        self.rows[0].name.setFocus()

    def _append(self) -> _Row:
        row = _Row()
        row.changed.connect(self.changed)
        row.remove.clicked.connect(lambda: self._removed(row))
        self.rows.append(row)
        self._inner.addWidget(row)
        return row

    def _added(self) -> None:
        row = self._append()
        row.show_host(self.rows[-2].kind.currentData(), "")
        self._fit()
        row.name.setFocus()
        # Once the new row has its place.
        self._area.verticalScrollBar().setValue(self._area.verticalScrollBar().maximum())

    def _removed(self, row: _Row) -> None:
        place = self.rows.index(row)
        self._drop(row)
        self._fit()
        self.rows[min(place, len(self.rows) - 1)].name.setFocus()
        self.changed.emit()

    def _drop(self, row: _Row) -> None:
        self.rows.remove(row)
        self._inner.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _fit(self) -> None:
        for row in self.rows:
            row.remove.setEnabled(len(self.rows) > 1)
        shown = min(len(self.rows), _SHOWN)
        height = self.rows[0].sizeHint().height() + self._inner.spacing()
        self._area.setFixedHeight(height * shown - self._inner.spacing())
        self._inner.activate()


class _Row(QWidget):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.kind = QComboBox()
        for kind, label in host_kinds():
            self.kind.addItem(label, kind)
        self.kind.setAccessibleName(tr("Kind of host"))
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Host"))
        self.name.setPlaceholderText("example.com")
        self.remove = QToolButton()
        self.remove.setText("\N{MINUS SIGN}")
        self.remove.setToolTip(tr("Remove this host"))
        self.remove.setAccessibleName(tr("Remove this host"))
        self.remove.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.kind.activated.connect(self.changed)
        self.name.textEdited.connect(self.changed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.kind)
        layout.addWidget(self.name, 1)
        layout.addWidget(self.remove)

    def show_host(self, kind: str, name: str) -> None:
        self.kind.setCurrentIndex(max(self.kind.findData(kind), 0))
        if self.name.text() != name:
            self.name.setText(name)
