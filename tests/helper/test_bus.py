"""The helper's and the engine's end of the bus, and what anybody may send them."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Iterator

import pytest
from dbus_fast._private.unmarshaller import Unmarshaller
from tests.support.bus_client import on_bus
from tests.support.raw_bus import frame, marshalled, nested

from byway_helper.bus import MOST_BYTES, Screened

FIRST = """
import struct
from tests.support.raw_bus import *
def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))
"""


def on_stage(code: str, limits: str = "") -> str:
    return on_bus(code, FIRST, limits=limits)


# -- the socket alone


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Screened]]:
    theirs, ours = socket.socketpair()
    ours.setblocking(False)
    screened = Screened(ours, 16)
    yield theirs, screened
    theirs.close()
    screened.close()


def passed(screened: Screened) -> list[bytes]:
    """The messages that dbus-fast's reader gets, as raw frames, until nothing more is there."""
    unmarshaller = Unmarshaller(None, screened, True)
    found = []
    turns = 0
    while turns < 3:  # a message a turn, and a last one to find nothing
        message = unmarshaller.unmarshall()
        if message is None:
            turns += 1
            continue
        turns = 0
        found.append((message.serial, message.signature))
        for descriptor in message.unix_fds:
            os.close(descriptor)
    return found


GOOD = frame(marshalled("s", "text"), signature="s", serial=7)
CASES = {
    "good": (GOOD, [(7, "s")]),
    "big-endian": (frame(serial=9, order=">"), [(9, "")]),
    "too deep": (frame(nested(64), signature="v", serial=8), [(8, "")]),
    "too large": (frame(bytes(MOST_BYTES), signature="ay", serial=8), [(8, "")]),
    "cut signature": (frame(b"\1", signature="a{s", serial=8), [(8, "")]),
    "no signature": (frame(b"\1", serial=8), [(8, "")]),
    "of no kind": (frame(kind=9), []),
    "no header": (b"l\1\0\1" + bytes(12), [(0, "")]),
    "no header, too large": (b"l\1\0\1" + (1 << 20).to_bytes(4, "little") + bytes(8 + (1 << 20)),
                             [(0, "")]),
    "header too large": (b"l\1\0\1" + bytes(8) + (1 << 20).to_bytes(4, "little")
                         + bytes(1 << 20), []),
    "nonsense": (b"l\1\0\1" + bytes(8) + b"\x10\0\0\0" + b"\xff" * 16, []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("step", [1 << 20, 1000, 1])
def test_what_is_passed_on(ends: tuple[socket.socket, Screened], name: str, step: int) -> None:
    """Whole, in pieces, byte by byte; and what comes after it is read."""
    theirs, ours = ends
    data, expected = CASES[name]
    if step == 1 and len(data) > 10_000:
        step = 97
    data += GOOD
    found = []
    for start in range(0, len(data), step):
        rest = memoryview(data)[start : start + step]
        while rest:
            rest = rest[theirs.send(rest[: 64 << 10]) :]
            found += passed(ours)
    assert found == [*expected, (7, "s")]


def test_descriptors_are_those_of_their_message(ends: tuple[socket.socket, Screened]) -> None:
    """And closed with it, where it is not passed on; and they close on exec."""
    theirs, ours = ends
    before = len(os.listdir("/proc/self/fd"))
    with open(os.devnull) as null, open("/proc/self/exe", "rb") as program:
        mine = null.fileno(), program.fileno()
        socket.send_fds(theirs, [frame(nested(64), signature="v")], mine)
        theirs.sendall(GOOD)
        socket.send_fds(theirs, [frame(serial=2, descriptors=2)], mine)
        theirs.sendall(GOOD)
        unmarshaller = Unmarshaller(None, ours, True)
        got = []
        while len(got) < 4:
            message = unmarshaller.unmarshall()
            if message is not None:
                got.append((message.serial, [os.readlink(f"/proc/self/fd/{fd}")
                                             for fd in message.unix_fds]))  # fmt: skip
                assert not any(os.get_inheritable(fd) for fd in message.unix_fds)
                for descriptor in message.unix_fds:
                    os.close(descriptor)
        names = [os.readlink(f"/proc/self/fd/{fd}") for fd in mine]
        assert got == [(1, []), (7, []), (2, names), (7, [])]
    assert len(os.listdir("/proc/self/fd")) == before


def test_none_are_taken() -> None:
    theirs, plain = socket.socketpair()
    plain.setblocking(False)
    before = len(os.listdir("/proc/self/fd"))
    with Screened(plain, 0) as ours, theirs:
        socket.send_fds(theirs, [GOOD], [0, 1, 2])
        assert passed(ours) == [(7, "s")]
        assert len(os.listdir("/proc/self/fd")) == before


def test_a_peer_that_does_not_read(ends: tuple[socket.socket, Screened]) -> None:
    """Nothing is lost: not a byte, nor the descriptors that should have gone with the first."""
    theirs, ours = ends
    theirs.setblocking(False)
    while ours.send(bytes(4096)):
        pass
    assert ours.full
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, (0).to_bytes(4, "little"))]
    assert ours.sendmsg([b"with"], rights) == 0
    with contextlib.suppress(BlockingIOError):
        while theirs.recv(1 << 16):
            pass
    assert ours.send(b"with") == 4
    assert not ours.full
    data, descriptors, _, _ = socket.recv_fds(theirs, 10, 2)
    assert (data, len(descriptors)) == (b"with", 1)
    os.close(descriptors[0])
    assert ours.send(b"more") == 4
    assert socket.recv_fds(theirs, 10, 2)[:2] == (b"more", [])


def test_the_end_is_an_end(ends: tuple[socket.socket, Screened]) -> None:
    theirs, ours = ends
    theirs.close()
    with pytest.raises(EOFError):
        Unmarshaller(None, ours, True).unmarshall()
    with pytest.raises(OSError, match=os.strerror(errno.EPIPE)):
        ours.send(b"x")


# -- on a bus


def test_dbus_fast_has_what_is_ours_to_replace():
    """The names that `bus` takes the place of, or uses: see the range in pyproject.toml."""
    on_stage("""
        from byway_helper.bus import Bus, Screened
        mine = Bus()
        await mine.connect()
        assert type(mine._sock) is Screened and mine._writer.sock is mine._sock
        assert mine._fd == mine._sock.fileno() and not mine.full
        mine.disconnect()
        await mine.wait_for_disconnect()
    """)


@pytest.mark.parametrize("compiled", [True, False])
def test_weird_calls(compiled):
    """Each has an answer; the helper lives, keeps no descriptor and does not grow. `compiled`:
    dbus-fast, of which the installed helper has pure Python."""
    on_stage(
        """
        COMPILED = @compiled
        if not COMPILED:
            await place.restart_helper_as_installed()
        def all_of_them():
            for name, signature, body in WEIRD:
                for member in ("Status", "Start", "Update", "Nothing"):
                    raw = RawBus()
                    call = frame(body, signature=signature, member=member, descriptors=2)
                    assert raw.answer(call, [0, 1]) in (RETURN, ERROR), name
                    raw.close()
        pid = place.helper.pid
        for again in range(6):
            await asyncio.to_thread(all_of_them)
            assert await call(bus, "Status", "", []) != [], again
            if again == 2:
                kept, memory = descriptors(pid), rss(pid)
        assert descriptors(pid) <= kept, (kept, descriptors(pid))
        assert rss(pid) < memory + (2 << 20), (memory, rss(pid))
        assert place.log.read_text().count("cannot be read") == 1
    """.replace("@compiled", str(compiled))
    )


def test_weird_signals_to_an_engine():
    """The lease lives on, whoever forges what; descriptors that come with it are closed."""
    on_stage("""
        helper = await Helper.reached()
        lost = asyncio.Event()
        await helper.start(Request(Plan(Mode.GLOBAL)), lost.set)
        engine = (await helper.status())["owner"]
        before = descriptors(os.getpid())
        def all_of_them():
            raw = RawBus()
            forged = dict(to=engine, path="/org/freedesktop/DBus", member="NameOwnerChanged",
                          interface="org.freedesktop.DBus", signature="sss")
            body = marshalled("sss", BUS_NAME, ":1.0", "")
            raw.send(frame(body, SIGNAL, **forged))
            raw.send(frame(b"", SIGNAL, to=engine, member="Ended"))
            for name, signature, body in WEIRD:
                for way in (dict(), dict(path="/org/freedesktop/DBus", member="NameOwnerChanged",
                                         interface="org.freedesktop.DBus")):
                    raw.send(frame(body, SIGNAL, to=engine, signature=signature, descriptors=2,
                                   **way), [0, 1])
            raw.send(frame(b"", RETURN, to=engine, answers=1))  # nobody has asked for these
            raw.send(frame(b"", ERROR, to=engine, answers=3, error="a.b"))
            # The bus has passed on all of it once it has answered this.
            dbus = "org.freedesktop.DBus"
            raw.answer(frame(path="/", interface=dbus, member="GetId", to=dbus, serial=2), serial=2)
            raw.close()
        await asyncio.to_thread(all_of_them)
        for again in range(3):
            await helper.update(Plan(Mode.GLOBAL))
        assert not lost.is_set() and "inet byway {" in shown()
        assert descriptors(os.getpid()) == before, (before, descriptors(os.getpid()))
        await helper.stop()
        helper.close()
    """)


def test_whatever_hypothesis_thinks_of():
    """Bodies by any signature, and valid frames with some bytes changed, for which the bus may end
    the sender. Status works all the time; memory and descriptors are flat."""
    on_stage("""
        from hypothesis import HealthCheck, given, settings, strategies as st
        basic = st.sampled_from([("q", st.integers(0, 65535)), ("u", st.integers(0, 2**32 - 1)),
            ("s", st.text(st.characters(exclude_characters="\\0", exclude_categories=["Cs"]))),
            ("b", st.booleans()), ("d", st.floats()), ("x", st.integers(-2**63, 2**63 - 1)),
            ("ay", st.binary()), ("o", st.just("/")), ("g", st.just("a{sv}"))])
        def wider(inner):
            return st.one_of(
                inner.map(lambda e: ("a" + e[0], st.lists(e[1], max_size=5))),
                st.lists(inner, min_size=1, max_size=4).map(lambda es: (
                    "(" + "".join(e[0] for e in es) + ")",
                    st.tuples(*(e[1] for e in es)))),
                inner.map(lambda e: ("a{s" + e[0] + "}", st.dictionaries(
                    st.sampled_from(["version", "workers", "x"]), e[1]))),
                inner.map(lambda e: ("v", e[1].map(lambda value: Variant(e[0], value)))))
        kinds = st.recursive(basic, wider, max_leaves=8)
        bodies = st.lists(kinds, max_size=3).filter(
            lambda es: len("".join(e[0] for e in es)) < 250).flatmap(
            lambda es: st.tuples(st.just("".join(e[0] for e in es)), *(e[1] for e in es)))
        members = st.sampled_from(["Start", "Stop", "Update", "Repair", "Status", "X"])
        kind = st.sampled_from([CALL, CALL, CALL, SIGNAL, RETURN, ERROR])
        place_of_change = st.lists(st.tuples(st.floats(0, 1, exclude_max=True),
                                             st.integers(0, 255)), max_size=3)
        raws = [RawBus()]
        answered = 0
        @settings(max_examples=400, deadline=None, database=None,
                  suppress_health_check=list(HealthCheck))
        @given(bodies, members, kind, st.integers(0, 7), st.sampled_from("<<<>"), place_of_change)
        def send(body, member, kind, flags, order, changes):
            signature, *values = body
            data = marshalled(signature, *values) if order == "<" else b""
            fields = dict(signature=signature) if data else {}
            if kind in (RETURN, ERROR):
                fields |= dict(answers=5, error="a.b")
            made = bytearray(frame(data, kind, flags=flags, member=member, order=order, **fields))
            for where, value in changes:
                made[int(where * len(made))] = value
            try:
                raws[0].send(bytes(made))
                dbus = "org.freedesktop.DBus"
                raws[0].answer(frame(path="/", interface=dbus, member="GetId", to=dbus, serial=99),
                               serial=99)
            except OSError:  # so the bus did not like it, or waits for the rest of it
                raws[0].close()
                raws[0] = RawBus()
            raws[0].sock.settimeout(0.2)
        async def no(action, asker):
            return NO
        place.polkit.says = no
        pid = place.helper.pid
        for again in range(3):
            await asyncio.to_thread(send)
            assert (await call(bus, "Status", "", []))[0]["mode"].value == ""
            if again == 0:
                kept, memory = descriptors(pid), rss(pid)
        assert place.helper.poll() is None
        assert descriptors(pid) <= kept and rss(pid) < memory + (4 << 20), (memory, rss(pid))
        assert "inet byway" not in shown()
        raws[0].close()
    """)


# Of a message that somebody has not read yet, the bus counts the bytes for who has sent it.
LITTLE = (
    '<limit name="max_incoming_bytes">20000</limit>'
    '<limit name="max_replies_per_connection">100000</limit>'
)


def test_a_client_that_does_not_read_its_answers():
    """The bus keeps these on the helper's account and reads no more from it; that is no end. When
    the client goes, all is as before."""
    on_stage(
        """
        helper = await Helper.reached()
        await helper.start(Request(Plan(Mode.GLOBAL)), lambda: None)
        raw = RawBus()
        def flood():
            for serial in range(2, 3000):
                raw.send(frame(serial=serial, member="Update"))
        await asyncio.to_thread(flood)
        try:
            async with asyncio.timeout(2):
                got = await call(bus, "Status", "", [])
            raise AssertionError(f"not full, this tests nothing, or gone: {got}")
        except TimeoutError:
            pass
        assert place.helper.poll() is None and "inet byway {" in shown()
        raw.close()
        assert (await helper.status())["owner"]
        await helper.stop()
        assert place.helper.poll() is None
        helper.close()
    """,
        LITTLE,
    )


def test_the_unit_leaves_it_memory_enough():
    """For all that may be asked of it, and what others make it read meanwhile."""
    on_stage("""
        import resource
        from ipaddress import ip_network
        unit = (ROOT / "polkit/data/byway-helper.service").read_text()
        limit = int(unit.split("LimitDATA=")[1].split("M")[0]) << 20
        resource.prlimit(place.helper.pid, resource.RLIMIT_DATA, (limit, limit))
        networks = tuple(ip_network(f"2001:db8:{each:x}::/48") for each in range(MAX_BYPASS))
        helper = await Helper.reached()
        await helper.start(Request(Plan(Mode.GLOBAL, bypass=networks), 4, True), lambda: None)
        def weird():
            for name, signature, body in WEIRD:
                raw = RawBus()
                assert raw.answer(frame(body, signature=signature)) in (RETURN, ERROR), name
                raw.close()
        await asyncio.gather(helper.update(Plan(Mode.GLOBAL, bypass=networks[1:])),
                             asyncio.to_thread(weird))
        tasks = len(os.listdir(f"/proc/{place.helper.pid}/task"))
        assert tasks * 2 <= int(unit.split("TasksMax=")[1].split()[0]), tasks
        def had():
            status = open(f"/proc/{place.helper.pid}/status").read()
            return int(status.split("VmData:")[1].split()[0]) << 10
        assert had() * 2 < limit, had()
        await helper.stop()
        helper.close()
    """)


def test_large_messages_keep_no_sockets_back():
    """An engine has its sockets while the helper still reads what somebody floods it with."""
    on_stage("""
        await place.restart_helper_as_installed()
        helper = await Helper.reached()
        handover = await helper.start(Request(Plan(Mode.GLOBAL)), lambda: None)
        channel = socket.socket(fileno=os.dup(handover.channels[0]))
        channel.settimeout(DEADLINE)
        much = 100_000  # empty arrays, a value each
        arrays = struct.pack("<I", 4 * much) + bytes(4 * much)
        text = marshalled("s", "global")
        option = marshalled("s", "x") + b"\\3aay\\0"
        option += bytes(-len(option) % 4)
        body = text + bytes(-len(text) % 4) + struct.pack("<I", len(option) + len(arrays))
        assert len(body) % 8 == 0
        rest = dict(signature="sa{sv}", member="Start")
        raw = RawBus()
        count, batches = 20, 40
        events = []
        def flood():
            for serial in range(2, count + 2):
                raw.send(frame(body + option + arrays, serial=serial, **rest))
        def read():
            while events.count("answer") < count:
                kind, _, said = raw.next()
                if kind == SIGNAL:  # NameAcquired
                    continue
                assert kind == ERROR and b"this helper speaks version" in said, said
                events.append("answer")
        async def fetch():
            while not events:  # by then the flood is there
                await asyncio.sleep(0.001)
            def batch():
                channel.send(bytes((4, 1, 32)))
                for each in socket.recv_fds(channel, 64, 32)[1]:
                    os.close(each)
            for _ in range(batches):
                await asyncio.to_thread(batch)
            events.append("sockets")
        await asyncio.gather(asyncio.to_thread(flood), asyncio.to_thread(read), fetch())
        # On one loop with the messages, it were an answer for each batch.
        assert events.index("sockets") < count / 2, events
        helper.close()
        raw.close()
        channel.close()
    """)
