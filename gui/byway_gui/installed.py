"""Whether the privileged helper is installed: whether the system bus could start it."""

from __future__ import annotations

from pathlib import Path

from byway_core.flatpak import is_here

_NAME = "io.github.byway.Helper1"
_SERVICE = f"{_NAME}.service"
# dbus-daemon(1), <standard_system_servicedirs/>
_FOLDERS = (
    "/usr/local/share/dbus-1/system-services",
    "/usr/share/dbus-1/system-services",
    "/lib/dbus-1/system-services",
    "/run/dbus-1/system-services",
)


def helper_is_there() -> bool:
    if is_here():  # another system's files: the bus knows
        return _NAME in _activatable()
    return any((Path(folder) / _SERVICE).is_file() for folder in _FOLDERS)


def _activatable() -> list[str]:
    """The names that the system bus can start something for, of those that we may talk to. Its
    daemon itself answers, within a millisecond."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    name = "org.freedesktop.DBus"
    asked = QDBusMessage.createMethodCall(name, "/", name, "ListActivatableNames")
    reply = QDBusConnection.systemBus().call(asked)
    if reply.type() is not QDBusMessage.MessageType.ReplyMessage:
        return []
    return [str(each) for each in reply.arguments()[0]]
