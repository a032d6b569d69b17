"""What a person can read on widgets, and the keys that labels promise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QStackedWidget,
    QTableView,
    QWidget,
)

_ROLE = Qt.ItemDataRole
_ROLES = (_ROLE.DisplayRole, _ROLE.ToolTipRole, _ROLE.AccessibleTextRole)


def texts(root: QWidget) -> Iterator[str]:
    """Of a widget, all within it, and all that their actions and models say; hidden ones too."""
    for widget in _all(root):
        yield from _of(widget)
        for action in widget.actions():
            yield from (action.text(), action.toolTip())


def faces(root: QWidget) -> Iterator[list[QWidget]]:
    """What can be seen at one time: all within it, or each page of its stack in turn."""
    stack = root.findChild(QStackedWidget)
    pages = [stack.widget(number) for number in range(stack.count())] if stack is not None else []
    whole = root.findChildren(QWidget)
    for page in pages or [None]:
        others = [each for each in pages if each is not page]
        yield [
            each
            for each in whole
            if each not in others and not any(other.isAncestorOf(each) for other in others)
        ]


def mnemonics(widgets: Iterable[QWidget]) -> Iterator[tuple[str, str]]:
    """(key, label) of each that takes one: buttons, labels with a buddy, group boxes."""
    for widget in widgets:
        match widget:
            case QAbstractButton():
                label = widget.text()
            case QLabel() if widget.buddy() is not None:
                label = widget.text()
            case QGroupBox():
                label = widget.title()
            case _:
                continue
        yield from _key(label)


def menu_mnemonics(actions: Iterable[QAction]) -> Iterator[tuple[str, str]]:
    """Of one menu, without those that open from it."""
    for action in actions:
        yield from _key(action.text())


def clashes(keys: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """(key, label, other label) of those that promise the same key."""
    known: dict[str, str] = {}
    found = []
    for key, label in keys:
        if key in known:
            found.append((key, known[key], label))
        known.setdefault(key, label)
    return found


def _key(label: str) -> Iterator[tuple[str, str]]:
    key = QKeySequence.mnemonic(label).toString()
    if key:
        yield key, label


def _all(root: QWidget) -> list[QWidget]:
    return [root, *root.findChildren(QWidget)]


def _of(widget: QWidget) -> Iterator[str]:
    yield from (
        widget.windowTitle(),
        widget.toolTip(),
        widget.accessibleName(),
        widget.accessibleDescription(),
    )
    match widget:
        case QAbstractButton() | QLabel():
            yield widget.text()
        case QLineEdit():
            yield widget.placeholderText()
        case QPlainTextEdit():
            yield widget.placeholderText()
        case QGroupBox() | QMenu():
            yield widget.title()
        case QComboBox():
            yield from (widget.itemText(index) for index in range(widget.count()))
        case QHeaderView():
            return
        case QAbstractItemView():
            yield from _cells(widget)


def _cells(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    if model is None:
        return
    top = QModelIndex()
    rows, columns = range(model.rowCount(top)), range(1)
    if isinstance(view, QTableView):
        columns = range(model.columnCount(top))
        for column in columns:
            yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
    for row in rows:
        for column in columns:
            for role in _ROLES:
                yield str(model.index(row, column).data(role) or "")
