"""This machine's network interfaces, in words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from byway_gui.words import tr

_FOLDER = Path("/sys/class/net")


@dataclass(frozen=True, slots=True)
class Interface:
    """`kind` says what it is to a person."""

    name: str
    kind: str


def interfaces(folder: Path = _FOLDER) -> list[Interface]:
    """All but loopback, those that usually have clients first; [] where they cannot be listed."""
    try:
        names = sorted(each.name for each in folder.iterdir() if each.is_dir())
    except OSError:
        return []
    found = [Interface(name, _kind(folder / name)) for name in names if name != "lo"]
    return sorted(found, key=lambda each: not (folder / each.name / "bridge").is_dir())


def away(name: str) -> Interface:
    """One that a profile names and this machine does not have now."""
    return Interface(name, tr("not on this machine now"))


def _kind(folder: Path) -> str:
    """By what the kernel says of it (Documentation/ABI/testing/sysfs-class-net)."""
    match _device_type(folder):
        case "bridge":
            return tr("bridge: virtual machines, containers, or ports put together")
        case "wlan":
            return tr("Wi-Fi")
        case "wwan":
            return tr("mobile network")
        case "wireguard":
            return tr("VPN (WireGuard)")
        case "vlan":
            return tr("VLAN")
        case "bond":
            return tr("ports bound together")
    if (folder / "tun_flags").exists():
        return tr("VPN or virtual machine")
    if (folder / "device").exists():
        return tr("network card")
    return tr("virtual")


def _device_type(folder: Path) -> str:
    try:
        lines = (folder / "uevent").read_text().splitlines()
    except OSError:
        return ""
    found = (line.removeprefix("DEVTYPE=") for line in lines if line.startswith("DEVTYPE="))
    return next(found, "")
