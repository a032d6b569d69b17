"""The four pages of the first steps. Each has a `title`, and `first`, where the keyboard begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from byway_core.flatpak import is_here
from byway_core.model.upstream import Upstream
from byway_gui.dialogs.code_edit import CodeEdit
from byway_gui.dialogs.field_note import FieldNote
from byway_gui.dialogs.upstream_fields import UpstreamFields
from byway_gui.presenters import first_steps as steps
from byway_gui.presenters.first_steps import Beginning, Start, Wanted
from byway_gui.presenters.installer import why_no_programs
from byway_gui.presenters.standing import Reach
from byway_gui.presenters.upstream_changes import names
from byway_gui.presenters.upstream_form import free_name
from byway_gui.presenters.upstream_tests import TARGET, outcome_sentence
from byway_gui.probe import Outcome, Target
from byway_gui.secrets import Secrets
from byway_gui.windows.installing import installing
from byway_gui.windows.section import Prose, fill, holder, section
from byway_gui.words import tr

# upstream, profile's folder, target, then(outcome)
Test = Callable[[Upstream, Path, Target, Callable[[Outcome], None]], None]
# Lines of the text of rules that are seen without scrolling.
_LINES = 16


class HelperPage(QWidget):
    """`is_installed` is asked whenever its user comes back to the window."""

    def __init__(self, is_installed: Callable[[], bool], *, sandboxed: bool = is_here()) -> None:
        super().__init__()
        self._is_installed = is_installed
        self._shown: bool | None = None
        self.first: QWidget | None = None
        self.state = Prose("", "good")
        self._install = holder()
        about = Prose(
            tr(
                "Byway takes connections where they begin and sends each where your rules say: "
                "directly, nowhere, or through a proxy. No program needs a proxy setting for that."
            )
        )
        alone = Prose(
            why_no_programs()
            if sandboxed
            else tr(
                "“Run a program…” works without it: a program that is started there goes by your "
                "rules, and everything else on this computer is left alone."
            )
        )
        layout = _page(self)
        layout.addWidget(about)
        layout.addWidget(section(tr("Every program"), self.state, self._install))
        layout.addWidget(section(tr("Single programs"), alone))
        layout.addStretch(1)
        self.look()

    @staticmethod
    def title() -> str:
        return tr("Whose connections")

    def look(self) -> None:
        """Whether the helper has come, or gone."""
        there = self._is_installed()
        if there == self._shown:
            return
        self._shown = there
        self.state.mean("good" if there else "")
        self.state.setText(
            tr("The helper is installed: Byway can take every program's connections.")
            if there
            else tr(
                "For this Byway needs its helper, a small service that runs as root and never sees "
                "a connection itself. It is not installed yet; this page notices when it is."
            )
        )
        fill(self._install, [] if there else installing())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange:
            self.look()


class UpstreamPage(QWidget):
    """A first upstream, or none. `fields.save` ends it where there `is_one`."""

    def __init__(self, beginning: Beginning, secrets: Secrets, test: Test) -> None:
        super().__init__()
        self._test, self._folder = test, beginning.draft.path.parent
        self._asked: object = None  # this test's outcome is awaited
        others = names(beginning.draft)
        self.one = QRadioButton(tr("&I have one"))
        self.none = QRadioButton(
            tr("N&one but those that there are") if others else tr("I have n&one yet")
        )
        (self.none if others else self.one).setChecked(True)
        self.fields = UpstreamFields(None, others, secrets, beginning.draft.path)
        self.fields.name.setText(free_name(tr("proxy"), others))
        self.test = QPushButton(tr("Te&st it"))
        self.result = FieldNote()
        about = tr(
            "An upstream is a proxy that rules can send connections through: a company's, one that "
            "you rent, or a program on this computer, such as an SSH or Tor client."
        )
        row = QHBoxLayout()
        row.addWidget(self.test, alignment=Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.result, 1)
        self._one = holder()
        fill(self._one, [self.fields])
        self._one.layout().addLayout(row)  # type: ignore[union-attr] # `holder` made one
        layout = _page(self)
        layout.addWidget(Prose(about))
        if others:
            there = tr("There are already: {names}", names=", ".join(others))
            layout.addWidget(Prose(there, "muted"))
        for widget in (self.none, self.one) if others else (self.one, self.none):
            layout.addWidget(widget)
        layout.addWidget(self._one)
        layout.addStretch(1)
        self.one.toggled.connect(self._turn)
        self.test.clicked.connect(self._begin)
        self.fields.edited.connect(self._forget)
        self._turn()

    @staticmethod
    def title() -> str:
        return tr("An upstream")

    @property
    def first(self) -> QWidget:
        return self.one if self.one.isChecked() else self.none

    @property
    def is_one(self) -> bool:
        return self.one.isChecked()

    def _turn(self) -> None:
        self._one.setVisible(self.one.isChecked())

    def _forget(self) -> None:
        """What was tested is another now."""
        self._asked = None
        self.result.say("")

    def _begin(self) -> None:
        upstream = self.fields.upstream()
        if upstream is None:
            self.result.say(tr("Mend what is marked above first."))
            return
        ticket = self._asked = object()
        self.result.say(tr("Testing, by connecting to {goal}…", goal=TARGET.host), "muted")

        def told(outcome: Outcome) -> None:
            if self._asked is ticket:
                sentence = outcome_sentence(upstream, outcome, TARGET)
                self.result.say(sentence, "bad" if outcome.failure is not None else "good")

        self._test(upstream, self._folder, TARGET, told)


class RulesPage(QWidget):
    """Which rules to begin with, and the text that comes of it. `judged(bool)`: whether it can be
    written."""

    judged = Signal(bool)

    def __init__(self, beginning: Beginning) -> None:
        super().__init__()
        self._beginning = beginning
        self._table: Mapping[str, object] | None = None
        self.starts = {start: QRadioButton() for start in beginning.starts()}
        self._group = QButtonGroup(self)
        self.about = Prose()
        self.text = CodeEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("What is written"))
        self.text.setMinimumHeight(self.text.fontMetrics().lineSpacing() * _LINES)
        self.problem = FieldNote()
        layout = _page(self)
        for radio in self.starts.values():
            self._group.addButton(radio)
            layout.addWidget(radio)
        layout.addWidget(self.about)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.problem)
        next(iter(self.starts.values())).setChecked(True)
        self._group.buttonClicked.connect(self._show)
        self.take(None)

    @staticmethod
    def title() -> str:
        return tr("Rules to begin with")

    @property
    def first(self) -> QWidget:
        return self.starts[self.start]

    @property
    def start(self) -> Start:
        return next(start for start, radio in self.starts.items() if radio.isChecked())

    def take(self, table: Mapping[str, object] | None) -> None:
        """The new upstream, or none."""
        self._table = table
        name = steps.through(self._beginning, table)
        for start, radio in self.starts.items():
            radio.setText(steps.start_words(start, name))
        self.starts[Start.THROUGH].setEnabled(bool(name))
        if not name and self.start is Start.THROUGH:
            next(iter(self.starts.values())).setChecked(True)
        self._show()

    def _show(self) -> None:
        text, why_not = steps.shown(self._beginning, Wanted(self._table, self.start))
        self.problem.say(why_not)
        self.about.setText(steps.shown_words(self._beginning, changes=bool(text)))
        self.about.setVisible(not why_not)
        self.text.setPlainText(text)
        self.text.setVisible(bool(text))
        self.judged.emit(not why_not)


class OnPage(QWidget):
    """On now, and on at each log-in. `reach`: whose traffic it would be."""

    def __init__(self, beginning: Beginning, reach: Callable[[], Reach]) -> None:
        super().__init__()
        self._reach, self._port = reach, beginning.draft.value("general", "mixed_port")
        self.now = QCheckBox(tr("Turn Byway &on now"))
        self.now.setChecked(True)
        self.now.setVisible(not beginning.is_on)
        self.is_on = Prose(tr("Byway is on."), "good")
        self.is_on.setVisible(beginning.is_on)
        self.follows = Prose("", "muted")
        self.follows.setVisible(not beginning.is_on)
        self.at_login = QCheckBox(tr("Start at log-&in, in the tray"))
        self.at_login.setChecked(beginning.at_login)
        file = beginning.draft.path
        place = (
            tr("Your profile will be {file}. Everything in it can be changed later.", file=file)
            if beginning.is_new
            else tr("Your profile is {file}.", file=file)
        )
        layout = _page(self)
        for widget in (self.now, self.is_on, self.follows, self.at_login):
            layout.addWidget(widget)
        layout.addWidget(Prose(place, "muted"))
        layout.addStretch(1)

    @staticmethod
    def title() -> str:
        return tr("Turn it on")

    @property
    def first(self) -> QWidget:
        return self.at_login if self.now.isHidden() else self.now

    def look(self) -> None:
        """The helper may have come meanwhile."""
        self.follows.setText(steps.turn_on_words(self._reach(), self._port))


def _page(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(widget.fontMetrics().height() * 2 // 3)
    return layout
