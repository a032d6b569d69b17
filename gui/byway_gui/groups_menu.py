"""The menu of groups in the tray: a choice for each select group, and what the others have now."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from byway_core.model.group import GroupKind, GroupStanding
from byway_gui.groups import Groups
from byway_gui.presenters.groups import entry, member_entry
from byway_gui.words import tr


class GroupsMenu(QMenu):
    """Hidden while there are none. It asks how they stand each time it opens."""

    def __init__(self, groups: Groups, parent: QWidget | None = None) -> None:
        super().__init__(tr("&Groups"), parent)
        self._groups = groups
        self._menus: dict[str, _ChoiceMenu] = {}
        self._entries: dict[str, QAction] = {}
        self.aboutToShow.connect(groups.look)
        groups.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        """What is there stays the same to a tray that is open; only what has changed is made."""
        standings = self._groups.standings
        selects = {it.name: it for it in standings if it.kind is GroupKind.SELECT}
        others = {it.name: it for it in standings if it.kind is not GroupKind.SELECT}
        for name in self._menus.keys() - selects.keys():
            menu = self._menus.pop(name)
            self.removeAction(menu.menuAction())
            menu.deleteLater()
        for name in self._entries.keys() - others.keys():
            action = self._entries.pop(name)
            self.removeAction(action)
            action.deleteLater()
        for name, group in selects.items():
            if name not in self._menus:
                self._menus[name] = _ChoiceMenu(self._groups, self)
            self._menus[name].show_group(group)
        for name, group in others.items():
            if name not in self._entries:
                self._entries[name] = action = QAction(self)
                action.setEnabled(False)
            self._entries[name].setText(_quoted(entry(group)))
        wanted = [
            self._menus[it.name].menuAction() if it.name in selects else self._entries[it.name]
            for it in standings
        ]
        if self.actions() != wanted:
            for action in self.actions():
                self.removeAction(action)
            self.addActions(wanted)
        self.menuAction().setVisible(bool(standings))


class _ChoiceMenu(QMenu):
    """Of one select group."""

    def __init__(self, groups: Groups, parent: QWidget) -> None:
        super().__init__(parent)
        self._groups = groups
        self._choices = QActionGroup(self)
        self._members: list[str] = []

    def show_group(self, group: GroupStanding) -> None:
        self.setTitle(_quoted(entry(group)))
        members = [member.name for member in group.members]
        if members != self._members:
            self._members = members
            for action in self._choices.actions():
                self._choices.removeAction(action)
                self.removeAction(action)
                action.deleteLater()
            for name in members:
                self.addAction(self._choice(group.name, name))
        for action, member in zip(self._choices.actions(), group.members, strict=True):
            action.setText(_quoted(member_entry(member)))
            action.setChecked(member.name == group.current)

    def _choice(self, group: str, member: str) -> QAction:
        action = QAction(self._choices)
        action.setCheckable(True)
        action.triggered.connect(lambda: self._groups.choose(group, member))
        return action


def _quoted(text: str) -> str:
    """Names may have what is a key's mark in a menu."""
    return text.replace("&", "&&")
