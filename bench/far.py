"""A long way between proxy and server: packets of two TUN devices, each held for a while.

What netem does, for kernels that are built without it, in unprivileged Python and good to a
millisecond. Meant for round trips, not for bulk. Run as `python -m bench.far ONE OTHER DELAY`: the
names of two network namespaces and the seconds each packet takes one way. Prints "ready" once each
namespace has its device, named `far`, down and without an address.
"""

from __future__ import annotations

import collections
import contextlib
import ctypes
import fcntl
import os
import select
import struct
import sys
import time
from pathlib import Path

DEVICE = "far"

_CLONE_NEWNET = 0x40000000  # <linux/sched.h>
_TUNSETIFF = 0x400454CA  # <linux/if_tun.h>; an ifreq of 40 bytes, as are the flags
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
# More than a packet of this device can have.
_LARGEST = 65536


def enter(namespace: str) -> None:
    """setns(2); Python has it from 3.12 on."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/run/netns", namespace).open() as file:
        if libc.setns(file.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter the namespace {namespace}")


def device() -> int:
    """A TUN device in the namespace that this process is in; gone when it is closed."""
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    request = struct.pack("16sH22x", DEVICE.encode(), _IFF_TUN | _IFF_NO_PI)
    fcntl.ioctl(fd, _TUNSETIFF, request)
    return fd


def carry(one: int, other: int, delay: float) -> None:
    """For ever: what comes in on either side goes out on the other one, in order, `delay` later."""
    poll = select.epoll()
    poll.register(one, select.EPOLLIN)
    poll.register(other, select.EPOLLIN)
    leads_to = {one: other, other: one}
    waiting: collections.deque[tuple[float, int, bytes]] = collections.deque()
    while True:
        left = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        for fd, _events in poll.poll(left):
            try:
                while True:
                    packet = os.read(fd, _LARGEST)
                    waiting.append((time.monotonic() + delay, leads_to[fd], packet))
            except BlockingIOError:
                continue
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _due, fd, packet = waiting.popleft()
            with contextlib.suppress(OSError):  # EIO: that device is not up yet
                os.write(fd, packet)


def main() -> None:
    one, other, delay = sys.argv[1:]
    fds = []
    for namespace in (one, other):
        enter(namespace)
        fds.append(device())
    print("ready", flush=True)
    carry(fds[0], fds[1], float(delay))


if __name__ == "__main__":
    main()
