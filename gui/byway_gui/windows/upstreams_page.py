"""The upstreams: what there is, who uses it, and whether it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSplitter, QVBoxLayout, QWidget

from byway_core.api.profiles import Draft
from byway_core.api.targets import places_by_target
from byway_core.api.upstream_table import CheckedUpstream, check_upstream
from byway_core.model.upstream import Upstream
from byway_gui.dialogs.edit_upstream import EditUpstreamDialog
from byway_gui.dialogs.field_note import FieldNote
from byway_gui.dialogs.remove_upstream import RemoveUpstreamDialog
from byway_gui.groups import Groups
from byway_gui.models.upstream_table import UpstreamTable
from byway_gui.password_file import remove_password
from byway_gui.presenters import upstream_changes as changes
from byway_gui.presenters.upstream_form import Kept, Place
from byway_gui.presenters.upstream_tests import TARGET, in_test, read_target, tested
from byway_gui.presenters.upstreams import UpstreamRow, authority, row
from byway_gui.probe import Outcome, Target
from byway_gui.prober import Prober
from byway_gui.profile_history import History, OpenProfile
from byway_gui.secrets import Secrets
from byway_gui.windows.action_button import ActionButton
from byway_gui.windows.groups_section import GroupsSection
from byway_gui.windows.upstream_actions import UpstreamActions
from byway_gui.windows.upstream_view import UpstreamView
from byway_gui.words import tr


class UpstreamsPage(QWidget):
    """`target_changed` has where tests connect to, once its user has typed another. When the app
    ends, `close_down` removes the passwords that nobody refers to any more."""

    said = Signal(str)
    target_changed = Signal(str)

    def __init__(
        self,
        store: OpenProfile,
        secrets: Secrets,
        prober: Prober,
        groups: Groups,
        target: str = authority(TARGET.host, TARGET.port),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._secrets, self._prober = store, secrets, prober
        self._files: set[str] = set()  # of passwords that an upstream had
        self._outcomes: dict[Upstream, tuple[Outcome, Target]] = {}
        self._in_test: set[Upstream] = set()
        self.history = History(store, self)
        self.acts = UpstreamActions(self, self.history.stack)
        self.table = UpstreamTable(self)
        self.view = UpstreamView(self.table, self.acts)
        self.groups = GroupsSection(store, self.history, groups)
        self.target = QLineEdit(target)
        self.target_error = FieldNote()
        self._lay_out()
        self._connect()
        self._show()

    def title(self) -> str:
        return tr("Upstreams")

    async def close_down(self) -> None:
        """The app ends, and nothing can be undone any more."""
        self._prober.close()
        draft = self._store.draft
        if draft is None:  # nobody knows what is needed
            return
        others = changes.beside(draft.path)
        if others is None:
            return
        drafts = (draft, *others)
        files, entries = (
            set().union(*(changes.references(each, place) for each in drafts))
            for place in (Place.FILE, Place.KEYRING)
        )
        for file in self._files - files:
            with suppress(OSError):
                remove_password(draft.path.parent, file)
        await self._secrets.tidy(entries)

    # -- its parts

    def _lay_out(self) -> None:
        acts = self.acts
        about = QLabel(tr("Proxies and other servers that rules can send connections through."))
        about.setWordWrap(True)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for action in (acts.add, acts.edit, acts.duplicate, acts.remove, acts.up, acts.down):
            top.addWidget(ActionButton(action))
        top.addStretch(1)
        top.addWidget(ActionButton(acts.undo))
        label = QLabel(tr("Test &by connecting to:"))
        label.setBuddy(self.target)
        self.target.setMinimumWidth(self.fontMetrics().averageCharWidth() * 24)
        bottom.addWidget(label)
        bottom.addWidget(self.target)
        bottom.addWidget(ActionButton(acts.test))
        bottom.addWidget(ActionButton(acts.test_all))
        bottom.addStretch(1)
        upper = QWidget()
        above = QVBoxLayout(upper)
        above.setContentsMargins(0, 0, 0, 0)
        above.addWidget(about)
        above.addLayout(top)
        above.addWidget(self.view, 1)
        above.addLayout(bottom)
        above.addWidget(self.target_error)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        for number, (part, share) in enumerate(((upper, 3), (self.groups, 2))):
            parts.addWidget(part)
            parts.setStretchFactor(number, share)
        parts.setSizes([300, 200])
        QVBoxLayout(self).addWidget(parts)

    def _connect(self) -> None:
        acts = self.acts
        acts.add.triggered.connect(self._add)
        acts.edit.triggered.connect(self._edit)
        acts.duplicate.triggered.connect(self._duplicate)
        acts.remove.triggered.connect(self._remove)
        acts.up.triggered.connect(lambda: self._move(-1))
        acts.down.triggered.connect(lambda: self._move(1))
        acts.test.triggered.connect(self._test)
        acts.test_all.triggered.connect(self._test_all)
        self.view.table.doubleClicked.connect(acts.edit.trigger)
        self.view.selected.connect(self._enable)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            enter = QShortcut(QKeySequence(key), self.view.table)
            enter.setContext(Qt.ShortcutContext.WidgetShortcut)
            enter.activated.connect(acts.test.trigger)
        self.target.textEdited.connect(self._judge_target)
        self.target.editingFinished.connect(self._take_target)
        self.history.said.connect(self.said)
        self.groups.said.connect(self.said)
        self._store.changed.connect(self._show)

    # -- what is shown

    def _show(self) -> None:
        draft = self._store.draft
        rows = [] if draft is None else self._rows(draft)
        self.table.show(rows)
        self.view.show_rows(len(rows), is_there=draft is not None)
        self._enable()

    def _rows(self, draft: Draft) -> list[UpstreamRow]:
        used = places_by_target(draft.rules)
        return [
            self._row(table, checked, used.get(changes.name_of(table), ()))
            for table, checked in zip(draft.upstreams, _checked(draft), strict=True)
        ]

    def _row(
        self, table: Mapping[str, object], checked: CheckedUpstream, used: tuple[int, ...]
    ) -> UpstreamRow:
        made, upstream = row(table, checked, used), checked.value
        if upstream is None:
            return made
        if _nameless(upstream) in self._in_test:
            return in_test(made)
        if found := self._outcomes.get(_nameless(upstream)):
            return tested(made, upstream, *found)
        return made

    def _enable(self) -> None:
        number, acts = self.view.current(), self.acts
        count = self.table.rowCount()
        acts.add.setEnabled(self._store.draft is not None)
        acts.test_all.setEnabled(count > 0)
        for action in acts.of_row():
            action.setEnabled(number is not None)
        acts.up.setEnabled(number is not None and number > 0)
        acts.down.setEnabled(number is not None and number < count - 1)

    # -- what a user does

    def _add(self) -> None:
        self._ask(None)

    def _edit(self) -> None:
        self._ask(self.view.current())

    def _ask(self, number: int | None) -> None:
        draft = self._store.draft
        if draft is None:
            return
        table = None if number is None else draft.upstreams[number]
        others = changes.taken_names(draft)
        if number is not None:
            del others[number]
        dialog = EditUpstreamDialog(table, others, self._secrets, draft.path, self)
        dialog.chosen.connect(partial(self._take, table))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take(self, former: Mapping[str, object] | None, table: dict[str, object]) -> None:
        """What a dialog has given; the profile may have changed beneath it."""
        draft, name = self._store.draft, changes.name_of(table)
        if draft is None:
            return
        self._leave(changes.kept_of(table))  # for a profile that does not take it, or gives it back
        if former is None:
            change = partial(changes.added, table=table)
            self._do(change, tr("Added {name}.", name=name), name)
        elif former in draft.upstreams:
            number = draft.upstreams.index(former)
            change = partial(changes.edited, number=number, table=table)
            if self._do(change, tr("Changed {name}.", name=name), name):
                self._leave(changes.kept_of(former))
        else:
            self.said.emit(tr("The profile has been changed there since: nothing was saved."))

    def _duplicate(self) -> None:
        draft, number = self._store.draft, self.view.current()
        if draft is not None and number is not None:
            name = changes.name_of_copy(draft, number)
            change = partial(changes.duplicated, number=number, name=name)
            self._do(change, tr("Added {name}.", name=name), name)

    def _remove(self) -> None:
        draft, number = self._store.draft, self.view.current()
        if draft is None or number is None:
            return
        table, rules = draft.upstreams[number], changes.rules_of(draft, number)
        if not rules:
            self._remove_table(table, None)
            return
        name = changes.name_of(table)
        targets = [
            "REJECT",
            "DIRECT",
            *(each for each in changes.taken_names(draft) if each != name),
        ]
        dialog = RemoveUpstreamDialog(name, rules, targets, self)
        dialog.chosen.connect(partial(self._remove_table, table))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _remove_table(self, table: Mapping[str, object], target: str | None) -> None:
        draft = self._store.draft
        if draft is None or table not in draft.upstreams:
            return
        number, name = draft.upstreams.index(table), changes.name_of(table)
        change = partial(changes.removed, number=number, target=target)
        if self._do(change, tr("Removed {name}.", name=name)):
            self._leave(changes.kept_of(table))
            self.view.select(min(number, self.table.rowCount() - 1))

    def _move(self, step: int) -> None:
        draft, number = self._store.draft, self.view.current()
        if draft is None or number is None:
            return
        name = changes.name_of(draft.upstreams[number])
        change = partial(changes.moved, number=number, to=number + step)
        if self._do(change, tr("Moved {name}.", name=name)):
            self.view.select(number + step)

    def _do(self, change: Callable[[Draft], Draft], sentence: str, name: str = "") -> bool:
        done, draft = self.history.do(change, sentence), self._store.draft
        if done and name and draft is not None:
            self.view.select(changes.names(draft).index(name))
        return done

    def _leave(self, kept: Kept | None) -> None:
        """An upstream's password that nobody may want any more."""
        if kept is not None and kept.place is Place.KEYRING:
            self._secrets.leave(kept.reference)
        elif kept is not None and kept.place is Place.FILE:
            self._files.add(kept.reference)

    # -- tests

    def _test(self) -> None:
        number = self.view.current()
        if number is not None:
            self._begin([number])

    def _test_all(self) -> None:
        self._begin(range(self.table.rowCount()))

    def _begin(self, numbers: range | list[int]) -> None:
        draft, target = self._store.draft, read_target(self.target.text())
        self._judge_target()
        if draft is None or target is None:
            self.target.setFocus()
            return
        checked = _checked(draft)
        for number in numbers:
            upstream = checked[number].value
            if upstream is not None and _nameless(upstream) not in self._in_test:
                self._in_test.add(_nameless(upstream))
                then = partial(self._tested, _nameless(upstream), target)
                self._prober.test(upstream, draft.path.parent, target, then)
        self._show()

    def _tested(self, upstream: Upstream, target: Target, outcome: Outcome) -> None:
        self._in_test.discard(upstream)
        self._outcomes[upstream] = (outcome, target)
        self._show()

    def _judge_target(self) -> None:
        wrong = read_target(self.target.text()) is None
        says = tr("A name or an address with a port, as in example.com:443.") if wrong else ""
        self.target_error.say(says)

    def _take_target(self) -> None:
        if read_target(self.target.text()) is not None:
            self.target_changed.emit(self.target.text().strip())


def _checked(draft: Draft) -> list[CheckedUpstream]:
    names = changes.names(draft)
    return [check_upstream(table, names[:number]) for number, table in enumerate(draft.upstreams)]


def _nameless(upstream: Upstream) -> Upstream:
    """What a test of it is about: it may be called otherwise later."""
    return replace(upstream, name="")
