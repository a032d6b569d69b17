"""Where would this go, and why? A line to type in, and the answer below."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from byway_core.api.rules import Explanation, Question
from byway_core.model.decision import Network
from byway_gui.presenters.rule_test import Answer, answer, read_question
from byway_gui.theme import colour
from byway_gui.words import tr, tr_n, translated

# After the last key: the answer reads all rules.
_PAUSE = 150  # ms

Explain = Callable[[Question], Explanation]


class RuleTester(QWidget):
    """`rule_wanted` has the place of a rule that the user wants to see."""

    rule_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explain: Explain | None = None
        self.place = QLineEdit()
        self.place.setPlaceholderText(tr("a host, an address or a URL"))
        self.place.setClearButtonEnabled(True)
        self.port = QLineEdit()
        self.port.setPlaceholderText("443")
        self.port.setMaxLength(5)
        self.port.setMaximumWidth(self.fontMetrics().averageCharWidth() * 10)
        self.network = QComboBox()
        for network in Network:
            self.network.addItem(network.name, network)
        self.network.setAccessibleName(tr("Protocol"))
        self.program = QLineEdit()
        self.program.setPlaceholderText(tr("any application"))
        self.program.setMaximumWidth(self.fontMetrics().averageCharWidth() * 22)
        self.answer = QLabel()
        self.answer.setTextFormat(Qt.TextFormat.RichText)
        self.answer.setWordWrap(True)
        # Keyboard too: Tab goes from rule to rule, Enter shows it.
        self.answer.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.answer.setAccessibleName(tr("Where it would go"))
        self.answer.linkActivated.connect(lambda link: self.rule_wanted.emit(int(link)))
        self.answer.hide()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self.ask_now)
        for field in (self.place, self.port, self.program):
            field.textEdited.connect(self._changed)
            field.textChanged.connect(self._changed)
            field.returnPressed.connect(self.ask_now)
        self.network.activated.connect(self._changed)
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        for text, fields, stretch in (
            (tr("&Where would"), (self.place,), 2),
            (tr("&go, port"), (self.port, self.network), 0),
            (tr("fro&m", "an application"), (self.program,), 1),
        ):
            label = QLabel(text)
            label.setBuddy(fields[0])
            row.addWidget(label)
            for field in fields:
                row.addWidget(field, stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.answer)

    def set_rules(self, explain: Explain | None) -> None:
        """Whom to ask from now on; None while there are no valid rules."""
        self._explain = explain
        self._changed()

    def ask(self, place: str, port: int, network: Network, program: str = "") -> None:
        """As if a user had typed it."""
        self.place.setText(place)
        self.port.setText(str(port))
        self.network.setCurrentIndex(self.network.findData(network))
        self.program.setText(program)
        self.ask_now()

    def ask_now(self) -> None:
        self._pause.stop()
        asked = read_question(
            self.place.text(),
            self.port.text(),
            self.network.currentData(),
            self.program.text(),
        )
        if asked.question is None:
            self._say(asked.problem, "bad")
        elif self._explain is None:
            self._say(tr("This can be told once the profile has no errors."), "muted")
        else:
            try:
                found = self._explain(asked.question)
            except ValueError as error:
                self._say(translated(str(error)), "bad")
            else:
                self._show(answer(asked.question, found))

    def _changed(self) -> None:
        if self.place.text().strip():
            self._pause.start()
        else:
            self._pause.stop()
            self._say("", "muted")

    def changeEvent(self, event: QEvent) -> None:
        """The answer has its colours in it."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self.answer.text():
            self.ask_now()

    def _say(self, text: str, meaning: str) -> None:
        self.answer.setText(f'<span style="color:{colour(meaning).name()}">{escape(text)}</span>')
        self.answer.setVisible(bool(text))

    def _show(self, found: Answer) -> None:
        link = self.palette().color(QPalette.ColorRole.Link).name()
        muted = colour("muted").name()

        def to_rule(place: int, text: str) -> str:
            return f'<a href="{place}" style="color:{link}">{escape(text)}</a>'

        first = f"<b>{escape(found.sentence)}</b>"
        if found.rule is not None:
            first += " " + to_rule(found.rule, tr("Show the rule"))
        lines = [first, *(escape(reason) for reason in found.why)]
        lines += [f"{escape(text)} {to_rule(place, tr('Show'))}" for place, text in found.near]
        if found.more:
            more = tr_n(
                "{n} more rule nearly decided.", "{n} more rules nearly decided.", found.more
            )
            lines.append(escape(more))
        rest = "".join(f'<div style="color:{muted}">{line}</div>' for line in lines[1:])
        self.answer.setText(f"<div>{lines[0]}</div>{rest}")
        self.answer.setVisible(True)
