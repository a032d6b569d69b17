"""Asks where the rules of an upstream go when it is removed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from byway_gui.words import tr, tr_n

# Rules shown without scrolling.
_LINES = 8


class RemoveUpstreamDialog(QDialog):
    """`chosen` has the target that the rules get. `rules`: their places from 0 and texts;
    `targets`: where they can go, the first of them at first."""

    chosen = Signal(str)

    def __init__(
        self,
        name: str,
        rules: Sequence[tuple[int, str]],
        targets: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Remove {name}", name=name))
        about = QLabel(
            tr_n(
                "{n} rule sends connections through {name}:",
                "{n} rules send connections through {name}:",
                len(rules),
                name=name,
            )
        )
        self.rules = QListWidget()
        self.rules.setAccessibleName(tr("Rules that name this upstream"))
        self.rules.addItems([f"{place + 1}: {text}" for place, text in rules])
        height = self.rules.fontMetrics().lineSpacing() + 4
        self.rules.setMinimumHeight(height * min(len(rules) + 1, _LINES))
        self.targets = QComboBox()
        for target in targets:
            self.targets.addItem(_words(target), target)
        form = QFormLayout()
        form.addRow(tr("From now on they &go:"), self.targets)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("Cancel"))
        self.remove = buttons.addButton(tr("&Remove"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: self.chosen.emit(self.targets.currentData()))
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.rules, 1)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 64)
        self.targets.setFocus()


def _words(target: str) -> str:
    match target:
        case "REJECT":
            return tr("nowhere: they are refused (REJECT)")
        case "DIRECT":
            return tr("directly, without a proxy (DIRECT)")
    return tr("through {name}", name=target)
