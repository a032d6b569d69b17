"""Above the list of connections: which of them are wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QWidget,
)

from byway_gui.presenters.flow_filter import Filter, Stand, words_of
from byway_gui.presenters.flows import program
from byway_gui.words import tr

# The width that three buttons have room for from the start: they do not move as counts grow.
_MOST = 9_999
# Of a command line, in the list of programs.
_LONGEST = 60


class FlowFilterBar(QWidget):
    """`changed` when another set is wanted; `left` when the user goes on from the line to the
    list."""

    changed = Signal()
    left = Signal()

    def __init__(self, columns: Callable[[], QMenu], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self.stands = {stand: QPushButton() for stand in (Stand.LIVE, Stand.ENDED, Stand.ALL)}
        group = QButtonGroup(self)
        for stand, button in self.stands.items():
            button.setCheckable(True)
            group.addButton(button)
            button.setText(_stand_text(stand, _MOST))
            _embolden(button, True)
            button.setMinimumWidth(button.sizeHint().width())
            _embolden(button, False)
            button.toggled.connect(partial(_embolden, button))
        self.stands[Stand.ALL].setChecked(True)
        self.program = QComboBox()
        self.program.setAccessibleName(tr("Program"))
        self.program.setMinimumContentsLength(14)
        self.program.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.line = _Line()
        self.line.setPlaceholderText(tr("Filter by name, address, program, rule"))
        self.line.setAccessibleName(tr("Filter"))
        self.line.setToolTip(tr("Each word must be found, in any of these (Ctrl+F)"))
        self.line.setClearButtonEnabled(True)
        self.columns = QPushButton(tr("Colum&ns"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for each in self.stands.values():
            layout.addWidget(each)
        layout.addWidget(self.program)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.columns)
        self.show_programs([])
        group.buttonToggled.connect(self._toggled)
        self.program.currentIndexChanged.connect(self.changed)
        self.line.textChanged.connect(self.changed)
        self.line.left.connect(self.left)
        self.columns.clicked.connect(self._open_columns)

    # -- what is wanted

    @property
    def filter(self) -> Filter:
        return Filter(words_of(self.line.text()), self.program.currentData())

    @property
    def stand(self) -> Stand:
        return next(stand for stand, button in self.stands.items() if button.isChecked())

    def want(self, stand: Stand) -> None:
        self.stands[stand].setChecked(True)

    def clear(self) -> None:
        """No words and any program; told once."""
        was = self.blockSignals(True)
        self.line.clear()
        self.program.setCurrentIndex(0)
        self.blockSignals(was)
        self.changed.emit()

    def focus_line(self) -> None:
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    # -- what there is

    def show_counts(self, counts: Mapping[Stand, int]) -> None:
        for stand, button in self.stands.items():
            text = _stand_text(stand, counts[stand])
            if text != button.text():
                button.setText(text)

    def show_programs(self, commands: Sequence[str]) -> None:
        """The chosen one stays, also when nothing of it is known any more."""
        chosen = self.program.currentData()
        names = sorted({*commands, *([] if chosen is None else [chosen])})
        was = self.program.blockSignals(True)
        self.program.clear()
        self.program.addItem(tr("All programs"), None)
        for command in names:
            text = program(command) if command else tr("Program not known")
            self.program.addItem(_short(text), command)
            self.program.setItemData(self.program.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
        self.program.setCurrentIndex(0 if chosen is None else names.index(chosen) + 1)
        self.program.blockSignals(was)

    def _toggled(self, button: QPushButton, on: bool) -> None:
        if on:
            self.changed.emit()

    def _open_columns(self) -> None:
        self._columns().popup(self.columns.mapToGlobal(self.columns.rect().bottomLeft()))


class _Line(QLineEdit):
    """Escape clears it; Return and Down go on."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape if self.text():
                self.clear()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Down:
                self.left.emit()
            case _:
                super().keyPressEvent(event)


def _embolden(button: QPushButton, on: bool) -> None:
    """The pressed one is hard to tell from the others in the dark."""
    font = button.font()
    font.setBold(on)
    button.setFont(font)


def _stand_text(stand: Stand, n: int) -> str:
    match stand:
        case Stand.LIVE:
            return tr("L&ive ({n})", n=f"{n:,}")
        case Stand.ENDED:
            return tr("&Ended ({n})", n=f"{n:,}")
    return tr("&All ({n})", n=f"{n:,}")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
