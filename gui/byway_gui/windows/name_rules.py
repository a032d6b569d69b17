"""Which names are asked of other servers: rules, and the resolvers that they name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from byway_core.api.dns_table import SYSTEM
from byway_core.api.profiles import Draft, RuleLine
from byway_gui.dialogs.edit_name_rule import EditNameRuleDialog
from byway_gui.dialogs.edit_resolver import EditResolverDialog
from byway_gui.presenters import dns_rules as presenter
from byway_gui.presenters.dns import found_again, ways_of
from byway_gui.profile_history import History
from byway_gui.windows.edited_table import EditedTable, Row
from byway_gui.words import tr, tr_n


class NameRules(QWidget):
    """Changes go through `history`, one by one."""

    def __init__(self, history: History, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._draft: Draft | None = None
        about = QLabel(presenter.about())
        about.setWordWrap(True)
        rules, resolvers = tr("Rules on names"), tr("Resolvers")
        words = presenter.no_rules(has_resolvers=False)
        self.rules = EditedTable(rules, (tr("Names"), tr("Asked")), words, ordered=True)
        self.resolvers = EditedTable(
            resolvers, (tr("Name"), tr("Servers"), tr("Used by")), presenter.no_resolvers()
        )
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.rules, 3)
        layout.addWidget(QLabel(resolvers))
        layout.addWidget(self.resolvers, 2)
        self.rules.add_wanted.connect(lambda: self._ask_rule(None))
        self.rules.edit_wanted.connect(self._ask_rule)
        self.rules.remove_wanted.connect(self._remove_rule)
        self.rules.moved.connect(self._move_rule)
        self.resolvers.add_wanted.connect(lambda: self._ask_resolver(None))
        self.resolvers.edit_wanted.connect(self._ask_resolver)
        self.resolvers.remove_wanted.connect(self._remove_resolver)

    def show_profile(self, draft: Draft | None) -> None:
        self._draft = draft
        lines, names = presenter.rules_of(draft), self._names()
        tables = presenter.resolvers_of(draft)
        self.rules.empty.show_words(presenter.no_rules(has_resolvers=bool(tables)))
        self.rules.show_rows([_rule_row(line, names) for line in lines])
        self.resolvers.show_rows([Row(presenter.resolver_row(draft, table)) for table in tables])

    def _names(self) -> list[str]:
        """What rules may name."""
        return [*map(presenter.name_of, presenter.resolvers_of(self._draft)), SYSTEM]

    # -- rules

    def _ask_rule(self, place: int | None) -> None:
        lines = presenter.rules_of(self._draft)
        line = RuleLine("") if place is None else lines[place]
        dialog = EditNameRuleDialog(line, self._names(), self.window())
        dialog.chosen.connect(partial(self._take_rule, place, line))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_rule(self, place: int | None, former: RuleLine, line: RuleLine) -> None:
        if place is not None:
            place = found_again(presenter.rules_of(self._draft), place, former)
            if place is None:
                self._history.said.emit(tr("This rule is not in the profile any more."))
                return
        said = tr("Rule added.") if place is None else tr("Rule changed.")
        if self._history.do(partial(presenter.with_rule, place=place, line=line), said):
            last = self.rules.table.rowCount() - 1
            self.rules.table.selectRow(last if place is None else place)

    def _remove_rule(self, place: int) -> None:
        self._history.do(partial(presenter.without_rule, place=place), tr("Rule deleted."))

    def _move_rule(self, place: int, to: int) -> None:
        if self._history.do(partial(presenter.moved_rule, place=place, to=to), tr("Rule moved.")):
            self.rules.table.selectRow(to)

    # -- resolvers

    def _ask_resolver(self, place: int | None) -> None:
        tables = presenter.resolvers_of(self._draft)
        table = {} if place is None else tables[place]
        name, servers = presenter.name_of(table), presenter.servers_in(table)
        others = [
            presenter.name_of(table) for number, table in enumerate(tables) if number != place
        ]
        dialog = EditResolverDialog(name, servers, others, ways_of(self._draft), self.window())
        dialog.chosen.connect(partial(self._take_resolver, place, table))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_resolver(
        self,
        place: int | None,
        former: Mapping[str, object],
        name: str,
        servers: list[object],
    ) -> None:
        if place is not None:
            place = found_again(presenter.resolvers_of(self._draft), place, former)
            if place is None:
                self._history.said.emit(tr("This resolver is not in the profile any more."))
                return
        change = partial(presenter.with_resolver, place=place, name=name, servers=servers)
        said = tr("Added {name}.", name=name) if place is None else tr("Changed {name}.", name=name)
        if self._history.do(change, said):
            last = self.resolvers.table.rowCount() - 1
            self.resolvers.table.selectRow(last if place is None else place)

    def _remove_resolver(self, place: int) -> None:
        name = presenter.name_of(presenter.resolvers_of(self._draft)[place])
        used = presenter.count_of_rules(self._draft, name)
        said = tr("Removed {name}.", name=name)
        if used:
            said = tr_n(
                "Removed {name}, and the rule that named it.",
                "Removed {name}, and the {n} rules that named it.",
                used,
                name=name,
            )
        self._history.do(partial(presenter.without_resolver, place=place), said)


def _rule_row(line: RuleLine, names: list[str]) -> Row:
    wrong = presenter.rule_errors(line, names) if line.enabled else ""
    meaning = "bad" if wrong else "" if line.enabled else "muted"
    return Row(presenter.rule_row(line), meaning, wrong or line.text)
