"""What stands in the table's place while it shows no rule."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout

from byway_gui.words import tr


class RulesEmpty(QFrame):
    """Looks like the table's ground."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setForegroundRole(QPalette.ColorRole.Text)
        self.add = QPushButton(tr("Add a ru&le"))
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(self.text)
        layout.addWidget(self.add, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)

    def show_no_rules(self) -> None:
        self.text.setText(
            tr(
                "No rules yet: everything goes directly. A rule sends hosts, addresses or ports "
                "through an upstream, or refuses them; the first that matches decides."
            )
        )
        self.add.show()

    def show_no_profile(self) -> None:
        self.text.setText(tr("There is no profile yet, or it cannot be read."))
        self.add.hide()

    def show_not_found(self, words: str) -> None:
        self.text.setText(tr("No rule contains “{words}”.", words=words))
        self.add.hide()
