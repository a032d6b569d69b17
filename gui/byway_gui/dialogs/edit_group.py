"""Adds or changes a group of upstreams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from byway_core.api.groups import check_group
from byway_core.api.targets import members_of
from byway_core.model.group import INTERVAL, TOLERANCE, GroupKind
from byway_gui.check_boxes import CheckBoxes
from byway_gui.dialogs.field_note import FieldNote, add_noted
from byway_gui.dialogs.tall_form import TallForm
from byway_gui.presenters.groups import kind_name, kind_sentence
from byway_gui.presenters.targets import target
from byway_gui.presenters.upstreams import problem_text
from byway_gui.words import tr

_KINDS = (GroupKind.SELECT, GroupKind.FALLBACK, GroupKind.URL_TEST, GroupKind.LOAD_BALANCE)
# Members shown without scrolling.
_LINES = 7


class _Members(QListWidget):
    """In an order that its user makes; `moved` by keys, up (-1) or down (1)."""

    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setItemDelegate(CheckBoxes(self))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.moved.emit(step)
        else:
            super().keyPressEvent(event)


class EditGroupDialog(QDialog):
    """`chosen` has the group's table for the profile. `table` None: a new one; `upstreams`: the
    names of those; `others`: the tables of the other groups."""

    chosen = Signal(dict)

    def __init__(
        self,
        table: Mapping[str, object] | None,
        upstreams: Sequence[str],
        others: Sequence[Mapping[str, object]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._upstreams, self._others = list(upstreams), list(others)
        self._tried = table is not None  # what is wrong with an empty form, nobody need be told
        title = (
            tr("Add a group") if table is None else tr("Edit {name}", name=table.get("name", ""))
        )
        self.setWindowTitle(title)
        self._make(table or {"type": GroupKind.SELECT.value})
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._judge)
        self.name.textEdited.connect(self._judge)
        self.test.textEdited.connect(self._judge)
        self.members.itemChanged.connect(self._judge)
        self.members.model().rowsMoved.connect(self._judge)
        self._judge()

    def table(self) -> dict[str, object]:
        """As it stands in the fields."""
        kind = self.kind.currentData()
        members = [
            item.data(Qt.ItemDataRole.UserRole)
            for item in self._items()
            if item.checkState() is Qt.CheckState.Checked
        ]
        table: dict[str, object] = {
            "name": self.name.text().strip(),
            "type": kind.value,
            "members": members,
        }
        if test := self.test.text().strip():
            table["test"] = test
        if kind is not GroupKind.SELECT and self.interval.value() != INTERVAL:
            table["interval"] = self.interval.value()
        if kind is GroupKind.URL_TEST and self.tolerance.value() != TOLERANCE:
            table["tolerance"] = self.tolerance.value()
        return table

    # -- its parts

    def _make(self, table: Mapping[str, object]) -> None:
        self.name = QLineEdit(str(table.get("name", "")))
        self.name.setPlaceholderText(tr("what rules call it, for example: office"))
        self.kind = QComboBox()
        for kind in _KINDS:
            self.kind.addItem(kind_name(kind), kind)
        known = [kind.value for kind in _KINDS]
        written = str(table.get("type", ""))
        self.kind.setCurrentIndex(known.index(written) if written in known else 0)
        self.members = _Members()
        self.members.moved.connect(self._move)
        self.members.setToolTip(tr("Drag, or press Ctrl+Up and Ctrl+Down, to put them in order."))
        height = self.members.fontMetrics().lineSpacing() + 6
        self.members.setMinimumHeight(height * _LINES)
        self._fill(members_of(table))
        self.test = QLineEdit(str(table.get("test", "")))
        self.test.setPlaceholderText("www.example.com:443")
        self.interval = _number(table.get("interval"), INTERVAL, (10, 86_400), tr("s", "seconds"))
        self.tolerance = _number(
            table.get("tolerance"), TOLERANCE, (0, 10_000), tr("ms", "milliseconds")
        )
        self.notes = {key: FieldNote() for key in ("name", "type", "members", "test")}

    def _fill(self, chosen: Sequence[str]) -> None:
        """Its members in their order, then all that may become one."""
        groups = [str(table.get("name", "")) for table in self._others]
        rest = [*self._upstreams, *groups, "DIRECT", "REJECT"]
        for name in dict.fromkeys([*chosen, *filter(None, rest)]):
            item = QListWidgetItem(target(name))
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
            checked = Qt.CheckState.Checked if name in chosen else Qt.CheckState.Unchecked
            item.setCheckState(checked)
            self.members.addItem(item)

    def _lay_out(self) -> None:
        body = QWidget()
        self.form = QFormLayout(body)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        add_noted(self.form, tr("&Name:"), self.name, self.notes["name"])
        add_noted(self.form, tr("&Chooses:"), self.kind, self.notes["type"])
        add_noted(self.form, tr("&Members:"), self.members, self.notes["members"])
        add_noted(self.form, tr("&Test by connecting to:"), self.test, self.notes["test"])
        self._every = add_noted(self.form, tr("Test &every:"), self.interval)
        self._faster = add_noted(self.form, tr("Change &only if faster by:"), self.tolerance)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Save | kinds.Cancel)
        self.save = buttons.button(kinds.Save)
        self.save.setText(tr("&Save"))
        buttons.button(kinds.Cancel).setText(tr("Cancel"))
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(TallForm(body), 1)
        layout.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 72)

    def _items(self) -> list[QListWidgetItem]:
        return [self.members.item(number) for number in range(self.members.count())]

    # -- what is done

    def _move(self, step: int) -> None:
        number = self.members.currentRow()
        to = number + step
        if number >= 0 and 0 <= to < self.members.count():
            item = self.members.takeItem(number)
            self.members.insertItem(to, item)
            self.members.setCurrentRow(to)
            self._judge()

    def _judge(self, *_: object) -> bool:
        """Say what is wrong beside each field; whether nothing is."""
        kind = self.kind.currentData()
        self.form.setRowVisible(self._every, kind is not GroupKind.SELECT)
        self.form.setRowVisible(self._faster, kind is GroupKind.URL_TEST)
        with QSignalBlocker(self.members):
            for item in self._items():
                self._offer(item, kind)
        errors = check_group(self.table(), self._upstreams, self._others).errors
        for key, note in self.notes.items():
            wrong = errors.get(key, ()) if self._tried else ()
            if wrong:
                note.say(problem_text(wrong[0]))
            else:
                note.say(kind_sentence(kind) if key == "type" else "", "muted")
        return not errors

    def _offer(self, item: QListWidgetItem, kind: GroupKind) -> None:
        """Only who chooses can choose that nothing goes anywhere."""
        is_refusal = item.data(Qt.ItemDataRole.UserRole) == "REJECT"
        can_be = not is_refusal or kind is GroupKind.SELECT
        item.setHidden(not can_be)
        if not can_be:
            item.setCheckState(Qt.CheckState.Unchecked)

    def _save(self) -> None:
        self._tried = True
        if self._judge():
            self.chosen.emit(self.table())
            self.accept()


def _number(value: object, usual: int, bounds: tuple[int, int], unit: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(*bounds)
    box.setSuffix(f" {unit}")
    box.setValue(value if isinstance(value, int) else usual)
    return box
