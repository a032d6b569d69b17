"""Whether the privileged helper is installed: whether the system bus could start it."""

from __future__ import annotations

from pathlib import Path

_SERVICE = "io.github.byway.Helper1.service"
# dbus-daemon(1), <standard_system_servicedirs/>
_FOLDERS = (
    "/usr/local/share/dbus-1/system-services",
    "/usr/share/dbus-1/system-services",
    "/lib/dbus-1/system-services",
    "/run/dbus-1/system-services",
)


def helper_is_there() -> bool:
    return any((Path(folder) / _SERVICE).is_file() for folder in _FOLDERS)
