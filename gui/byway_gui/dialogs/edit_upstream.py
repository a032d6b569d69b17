"""Adds or changes an upstream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from byway_gui.dialogs.tall_form import TallForm
from byway_gui.dialogs.upstream_fields import UpstreamFields
from byway_gui.secrets import Secrets
from byway_gui.words import tr


class EditUpstreamDialog(QDialog):
    """`chosen` has the upstream's table for the profile; by then a new password is where the table
    says. `table` None: a new one; `others`: the names of the other upstreams; `folder`: the
    profile's."""

    chosen = Signal(dict)

    def __init__(
        self,
        table: Mapping[str, object] | None,
        others: Sequence[str],
        secrets: Secrets,
        profile: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        title = (
            tr("Add an upstream")
            if table is None
            else tr("Edit {name}", name=table.get("name", ""))
        )
        self.setWindowTitle(title)
        self.fields = UpstreamFields(table, others, secrets, profile)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Save | buttons.Cancel)
        self.save = self.buttons.button(buttons.Save)
        self.save.setText(tr("&Save"))
        self.buttons.button(buttons.Cancel).setText(tr("Cancel"))
        self.tall = TallForm(self.fields)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tall, 1)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 72)
        self.buttons.accepted.connect(self.fields.save)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(self.fields.stop_waiting)
        self.fields.again.connect(self.fields.save)
        self.fields.waiting.connect(self.save.setDisabled)
        self.fields.wrong.connect(self.tall.ensureWidgetVisible)
        self.fields.chosen.connect(self._choose)

    def _choose(self, table: dict[str, object]) -> None:
        self.chosen.emit(table)
        self.accept()
