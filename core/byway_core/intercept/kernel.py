"""System calls that Python 3.11 lacks, each as thin as it can be. Knows nothing of their purpose.

Loads ctypes: for the forked processes only, never for the engine.
"""

from __future__ import annotations

import ctypes
import os
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_BIND = 4096

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_PR_CAPBSET_READ = 23
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4

_CAPABILITY_VERSION_3 = 0x20080522  # linux/capability.h: two words for each set

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """unshare(2). OSError as the kernel says."""
    _check(_libc.unshare(ctypes.c_int(flags)))


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """mount(2); `source` and `target` may be of the form /proc/self/fd/N."""
    _check(
        _libc.mount(
            os.fsencode(source),
            os.fsencode(target),
            kind.encode(),
            ctypes.c_ulong(flags),
            options.encode(),
        )
    )


def unmount(target: str) -> None:
    """umount(2)."""
    _check(_libc.umount(os.fsencode(target)))


def die_with_parent(signum: int) -> None:
    """Get `signum` when the parent dies. Whoever calls this looks at getppid() afterwards: the
    parent may have been dead before. Forgotten by the kernel at fork."""
    _prctl(_PR_SET_PDEATHSIG, signum)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies (PR_SET_CHILD_SUBREAPER)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def call_process(name: str) -> None:
    """The name that ps and top show; 15 bytes."""
    buffer = ctypes.create_string_buffer(name.encode())
    _check(_libc.prctl(_PR_SET_NAME, buffer, 0, 0, 0))


def renounce_privileges() -> None:
    """Nothing that is executed from here on can gain a capability: no_new_privs, and the bounding,
    ambient, inheritable, permitted and effective sets are empty. Not for a user namespace that is
    made later: its maker has every capability within it, and only there."""
    empty_bounding_set()
    renounce_capabilities()


def renounce_capabilities() -> None:
    """The same for whoever may not empty the bounding set (CAP_SETPCAP), from which no_new_privs
    lets nothing come back."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0))
    nothing = ctypes.create_string_buffer(24)
    _check(_libc.capset(header, nothing))


def empty_bounding_set() -> None:
    """No program that is executed from here on gets a capability, root's neither. OSError (EPERM)
    without CAP_SETPCAP."""
    capability = 0
    while _libc.prctl(_PR_CAPBSET_READ, capability, 0, 0, 0) >= 0:  # EINVAL after the last one
        _prctl(_PR_CAPBSET_DROP, capability)
        capability += 1


def _prctl(option: int, value: int) -> None:
    _check(_libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0))


def _check(result: int) -> None:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
