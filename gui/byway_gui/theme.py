"""Light and dark, on Qt's Fusion style with palettes of our own.

The user's setting goes first, then the desktop's colour scheme (org.freedesktop.portal.Settings,
live), then Qt's hint. Qt's own setColorScheme does nothing without a platform theme.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from PySide6.QtCore import SLOT, QObject, Qt, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusVariant
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication


class Theme(Enum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_ROLES = QPalette.ColorRole
_LIGHT = {
    _ROLES.Window: "#f4f4f6",
    _ROLES.WindowText: "#1d1f23",
    _ROLES.Base: "#ffffff",
    _ROLES.AlternateBase: "#f7f7f9",
    _ROLES.Text: "#1d1f23",
    _ROLES.Button: "#ececef",
    _ROLES.ButtonText: "#1d1f23",
    _ROLES.BrightText: "#ffffff",
    _ROLES.ToolTipBase: "#ffffff",
    _ROLES.ToolTipText: "#1d1f23",
    _ROLES.PlaceholderText: "#666b73",
    _ROLES.Highlight: "#1f63c6",
    _ROLES.Accent: "#1f63c6",
    _ROLES.HighlightedText: "#ffffff",
    _ROLES.Link: "#1a58b3",
    _ROLES.LinkVisited: "#6a3fa0",
    _ROLES.Light: "#ffffff",
    _ROLES.Midlight: "#e6e6ea",
    _ROLES.Mid: "#b9bcc3",
    _ROLES.Dark: "#9498a1",
    _ROLES.Shadow: "#6b6f77",
}
_DARK = {
    _ROLES.Window: "#232529",
    _ROLES.WindowText: "#e8e9ec",
    _ROLES.Base: "#1b1c1f",
    _ROLES.AlternateBase: "#212327",
    _ROLES.Text: "#e8e9ec",
    _ROLES.Button: "#33363c",
    _ROLES.ButtonText: "#e8e9ec",
    _ROLES.BrightText: "#ffffff",
    _ROLES.ToolTipBase: "#33363c",
    _ROLES.ToolTipText: "#e8e9ec",
    _ROLES.PlaceholderText: "#9a9fa8",
    _ROLES.Highlight: "#2a6bd0",
    _ROLES.Accent: "#2a6bd0",
    _ROLES.HighlightedText: "#ffffff",
    _ROLES.Link: "#7fb0ff",
    _ROLES.LinkVisited: "#c6a3f0",
    _ROLES.Light: "#44474e",
    _ROLES.Midlight: "#3a3d43",
    _ROLES.Mid: "#4b4f57",
    _ROLES.Dark: "#15161a",
    _ROLES.Shadow: "#0c0d0f",
}
_DISABLED = {Theme.LIGHT: "#7b8089", Theme.DARK: "#82868f"}
# What carries a meaning: readable as text on Base and on Window of its palette.
_COLOURS = {
    "accent": ("#1a58b3", "#7fb0ff"),
    "good": ("#1c6b37", "#6fce8c"),
    "bad": ("#b3261e", "#ff8f87"),
    "warn": ("#8a5300", "#f0b95c"),
    "muted": ("#5c6068", "#a4a9b2"),
}
# What outlines them: Fusion makes it from Window, by so much darker, and on a dark one nothing is
# seen of it. As Window of these classes alone it makes an outline of 3:1 and more on their ground.
_OUTLINES = ("#9ca0a8", "#b0b5bf")
_OUTLINED = (("QCheckBox", "QRadioButton"), ("QAbstractSpinBox", "QComboBox", "QLineEdit"))

_PORTAL = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_SETTINGS = "org.freedesktop.portal.Settings"
_APPEARANCE = ("org.freedesktop.appearance", "color-scheme")
_DARK_IS_LIKED = 1
_LIGHT_IS_LIKED = 2


def palette(*, dark: bool) -> QPalette:
    """Ours, for every role that we use."""
    made = QPalette()
    for role, colour in (_DARK if dark else _LIGHT).items():
        made.setColor(role, QColor(colour))
    off = QColor(_DISABLED[Theme.DARK if dark else Theme.LIGHT])
    for role in (_ROLES.WindowText, _ROLES.Text, _ROLES.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, off)
    return made


def outlined(palette: QPalette) -> QPalette:
    """As it is, with an outline that is seen for what is drawn by it."""
    made = QPalette(palette)
    dark = palette.color(_ROLES.Base).lightnessF() < 0.5
    made.setColor(_ROLES.Window, QColor(_OUTLINES[dark]))
    return made


def colour(meaning: str) -> QColor:
    """`accent`, `good`, `bad`, `warn` or `muted`, as text on the palette in force."""
    dark = QGuiApplication.palette().color(_ROLES.Window).lightnessF() < 0.5
    return QColor(_COLOURS[meaning][dark])


class Look(QObject):
    """The application's palette, kept as the user and the desktop want it. `changed` after each
    change of it: what paints by itself paints anew."""

    changed = Signal()

    def __init__(self, application: QApplication, wanted: Theme = Theme.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._wanted = wanted
        self._liked = 0
        application.setStyle("Fusion")
        bus = QDBusConnection.sessionBus()
        if bus.isConnected():
            self._listen(bus)
        application.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    def want(self, theme: Theme) -> None:
        self._wanted = theme
        self._apply()

    def _listen(self, bus: QDBusConnection) -> None:
        ask = QDBusMessage.createMethodCall(_PORTAL, _PATH, _SETTINGS, "Read")
        ask.setArguments([*_APPEARANCE])
        answer = QDBusPendingCallWatcher(bus.asyncCall(ask), self)
        answer.finished.connect(self._told)
        slot: Any = SLOT("_setting_changed(QDBusMessage)")  # the stubs say bytes, and lie
        bus.connect(_PORTAL, _PATH, _SETTINGS, "SettingChanged", self, slot)

    def _told(self, answer: QDBusPendingCallWatcher) -> None:
        reply = answer.reply()
        if reply.type() is QDBusMessage.MessageType.ReplyMessage:
            self._like(reply.arguments()[0])

    @Slot(QDBusMessage)
    def _setting_changed(self, message: QDBusMessage) -> None:
        namespace, name, value = (*message.arguments(), None, None, None)[:3]
        if (namespace, name) == _APPEARANCE:
            self._like(value)

    def _like(self, value: object) -> None:
        while isinstance(value, QDBusVariant):
            value = value.variant()
        if isinstance(value, int):
            self._liked = value
            self._apply()

    def _apply(self) -> None:
        hint = self._application.styleHints().colorScheme()
        if self._wanted is Theme.SYSTEM:
            dark = self._liked == _DARK_IS_LIKED or (
                self._liked != _LIGHT_IS_LIKED and hint is Qt.ColorScheme.Dark
            )
        else:
            dark = self._wanted is Theme.DARK
        made = palette(dark=dark)
        self._application.setPalette(made)
        boxes, fields = _OUTLINED
        names: Any  # the stubs say bytes, and lie
        for names, seen in ((boxes, outlined(made)), (fields, outlined(made) if dark else made)):
            for name in names:
                self._application.setPalette(seen, name)
        self.changed.emit()
