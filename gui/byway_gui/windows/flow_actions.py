"""What can be done with connections: the same by button, menu and key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from byway_core.model.flow import FlowSnapshot
from byway_gui.presenters.rule_offers import offers, target_label
from byway_gui.words import tr, tr_n


class FlowActions(QObject):
    """Their keys hold on the whole page, but those that mean another thing in a text, Del and
    Ctrl+C, on the list only. Who makes them connects them."""

    def __init__(self, page: QWidget, listing: QWidget) -> None:
        super().__init__(page)
        self._page, self._list = page, listing
        self.close = self._made(tr("&Close connection"), "Del", on_list=True)
        self.close.setToolTip(tr("The program sees its connection end"))
        self.close_all = self._made(tr("Close a&ll"))
        self.why = self._made(tr("&Why?"), "Ctrl+E")
        self.why.setToolTip(tr("Which rule decided, and which nearly did"))
        self.rule = self._made(tr("Show i&ts rule"), "Ctrl+L")
        self.rule.setToolTip(tr("In the list of rules"))
        self.make = self._made(tr("&Make a rule from this…"), "Ctrl+M")
        self.make.setToolTip(tr("For this name or address, with a target"))
        self.copy_host = self._made(tr("Copy &host"), "Ctrl+Shift+C")
        self.copy_rows = self._made(tr("Co&py rows"), "Ctrl+C", on_list=True)
        self.details = self._made(tr("&Details"), "Ctrl+I")
        self.details.setCheckable(True)
        self.details.setToolTip(tr("All that is known of the chosen connection"))
        self.find = self._made(tr("Find"), "Ctrl+F")

    def _made(self, text: str, key: str = "", *, on_list: bool = False) -> QAction:
        action = QAction(text, self)
        place = self._page
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if on_list:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            place = self._list
        place.addAction(action)
        return action

    def show_chosen(self, chosen: int, current: FlowSnapshot | None, *, live: bool) -> None:
        """How many are chosen, the one that the keyboard is on, and whether any of them lives."""
        self.close.setText(
            tr_n("&Close connection", "&Close {n} connections", chosen)
            if chosen > 1
            else tr("&Close connection")
        )
        self.close.setEnabled(live)
        self.copy_rows.setEnabled(chosen > 0)
        self.copy_rows.setText(tr("Co&py row") if chosen == 1 else tr("Co&py rows"))
        for action in (self.why, self.copy_host):
            action.setEnabled(current is not None)
        self.make.setEnabled(current is not None and bool(offers(current)))
        self.rule.setEnabled(current is not None and current.rule_index is not None)

    def show_listed(self, live: int, *, all_listed: bool) -> None:
        """How many live ones are on the list, and whether it has all there are."""
        self.close_all.setEnabled(live > 0)
        if all_listed:
            self.close_all.setText(tr("Close a&ll"))
            self.close_all.setToolTip(tr("All live connections; their programs may make new ones"))
        else:
            self.close_all.setText(tr("Close a&ll listed"))
            self.close_all.setToolTip(tr("All live connections that the filter has left"))

    def menu(self, fill: Callable[[QMenu], None] | None, parent: QWidget) -> QMenu:
        """For the chosen ones; goes when it is closed. `fill` puts in what rules can be made."""
        menu = passing_menu(parent)
        menu.addActions([self.why, self.rule])
        if fill is not None:
            fill(menu.addMenu(tr("&Make a rule from this")))
        menu.addSeparator()
        menu.addActions([self.copy_host, self.copy_rows, self.details])
        menu.addSeparator()
        menu.addAction(self.close)
        return menu


def fill_with_rules(
    menu: QMenu, flow: FlowSnapshot, targets: Iterable[str], chosen: Callable[[str], None]
) -> None:
    """What a rule may hold for, then where it sends that; `chosen` gets the rule's text."""
    names = list(targets)
    for offer in offers(flow):
        deeper = menu.addMenu(_literal(offer.label))
        for target in names:
            action = deeper.addAction(_literal(target_label(target)))
            action.triggered.connect(partial(_say, chosen, offer.rule(target)))


def passing_menu(parent: QWidget) -> QMenu:
    """One that goes when it is closed."""
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _say(chosen: Callable[[str], None], rule: str, checked: bool = False) -> None:
    chosen(rule)


def _literal(text: str) -> str:
    """An ampersand in a name is none before a mnemonic."""
    return text.replace("&", "&&")
