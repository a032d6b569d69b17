"""Which DNS servers are asked: the system's, or a list of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QRadioButton, QVBoxLayout, QWidget

from byway_gui.dialogs.server_rows import ServerRows
from byway_gui.words import tr


class ServerList(QWidget):
    """`chosen` has a list that is right, empty for the system's servers, each time its user has
    made another one. `upstreams`: what a server may be asked through."""

    chosen = Signal(list)

    def __init__(
        self, upstreams: Callable[[], Sequence[str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.system = QRadioButton(tr("The s&ystem's own servers"))
        self.own = QRadioButton(tr("T&hese servers, and no others:"))
        self.rows = ServerRows(upstreams)
        layout = QVBoxLayout(self)
        layout.addWidget(self.system)
        layout.addWidget(self.own)
        layout.addWidget(self.rows)
        layout.addStretch(1)
        self.system.clicked.connect(lambda: self.chosen.emit([]))
        self.own.clicked.connect(self._turn)
        self.rows.chosen.connect(self.chosen)

    def show_servers(self, servers: Sequence[object]) -> None:
        self.rows.show_values(servers)
        (self.own if servers else self.system).setChecked(True)
        self._fit()

    def _turn(self) -> None:
        """To a list that is still empty: nothing is chosen before the first server is there."""
        self._fit()
        self.rows.field.setFocus()

    def _fit(self) -> None:
        self.rows.setVisible(self.own.isChecked())
