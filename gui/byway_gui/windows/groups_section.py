"""The groups on the page of upstreams: their members, how these are, and which one it is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QFont, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from byway_core.api.groups import check_group
from byway_core.api.profiles import Draft
from byway_core.api.targets import places_by_target
from byway_gui.dialogs.edit_group import EditGroupDialog
from byway_gui.dialogs.remove_upstream import RemoveUpstreamDialog
from byway_gui.groups import Groups
from byway_gui.presenters import group_changes as changes
from byway_gui.presenters.groups import GroupRow, MemberRow, group_row
from byway_gui.presenters.upstream_changes import names as upstream_names
from byway_gui.presenters.upstream_changes import taken_names
from byway_gui.profile_history import History, OpenProfile
from byway_gui.theme import colour
from byway_gui.windows.action_button import ActionButton
from byway_gui.words import tr

_NAME, _NOW, _KIND, _USED = range(4)
_ANY_HEIGHT = 16_777_215  # QWIDGETSIZE_MAX


class GroupsSection(QWidget):
    """`said` what could not be done."""

    said = Signal(str)

    def __init__(
        self,
        store: OpenProfile,
        history: History,
        groups: Groups,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._history, self._groups = store, history, groups
        self._rows: tuple[GroupRow, ...] = ()
        self._in_test: set[str] = set()
        self.add = self._action(tr("Add a &group…"), "Ctrl+Shift+N", self._add)
        self.edit = self._action(tr("E&dit group…"), "", self._edit)
        self.remove = self._action(tr("Remo&ve group"), "", self._remove)
        self.choose = self._action(tr("Use t&his member"), "", self._choose)
        self.test = self._action(tr("Test members no&w"), "", self._test)
        self.tree = self._make_tree()
        self._lay_out()
        store.changed.connect(self._show)
        groups.changed.connect(self._show)
        groups.tested.connect(self._tested)
        self._show()

    # -- its parts

    def _action(self, text: str, shortcut: str, do: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda: do())
        self.addAction(action)
        return action

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setAccessibleName(tr("Groups"))
        tree.setHeaderLabels([tr("Group"), tr("Now"), tr("Chooses"), tr("Used by")])
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        tree.addActions([self.choose, self.test, self.edit, self.remove])
        tree.currentItemChanged.connect(lambda *_: self._enable())
        tree.itemActivated.connect(self._activated)
        tree.setExpandsOnDoubleClick(False)
        columns = tree.header()
        columns.setStretchLastSection(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        columns.setSectionResizeMode(_NOW, QHeaderView.ResizeMode.Stretch)
        return tree

    def _lay_out(self) -> None:
        self.about = QLabel(
            tr(
                "Groups: one name for several upstreams, of which each connection takes one. Rules "
                "name a group like an upstream."
            )
        )
        self.about.setWordWrap(True)
        buttons = QHBoxLayout()
        for action in (self.add, self.edit, self.remove, self.choose, self.test):
            buttons.addWidget(ActionButton(action))
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.about)
        layout.addLayout(buttons)
        layout.addWidget(self.tree, 1)

    # -- what is shown

    def _show(self) -> None:
        draft = self._store.draft
        rows = () if draft is None else self._made(draft)
        if _shape(rows) != _shape(self._rows):
            self._rebuild(rows)
        self._rows = rows
        for number, row in enumerate(rows):
            item = self.tree.topLevelItem(number)
            assert item is not None  # noqa: S101 - built above
            self._fill(item, row)
        self.tree.setVisible(bool(rows))
        self.setMaximumHeight(_ANY_HEIGHT if rows else self.sizeHint().height())
        self._enable()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._rows:  # light or dark
            self._show()

    def _made(self, draft: Draft) -> tuple[GroupRow, ...]:
        used = places_by_target(draft.rules)
        upstreams = upstream_names(draft)
        return tuple(
            group_row(
                table,
                check_group(table, upstreams, _others(draft, number)),
                self._groups.of(changes.name_of(table)),
                used.get(changes.name_of(table), ()),
            )
            for number, table in enumerate(draft.groups)
        )

    def _rebuild(self, rows: tuple[GroupRow, ...]) -> None:
        selected = self._selected()
        closed = {
            self._rows[number].name
            for number in range(self.tree.topLevelItemCount())
            if (item := self.tree.topLevelItem(number)) is not None and not item.isExpanded()
        }
        self.tree.clear()
        for row in rows:
            item = QTreeWidgetItem(self.tree)
            for _ in row.members:
                QTreeWidgetItem(item)
            item.setExpanded(row.name not in closed)
        if rows:
            number = min(selected[0], len(rows) - 1) if selected else 0
            if (item := self.tree.topLevelItem(number)) is not None:
                self.tree.setCurrentItem(item)

    def _fill(self, item: QTreeWidgetItem, row: GroupRow) -> None:
        now, meaning = row.now, row.meaning
        if row.name in self._in_test:
            now, meaning = tr("testing…"), "muted"
        for column, text in ((_NAME, row.name), (_NOW, now), (_KIND, row.kind), (_USED, row.used)):
            item.setText(column, text)
        item.setForeground(_NOW, colour(meaning))
        item.setToolTip(_NOW, row.details or now)
        for number, member in enumerate(row.members):
            if (below := item.child(number)) is not None:
                self._fill_member(below, member)

    def _fill_member(self, item: QTreeWidgetItem, member: MemberRow) -> None:
        item.setText(_NAME, f"● {member.shown}" if member.is_current else member.shown)
        font = QFont(self.tree.font())
        font.setBold(member.is_current)
        item.setFont(_NAME, font)
        item.setText(_NOW, member.details or member.state)
        item.setForeground(_NOW, colour(member.meaning))
        item.setToolTip(_NOW, member.details or member.state)

    def _enable(self) -> None:
        selected = self._selected()
        self.add.setEnabled(self._store.draft is not None)
        for action in (self.edit, self.remove, self.test):
            action.setEnabled(selected is not None)
        self.choose.setEnabled(
            selected is not None
            and selected[1] is not None
            and self._rows[selected[0]].is_choice
            and not self._rows[selected[0]].members[selected[1]].is_current
        )

    def _selected(self) -> tuple[int, int | None] | None:
        """The number of the selected group, and of its member if that is one."""
        item = self.tree.currentItem()
        if item is None:
            return None
        parent = item.parent()
        if parent is None:
            return self.tree.indexOfTopLevelItem(item), None
        return self.tree.indexOfTopLevelItem(parent), parent.indexOfChild(item)

    # -- what a user does

    def _activated(self, item: QTreeWidgetItem) -> None:
        if self.choose.isEnabled():
            self._choose()
        elif item.parent() is None:
            self._edit()

    def _choose(self) -> None:
        selected = self._selected()
        if selected is not None and selected[1] is not None:
            row = self._rows[selected[0]]
            self._groups.choose(row.name, row.members[selected[1]].name)

    def _test(self) -> None:
        selected = self._selected()
        if selected is not None:
            name = self._rows[selected[0]].name
            self._in_test.add(name)
            self._groups.test(name)
            self._show()

    def _tested(self, name: str) -> None:
        self._in_test.discard(name)
        self._show()

    def _add(self) -> None:
        self._ask(None)

    def _edit(self) -> None:
        selected = self._selected()
        if selected is not None:
            self._ask(selected[0])

    def _ask(self, number: int | None) -> None:
        draft = self._store.draft
        if draft is None:
            return
        table = None if number is None else draft.groups[number]
        others = list(draft.groups) if number is None else _others(draft, number)
        dialog = EditGroupDialog(table, upstream_names(draft), others, self)
        dialog.chosen.connect(partial(self._take, table))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take(self, former: Mapping[str, object] | None, table: dict[str, object]) -> None:
        """What a dialog has given; the profile may have changed beneath it."""
        draft, name = self._store.draft, changes.name_of(table)
        if draft is None:
            return
        if former is None:
            self._history.do(partial(changes.added, table=table), tr("Added {name}.", name=name))
        elif former in draft.groups:
            change = partial(changes.edited, number=draft.groups.index(former), table=table)
            self._history.do(change, tr("Changed {name}.", name=name))
        else:
            self.said.emit(tr("The profile has been changed there since: nothing was saved."))

    def _remove(self) -> None:
        draft, selected = self._store.draft, self._selected()
        if draft is None or selected is None:
            return
        table = draft.groups[selected[0]]
        name = changes.name_of(table)
        rules = changes.rules_of(draft, name)
        if not rules:
            self._remove_table(table, None)
            return
        targets = ["REJECT", "DIRECT", *(each for each in taken_names(draft) if each != name)]
        dialog = RemoveUpstreamDialog(name, rules, targets, self)
        dialog.chosen.connect(partial(self._remove_table, table))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _remove_table(self, table: Mapping[str, object], target: str | None) -> None:
        draft = self._store.draft
        if draft is not None and table in draft.groups:
            change = partial(changes.removed, number=draft.groups.index(table), target=target)
            self._history.do(change, tr("Removed {name}.", name=changes.name_of(table)))


def _others(draft: Draft, number: int) -> list[Mapping[str, object]]:
    return [table for place, table in enumerate(draft.groups) if place != number]


def _shape(rows: tuple[GroupRow, ...]) -> list[tuple[str, ...]]:
    """What items there are for them."""
    return [(row.name, *(member.name for member in row.members)) for row in rows]
