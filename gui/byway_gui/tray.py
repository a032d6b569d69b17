"""The icon in the tray, where the desktop has one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from byway_gui.actions import Actions
from byway_gui.bus_menu import BusMenu
from byway_gui.icons import icon
from byway_gui.presenters.standing import Standing, tooltip

_WATCHER = "org.kde.StatusNotifierWatcher"


class Tray(QObject):
    """`clicked` is a click on the icon itself."""

    clicked = Signal()

    def __init__(
        self,
        actions: Actions,
        groups: QMenu,
        profiles: QMenu,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        # Those with names in them look otherwise over a bus than where Qt draws them itself.
        self._menu = _menu(actions, actions.modes, groups, profiles)
        self._named = BusMenu(actions.modes), BusMenu(groups), BusMenu(profiles)
        self._bus_menu = _menu(actions, *self._named)
        self.icon: QSystemTrayIcon | None = None  # made when there is something to show
        self._standing: Standing | None = None
        self._bus = bus = QDBusConnection.sessionBus()
        if bus.isConnected():
            watcher = QDBusServiceWatcher(
                _WATCHER, bus, QDBusServiceWatcher.WatchModeFlag.WatchForRegistration, self
            )
            watcher.serviceRegistered.connect(self._renew)

    @property
    def is_there(self) -> bool:
        """Whether there is a tray to be found in."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show_standing(self, standing: Standing) -> None:
        self._standing = standing
        if self.icon is None:
            self._renew()
        else:
            self.icon.setIcon(icon(standing.icon))
            self.icon.setToolTip(tooltip(standing))

    def close(self) -> None:
        if self.icon is not None:
            self.icon.hide()
        for menu in (self._menu, self._bus_menu, *self._named):
            menu.deleteLater()

    def _renew(self) -> None:
        """A new icon: one that is older than its tray is never taken in by it."""
        if self._standing is None:
            return
        if self.icon is not None:
            self.icon.hide()
            self.icon.deleteLater()
        self.icon = QSystemTrayIcon(icon(self._standing.icon), self)
        self.icon.setToolTip(tooltip(self._standing))
        self.icon.setContextMenu(self._bus_menu if self._is_on_bus() else self._menu)
        self.icon.activated.connect(self._activated)
        self.icon.show()

    def _is_on_bus(self) -> bool:
        """Whether Qt shows the icon over D-Bus: it does where there is a watcher."""
        return (
            self._bus.isConnected() and self._bus.interface().isServiceRegistered(_WATCHER).value()
        )

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.clicked.emit()


def _menu(actions: Actions, *named: QMenu) -> QMenu:
    menu = QMenu()
    menu.addAction(actions.toggle)
    for each in named:
        menu.addMenu(each)
    menu.addAction(actions.pause)
    menu.addSeparator()
    menu.addActions([actions.run, actions.copy])
    menu.addSeparator()
    menu.addActions([actions.repair, actions.window, actions.quit])
    return menu
