"""Why a machine does not let a program have its own namespace, in the user's words.

`explain` is pure: where it failed, with which errno, and some facts about the machine, to one
sentence or two that name the switch and the command. `Facts.read` collects the facts, and only
after a failure: a start that works pays nothing for this.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from byway_core.flatpak import is_here


class Stage(Enum):
    """What was being done."""

    UNSHARE = 1  # making the namespaces
    MAPS = 2  # writing their id maps
    LOOPBACK = 3  # raising lo, the first use of a power within
    ADDRESSES = 4  # links, addresses, routes
    SOCKETS = 5
    LIBRARY = 6  # loading libnftables; the detail is the linker's
    MODULES = 7  # the rules need kernel modules; the detail is their names
    RULES = 8  # another refusal of the rules; the detail is nftables'
    NAMES = 9  # putting a resolv.conf of our own in place; the detail is the path
    NEST = 10  # the second user namespace, back to the caller's own id
    ENDED = 11  # a process of the start was ended from outside; the detail says which and how


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a machine can stand in the way; None for a switch that this kernel has not got.

    `limits` are the counts in /proc/sys/user (namespaces(7)); `userns_clone` is Debian's old
    switch; `apparmor` Ubuntu's restriction; `filtered` whether seccomp filters us,
    `flatpak` whether a Flatpak's sandbox does.
    """

    limits: tuple[tuple[str, int], ...] = ()
    userns_clone: int | None = None
    apparmor: int | None = None
    filtered: bool = False
    flatpak: bool = False
    root: bool = False

    @classmethod
    def read(cls) -> Facts:
        limits = (
            (name, _number(f"/proc/sys/user/{name}"))
            for name in ("max_user_namespaces", "max_net_namespaces", "max_mnt_namespaces")
        )
        return cls(
            limits=tuple((name, value) for name, value in limits if value is not None),
            userns_clone=_number("/proc/sys/kernel/unprivileged_userns_clone"),
            apparmor=_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
            filtered="\nSeccomp:\t2" in _text("/proc/self/status"),
            flatpak=is_here(),
            root=os.geteuid() == 0,
        )


def explain(stage: Stage, code: int, detail: str, facts: Facts) -> str:
    """What to tell the user. `code` is an errno, 0 where there was none."""
    if stage is Stage.LIBRARY:
        return _LIBRARY.format(detail=detail)
    if stage is Stage.MODULES:
        return _MODULES.format(names=", ".join(detail.split()), modprobe=detail)
    if stage in (Stage.UNSHARE, Stage.NEST):
        return _forbidden(code, facts) or _unexplained(stage, code, detail)
    if code in (errno.EPERM, errno.EACCES) and facts.apparmor and not facts.root:
        return _APPARMOR
    return _unexplained(stage, code, detail)


def _forbidden(code: int, facts: Facts) -> str | None:
    """Why there may be no new user namespace, where that is known."""
    if code == errno.ENOSPC:
        return _limited(facts)
    if code in (errno.EINVAL, errno.ENOSYS):
        return _NOT_BUILT
    if code not in (errno.EPERM, errno.EACCES):
        return None
    if facts.flatpak:
        return _FLATPAK
    if facts.userns_clone == 0 and not facts.root:
        return _sysctl("kernel.unprivileged_userns_clone", 0, 1)
    if facts.apparmor and not facts.root:
        return _APPARMOR
    if facts.filtered:
        return _FILTERED
    return _SECURITY_MODULE


def _limited(facts: Facts) -> str:
    for name, value in facts.limits:
        if value == 0:
            return _sysctl(f"user.{name}", 0, 15_000)
    return _TOO_MANY.format(
        limits=", ".join(f"user.{name} = {value}" for name, value in facts.limits)
    )


def _sysctl(name: str, value: int, better: int) -> str:
    return (
        f"This machine forbids users their own namespaces ({name} = {value}), and byway run needs "
        f"one. To allow them: sudo sysctl {name}={better}. To keep it so: echo {name}={better} | "
        "sudo tee /etc/sysctl.d/60-byway.conf"
    )


def _unexplained(stage: Stage, code: int, detail: str) -> str:
    reason = ": ".join(filter(None, (detail, os.strerror(code) if code else "")))
    return f"byway run could not {_DOING[stage]}: {reason}."


_DOING = {
    Stage.UNSHARE: "make a namespace for the program",
    Stage.MAPS: "write the id map of the program's namespace",
    Stage.LOOPBACK: "raise the loopback interface of the program's namespace",
    Stage.ADDRESSES: "set addresses and routes in the program's namespace",
    Stage.SOCKETS: "make the sockets that intercept the program's traffic",
    Stage.RULES: "load the rules that intercept the program's traffic; nftables says",
    Stage.NAMES: "give the program a resolv.conf of its own",
    Stage.ENDED: "start the program",
    Stage.NEST: "give the program back your own user id within its namespace",
}

_LIBRARY = (
    "byway run needs libnftables, which could not be loaded ({detail}). Install it: sudo apt "
    "install libnftables1 (Debian, Ubuntu), sudo dnf install nftables (Fedora), sudo pacman -S "
    "nftables (Arch)."
)

_MODULES = (
    "This kernel lacks what intercepts traffic: {names}. Where they are modules, load them: "
    "sudo modprobe -a {modprobe} (Linux 5.10 or newer has them; in a container, load them on the "
    "host)."
)

_APPARMOR = (
    "AppArmor lets programs of this machine make a namespace but not use it "
    "(kernel.apparmor_restrict_unprivileged_userns = 1, Ubuntu's default since 23.10), and byway "
    "run needs one. Install Byway's package, which brings an AppArmor profile for it, or lift the "
    "restriction for all programs: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0."
)

_FILTERED = (
    "A seccomp filter forbids this process new namespaces, as containers do, and byway run needs "
    "one. Run Byway outside of the container, or start it with --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined."
)

_FLATPAK = (
    "This Byway is a Flatpak, whose sandbox may make no namespaces, and byway run needs one. With "
    "the helper (byway install-helper) byway up sends every program's traffic by the rules; the "
    "Debian package, the AppImage and the wheel of Byway can run single programs too."
)

_SECURITY_MODULE = (
    "The system forbids new namespaces, and byway run needs one. A security module (SELinux, "
    "AppArmor) may forbid them to this program, or it runs in a chroot, where the kernel allows "
    "none."
)

_NOT_BUILT = (
    "This kernel was built without user namespaces (CONFIG_USER_NS) or network namespaces "
    "(CONFIG_NET_NS), and byway run needs both."
)

_TOO_MANY = (
    "No more namespaces are allowed here: a limit is reached ({limits}), or they are nested too "
    "deep (32 at most)."
)


def _number(path: str) -> int | None:
    try:
        return int(_text(path))
    except ValueError:
        return None


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
