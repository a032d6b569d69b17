"""The upper part of the main window: how Byway stands, its switch, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from byway_gui.actions import Actions
from byway_gui.icons import icon
from byway_gui.presenters.standing import Mode, Standing, detail, headline, remedy
from byway_gui.windows.action_button import ActionButton
from byway_gui.words import tr

# Average characters of the mode that are shown.
_MODE = 36


class Header(QFrame):
    """`cure_wanted` when the button beside a fault is pressed."""

    cure_wanted = Signal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = QLabel()
        self.headline = _text(self)
        font = self.headline.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setBold(True)
        self.headline.setFont(font)
        self.detail = _text(self)
        self.detail.setWordWrap(True)
        self.cure = QPushButton()
        self.cure.clicked.connect(self.cure_wanted)
        self.toggle = ActionButton(actions.toggle)
        self.toggle.setDefault(True)
        self.mode = QPushButton()
        self.mode.setMenu(actions.modes)
        self.mode.setAccessibleName(tr("Mode"))
        self.profile = QPushButton()
        self.profile.setAccessibleName(tr("Profile"))
        self.profile.hide()
        self.run = ActionButton(actions.run)
        self.menu = QPushButton(tr("Byway"))
        self.menu.setMenu(self._rest(actions))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.headline)
        words.addWidget(self.detail)
        below = QHBoxLayout()
        below.addWidget(self.cure)
        below.addStretch(1)
        words.addLayout(below)
        buttons = QHBoxLayout()
        for widget in (self.menu, self.run, self.profile, self.mode, self.toggle):
            buttons.addWidget(widget)
        layout = QHBoxLayout(self)
        layout.setSpacing(self.fontMetrics().height() * 3 // 4)
        layout.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addLayout(buttons)
        layout.setAlignment(buttons, Qt.AlignmentFlag.AlignTop)

    def show_profiles(self, menu: QMenu, name: str) -> None:
        """Which profile is open; the menu offers others."""
        self.profile.setMenu(menu)
        self.profile.setText(tr("Profile: {name}", name=name.replace("&", "&&")))
        self.profile.show()

    def show_standing(self, standing: Standing) -> None:
        size = self.fontMetrics().height() * 2
        self._icon.setPixmap(icon(standing.icon).pixmap(size, size))
        self.headline.setText(headline(standing))
        advice, button = remedy(standing)
        self.detail.setText(f"{detail(standing)}\n{advice}" if advice else detail(standing))
        self.cure.setText(button)
        self.cure.setVisible(bool(button))
        self._show_mode(_mode_words(standing))

    def _rest(self, actions: Actions) -> QMenu:
        """What is in the tray's menu besides; not every desktop has a tray."""
        menu = QMenu(self)
        menu.addActions([actions.pause, actions.copy, actions.repair])
        menu.addSeparator()
        menu.addAction(actions.quit)
        return menu

    def _show_mode(self, words: str) -> None:
        """Names of upstreams may be of any length."""
        width = self.fontMetrics().averageCharWidth() * _MODE
        short = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width)
        self.mode.setText(short.replace("&", "&&"))
        self.mode.setToolTip(words)


def _mode_words(standing: Standing) -> str:
    match standing.mode:
        case Mode.RULES:
            return tr("By the rules")
        case Mode.THROUGH:
            return tr("Everything through {upstream}", upstream=standing.through)
    return tr("Everything directly")


def _text(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
