"""The buttons below what is edited."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox

from byway_gui.words import tr


def save_or_cancel(dialog: QDialog) -> QDialogButtonBox:
    """They accept and reject the dialog."""
    kinds = QDialogButtonBox.StandardButton
    buttons = QDialogButtonBox(kinds.Save | kinds.Cancel)
    buttons.button(kinds.Save).setText(tr("&Save"))
    buttons.button(kinds.Cancel).setText(tr("Cancel"))
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons
