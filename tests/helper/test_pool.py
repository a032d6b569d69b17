"""Channels of marked sockets, each apart from the others."""

from __future__ import annotations

import textwrap

from tests.support.own_network import inside

PRELUDE = """
import errno, os, resource, select, socket, threading
from byway_core.helper_client.marked import MarkedSockets
from byway_helper.pool import MOST_AT_ONCE, Pool
MARK = 3 << 24
ASK = bytes((4, 1, MOST_AT_ONCE))
def descriptors():
    return len(os.listdir("/proc/self/fd"))
def take(channel):
    said, got, _, _ = socket.recv_fds(channel, 64, 64)
    for each in got:
        os.close(each)
    return len(got)
pool = Pool(MARK)
"""


def with_pool(code: str) -> str:
    return inside(PRELUDE + textwrap.dedent(code))


def test_a_channel_that_is_never_read():
    """It has one answer on its way, and ends; others do not notice."""
    with_pool("""
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))  # 278 answers fit into a channel
        mute = [pool.open() for _ in range(2)]
        well = pool.open()
        for channel in mute:
            try:
                while True:  # blocks where nobody takes it, and nobody has ended it
                    channel.send(ASK)
            except ConnectionError:
                pass
        for _ in range(50):
            well.send(ASK)
            assert take(well) == MOST_AT_ONCE
        for channel in mute:
            assert take(channel) == MOST_AT_ONCE
            assert take(channel) == 0
            channel.close()
        well.close()
    """)


def test_two_at_once_and_one_after_the_other():
    """A request that is taken is answered, whatever other channels do meanwhile."""
    with_pool("""
        channels = [pool.open() for _ in range(4)]
        def fetch(channel):
            for _ in range(100):
                channel.send(ASK)
                got.append(take(channel))
        got = []
        threads = [threading.Thread(target=fetch, args=(channel,)) for channel in channels]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert got == [MOST_AT_ONCE] * 400
        for each in channels:
            each.close()
    """)


def test_closed_by_the_helper():
    """Each thread goes, and each descriptor of ours; who asks is told."""
    with_pool("""
        before, threads = descriptors(), threading.active_count()
        channels = [pool.open() for _ in range(4)]
        sockets = [MarkedSockets(each) for each in channels]
        for each in sockets:
            each.tcp(socket.AF_INET).close()
        channels[0].send(b"nonsense")  # so that one is closed already
        assert select.select([channels[0]], [], [], 10)[0] and channels[0].recv(1) == b""
        pool.close()
        for thread in threading.enumerate()[1:]:
            thread.join(10)
        assert threading.active_count() == threads
        for each in sockets:
            for _ in range(MOST_AT_ONCE - 1):  # what it has
                each.tcp(socket.AF_INET).close()
            try:
                each.tcp(socket.AF_INET)
            except OSError as error:
                assert error.errno == errno.ENOTCONN
            else:
                raise AssertionError
            each.close()
        assert descriptors() == before, (before, descriptors())
    """)
