"""The helper on a bus: who gets what, and what is left when somebody goes."""

from __future__ import annotations

from functools import partial

import pytest
from tests.support.bus_client import on_bus


@pytest.fixture
def on_both(backend):
    """`on_bus`, where there is nftables and where there is not."""
    return partial(on_bus, without_nftables=backend == "iptables")


def test_start_and_stop(on_both):
    on_both("""
        before = shown()
        for again in range(2):
            helper = await Helper.reached()
            got = await helper.start(Request(Plan(Mode.GLOBAL, udp=Udp.ALL), 2), lambda: None)
            assert len(got.tcp) == 2 == len(got.channels) == len(got.udp) == len(got.answers), got
            status = await helper.status()
            assert status["mode"] == "global" and status["version"] == VERSION, status
            if has_nftables():
                assert (status["backend"], status["why"]) == ("nftables", ""), status
            else:
                assert status["backend"] == "iptables", status
                assert "libnftables" in status["why"], status
            for family, address in (2, "203.0.113.1"), (10, "2001:db8:1::1"):
                client = socket.socket(family)
                client.setblocking(False)
                client.connect_ex((address, 80))
                listeners = [socket.socket(fileno=fd) for w in got.tcp for fd in w]
                mine = [each for each in listeners if each.family == family]
                loop = asyncio.get_running_loop()
                ready = loop.create_future()
                for each in mine:
                    each.setblocking(False)
                    loop.add_reader(each, lambda each=each: ready.done() or ready.set_result(each))
                accepted, peer = (await asyncio.wait_for(ready, 5)).accept()
                for each in mine:
                    loop.remove_reader(each)
                assert accepted.getsockname()[:2] == (address, 80)
                assert peer[:2] == client.getsockname()[:2]
                accepted.close()
                client.close()
                for each in listeners:
                    each.detach()
            await helper.stop()
            assert shown() == before, shown()
            assert (await helper.status())["mode"] == ""
            helper.close()
            for fd in (*sum(got.tcp, ()), *got.udp, *got.answers, *got.channels):
                os.close(fd)
    """)


@pytest.mark.parametrize(
    ("says", "fault"),
    [("NO", "DENIED"), ("DISMISSED", "DISMISSED"), ("NO_AGENT", "NO_AGENT")],
)
def test_polkit_says_no(says, fault):
    on_bus(f"""
        before = shown()
        async def no(action, asker):
            return {says}
        place.polkit.says = no
        helper = await Helper.reached()
        for ask in (lambda: helper.start(Request(Plan(Mode.GLOBAL)), lambda: None), helper.repair):
            assert await fault_of(ask()) is HelperFault.{fault}
        assert shown() == before
        helper.close()
    """)


def test_what_polkit_is_asked():
    on_bus("""
        lan = Plan(Mode.GATEWAY, lan=("out",))
        for request, actions in (
            (Request(Plan(Mode.GLOBAL)), ["intercept"]),
            (Request(lan), ["gateway"]),
            (Request(lan, kill_switch=True), ["gateway", "kill-switch"]),
        ):
            place.polkit.asked.clear()
            helper = await Helper.reached()
            await helper.start(request, lambda: None)
            assert place.polkit.asked == [f"io.github.byway.{each}" for each in actions]
            await helper.status()
            await helper.update(Plan(Mode.GLOBAL))
            await helper.stop()
            assert len(place.polkit.asked) == len(actions)  # the owner is not asked again
            helper.close()
    """)


def test_what_polkit_is_asked_for_what_somebody_else_has():
    """A Start or Repair also takes something away: what is in force, and a kill switch, standing or
    left behind. Nothing is asked twice."""
    on_bus("""
        intercept, gateway, guard = (f"io.github.byway.{each}" for each in
                                     ("intercept", "gateway", "kill-switch"))
        lan = Plan(Mode.GATEWAY, lan=("out",))
        plain = Plan(Mode.GLOBAL)
        other = await Helper.reached()
        async def asked(work):
            place.polkit.asked.clear()
            await work
            return list(place.polkit.asked)
        def start(helper, *request):
            return helper.start(Request(*request), lambda: None)
        assert await asked(other.repair()) == [intercept]
        for request, actions in (
            ((plain,), [intercept]),
            ((plain, 1, True), [intercept, guard]),
            ((lan,), [gateway]),
            ((lan, 1, True), [gateway, guard]),
        ):
            helper = await Helper.reached()
            await start(helper, *request)
            assert await asked(other.repair()) == actions, actions
            helper.close()
        async def leave_a_guard():
            helper = await Helper.reached()
            await start(helper, lan, 1, True)
            helper.close()
            await nobody_has_it(other)
            assert (await other.status())["kill-switch"]
        await leave_a_guard()
        assert await asked(other.repair()) == [guard]
        assert not (await other.status())["kill-switch"]
        for request in (plain,), (plain, 1, True):
            await leave_a_guard()
            assert await asked(start(other, *request)) == [intercept, guard]
            await other.stop()
        # Who may intercept, and not more, leaves a kill switch where it is.
        await leave_a_guard()
        async def only_intercept(action, asker):
            return YES if action == intercept else NO
        place.polkit.says = only_intercept
        for work in start(other, plain), other.repair():
            assert await fault_of(work) is HelperFault.DENIED
        assert (await other.status())["kill-switch"] and "inet byway {" not in shown()
        other.close()
    """)


def test_a_kill_switch_that_comes_while_a_user_is_asked():
    on_bus("""
        first, other = await Helper.reached(), await Helper.reached()
        go = place.polkit.hesitate(YES)
        repair = asyncio.ensure_future(other.repair())
        await until(lambda: place.polkit.asked)
        place.polkit.hesitate(YES).set()
        await first.start(Request(Plan(Mode.GLOBAL), 1, True), lambda: None)
        place.polkit.asked.clear()
        place.polkit.hesitate(NO).set()
        go.set()
        assert await fault_of(repair) is HelperFault.DENIED
        assert place.polkit.asked == ["io.github.byway.kill-switch"]
        assert "inet byway {" in shown() and "inet byway_guard {" in shown()
        await first.stop()
        first.close()
        other.close()
    """)


def test_one_owner():
    on_bus("""
        first, second = await Helper.reached(), await Helper.reached()
        await first.start(Request(Plan(Mode.GLOBAL)), lambda: None)
        for attempt, fault in (
            (lambda: second.start(Request(Plan(Mode.GLOBAL)), lambda: None), HelperFault.BUSY),
            (lambda: first.start(Request(Plan(Mode.GLOBAL)), lambda: None), HelperFault.BUSY),
            (second.stop, HelperFault.NOT_OWNER),
            (lambda: second.update(Plan(Mode.GLOBAL)), HelperFault.NOT_OWNER),
        ):
            assert await fault_of(attempt()) is fault
        await first.stop()
        await second.start(Request(Plan(Mode.GLOBAL)), lambda: None)
        second.close()
        first.close()
    """)


def test_two_are_asked_at_once():
    """Both users say yes; one gets it."""
    on_bus("""
        go = place.polkit.hesitate(YES)
        helpers = [await Helper.reached() for _ in range(2)]
        starts = [asyncio.ensure_future(each.start(Request(Plan(Mode.GLOBAL)), lambda: None))
                  for each in helpers]
        await until(lambda: len(place.polkit.asked) == 2)
        go.set()
        ends = await asyncio.gather(*starts, return_exceptions=True)
        faults = [each.fault for each in ends if isinstance(each, HelperError)]
        assert faults == [HelperFault.BUSY], ends
        for each in helpers:
            each.close()
    """)


def test_the_caller_dies_while_its_user_is_asked():
    on_bus("""
        before = shown()
        go = place.polkit.hesitate(YES)
        helper = await Helper.reached()
        start = asyncio.ensure_future(helper.start(Request(Plan(Mode.GLOBAL)), lambda: None))
        await until(lambda: place.polkit.asked)
        helper.close()
        await until(lambda: place.polkit.withdrawn)
        go.set()
        other = await Helper.reached()
        assert (await other.status())["owner"] == ""
        assert shown() == before
        await other.start(Request(Plan(Mode.GLOBAL)), lambda: None)
        other.close()
        start.cancel()
        await asyncio.gather(start, return_exceptions=True)
    """)


def test_the_caller_dies_as_the_answer_comes():
    """Whichever is first, nobody has the machine in the end, and nothing is in force."""
    on_bus("""
        import random
        before = shown()
        watching = await Helper.reached()
        for again in range(40):
            helper = await Helper.reached()
            async def yes_and_gone(action, asker):
                await asyncio.sleep(random.choice((0, 0, 0.0005, 0.001)))
                helper.close()
                return YES
            place.polkit.says = yes_and_gone
            fault = await fault_of(helper.start(Request(Plan(Mode.GLOBAL)), lambda: None))
            assert fault in (HelperFault.NO_BUS, None)
            await nobody_has_it(watching)
            await given_back()
        assert shown() == before
        watching.close()
    """)


OWNER = """
import asyncio, sys, time
from byway_core.helper_client.lease import Helper
from byway_helper.contract import *
from byway_helper.protocol import Request
async def main():
    helper = await Helper.reached()
    await helper.start(Request(Plan(Mode.GLOBAL, udp=Udp.ALL), 1, sys.argv[1] == "True"), print)
    print("started", flush=True)
    await asyncio.sleep(1000)
asyncio.run(main())
"""


@pytest.mark.parametrize("kill_switch", [False, True])
def test_the_owner_is_killed(on_both, kill_switch):
    """As before within a second; with the kill switch refused, at once, until `repair`."""
    on_both(f"""
        import errno, signal, subprocess, sys, time
        before = shown()
        owner = subprocess.Popen([sys.executable, "-c", {OWNER!r}, "{kill_switch}"], stdout=-1)
        assert await asyncio.to_thread(owner.stdout.readline) == b"started\\n"
        owner.kill()
        owner.wait()
        await given_back()
        other = await Helper.reached()
        assert (await other.status())["kill-switch"] is {kill_switch}
        if {kill_switch}:
            place.helper.kill()  # it outlives the helper too
            place.helper.wait()
            for family, address in (2, "203.0.113.1"), (10, "2001:db8:1::1"):
                for kind in 1, 2:
                    client = socket.socket(family, kind)
                    client.settimeout(5)
                    began = time.monotonic()
                    try:
                        client.connect((address, 80))
                        client.send(b"?")
                        client.recv(1)
                    except (ConnectionRefusedError, PermissionError):
                        assert time.monotonic() - began < 1
                    else:
                        raise AssertionError
                    client.close()
            await place.start_helper()
            await other.repair()
        await until(lambda: shown() == before, 2)  # rules first; the routes mean nothing
        other.close()
    """)


def test_the_helper_is_killed(on_both):
    """The kernel takes the table back; the owner is told; the next helper cleans up and serves."""
    on_both("""
        before = shown()
        lost = asyncio.Event()
        helper = await Helper.reached()
        await helper.start(Request(Plan(Mode.GLOBAL)), lost.set)
        place.helper.kill()
        place.helper.wait()
        if not has_nftables():  # there, the kernel has done it
            await given_back()
        assert not taking(shown())
        await asyncio.wait_for(lost.wait(), DEADLINE)
        await place.start_helper()
        again = await Helper.reached()
        await again.start(Request(Plan(Mode.GLOBAL)), lambda: None)
        await again.stop()
        assert shown() == before, shown()
        again.close()
        helper.close()
    """)


def test_the_bus_dies(on_both):
    on_both("""
        before = shown()
        lost = asyncio.Event()
        helper = await Helper.reached()
        await helper.start(Request(Plan(Mode.GLOBAL)), lost.set)
        place.daemon.kill()
        await asyncio.wait_for(lost.wait(), DEADLINE)
        assert await asyncio.to_thread(place.helper.wait, DEADLINE) == 0
        assert shown() == before, shown()
    """)


def test_bypassed_networks(on_both):
    on_both("""
        from ipaddress import ip_network
        helper = await Helper.reached()
        nets = ("203.0.113.0/24", "2001:db8:1::/48")
        await helper.start(Request(Plan(Mode.GLOBAL, bypass=(ip_network(nets[0]),))), lambda: None)
        assert nets[0] in shown() and nets[1] not in shown()
        await helper.update(Plan(Mode.GLOBAL, bypass=(ip_network(nets[1]),)))
        assert nets[0] not in shown() and nets[1] in shown()
        helper.close()
    """)


def test_marked_sockets():
    """They are not taken by the rules; and who asks in a wrong way gets none any more."""
    on_bus("""
        from byway_core.helper_client.marked import MarkedSockets
        helper = await Helper.reached()
        got = await helper.start(Request(Plan(Mode.GLOBAL, udp=Udp.ALL), 2), lambda: None)
        first, second = (socket.socket(fileno=fd) for fd in got.channels)
        # As in an engine, whose loop waits for nothing while it fetches sockets.
        def fetch(channel):
            sockets = MarkedSockets(channel)
            made = [sockets.tcp(family) for family in (2, 10) for _ in range(40)]
            made += [sockets.udp(family) for family in (2, 10)]
            marks = {each.getsockopt(socket.SOL_SOCKET, 36) for each in made}  # SO_MARK
            assert marks == {3 << 24}, marks
            assert all(each.getblocking() is False for each in made)
            for each in made:
                each.close()
            sockets.close()
        fetch(first)
        none, many, more = b"\\4\\1\\0", b"\\4\\1\\41", b"\\4\\1\\1\\1"
        for nonsense in (b"", b"\\4\\1", none, many, more, b"\\7\\1\\1", b"\\4\\3\\1"):
            helper.close()
            helper = await Helper.reached()
            await nobody_has_it(helper)
            got = await helper.start(Request(Plan(Mode.GLOBAL), 1), lambda: None)
            channel = socket.socket(fileno=got.channels[0])
            channel.settimeout(5)
            channel.send(nonsense)
            assert channel.recv(1) == b"", nonsense
            channel.close()
        helper.close()
        second.close()
    """)


def test_hostile_calls():
    """Each has its error; the helper lives, keeps no descriptor and grows not."""
    on_bus("""
        import resource
        from byway_helper.contract import MAX_BYPASS
        net = b"\\4\\10" + bytes(4)
        def of(**changed):
            return ("Start", "sa{sv}", ["global", options(**changed)])
        calls = [
            (("Start", "s", ["global"]), "Invalid"),
            (("Start", "sa{ss}", ["global", {}]), "Invalid"),
            (("Stop", "u", [1]), "Invalid"),
            (("Apply", "", []), "org.freedesktop.DBus.Error.UnknownMethod"),
            (("Start", "sa{sv}", ["namespace", options()]), "Invalid"),
            (("Start", "sa{sv}", ["", options()]), "Invalid"),
            (of(version=("u", 2)), "Version"),
            (of(version=("s", "1")), "Version"),
            (of(version=None), "Version"),
            (of(families=None), "Invalid"),
            (of(families=("ay", b"")), "Invalid"),
            (of(families=("ay", b"\\5")), "Invalid"),
            (of(families=("ay", b"\\4\\4")), "Invalid"),
            (of(udp=("s", "some")), "Invalid"),
            (of(workers=("u", 0)), "Invalid"),
            (of(workers=("u", 5)), "Invalid"),  # more descriptors than a message may have
            (of(workers=("u", 1 << 31)), "Invalid"),
            (of(path=("s", "/bin/sh")), "Invalid"),
            (of(marks=("u", 1)), "Invalid"),
            (of(bypass=("ay", b"\\4")), "Invalid"),
            (of(bypass=("ay", b"\\5" + bytes(5))), "Invalid"),
            (of(bypass=("ay", b"\\4\\41" + bytes(4))), "Invalid"),  # /33
            (of(bypass=("ay", b"\\4\\10\\12\\0\\0\\1")), "Invalid"),  # 10.0.0.1/8
            (of(bypass=("ay", b"\\6\\10" + bytes(4))), "Invalid"),
            (of(bypass=("ay", net + b"\\4\\10\\12")), "Invalid"),
            (of(bypass=("ay", net * (MAX_BYPASS + 1))), "Invalid"),
            (of(bypass=("as", ["10.0.0.0/8"])), "Invalid"),
            (of(lan=("as", ["out"])), "Invalid"),
            (("Start", "sa{sv}", ["gateway", options(lan=("as", ["nowhere"]))]), "Failed"),
            *((("Start", "sa{sv}", ["gateway", options(lan=("as", [name]))]), "Invalid")
              for name in ('a"; flush ruleset; "', "", "lo", "x" * 16, "a b", "../x", "é")),
            (("Update", "ay", [net]), "NotOwner"),
            (("Update", "ay", [b"1"]), "Invalid"),
            (("Stop", "", []), "NotOwner"),
        ]
        before = shown()
        fds = f"/proc/{place.helper.pid}/fd"
        for again in range(30):
            for arguments, error in calls:
                reader, writer = os.pipe()
                got = await call(bus, *arguments, descriptors=[reader, writer])
                os.close(reader)
                os.close(writer)
                assert got == error, (arguments, got)
            if again == 5:
                kept, memory = len(os.listdir(fds)), rss(place.helper.pid)
        assert await call(bus, "Get", "ss", ["a.b", "c"],
                          interface="org.freedesktop.DBus.Properties") \\
            == "org.freedesktop.DBus.Error.AccessDenied"
        assert len(os.listdir(fds)) <= kept, os.listdir(fds)
        assert rss(place.helper.pid) < memory + (4 << 20), (memory, rss(place.helper.pid))
        assert place.helper.poll() is None and shown() == before
    """)


def test_as_many_workers_as_there_may_be():
    on_bus("""
        from byway_helper.protocol import MAX_WORKERS
        helper = await Helper.reached()
        got = await helper.start(Request(Plan(Mode.GLOBAL), MAX_WORKERS, True), lambda: None)
        assert len(got.tcp) == len(got.channels) == MAX_WORKERS
        await helper.stop()
        helper.close()
    """)


def test_questions_that_nobody_answers_do_not_keep_an_owner():
    on_bus("""
        before = shown()
        helper = await Helper.reached()
        await helper.start(Request(Plan(Mode.GLOBAL), 1, True), lambda: None)
        place.polkit.hesitate(NO)
        others = [await connected() for _ in range(9)]
        waiting = [asyncio.ensure_future(call(each, "Repair", "", [])) for each in others * 2]
        await until(lambda: len(place.polkit.asked) == 18)  # sixteen, and the owner's two
        await helper.status()
        await helper.update(Plan(Mode.GLOBAL))
        await helper.stop()
        assert shown() == before, shown()
        for each in others:
            each.disconnect()
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        helper.close()
    """)


def test_what_was_taken_stays_taken_when_its_network_is_bypassed(on_both):
    on_both("""
        from ipaddress import ip_network
        helper = await Helper.reached()
        got = await helper.start(Request(Plan(Mode.GLOBAL)), lambda: None)
        listener = next(each for each in (socket.socket(fileno=fd) for fd in got.tcp[0])
                        if each.family == socket.AF_INET)
        listener.settimeout(5)
        client = socket.create_connection(("203.0.113.1", 80), 5)
        accepted, _ = await asyncio.to_thread(listener.accept)
        accepted.settimeout(5)
        await helper.update(Plan(Mode.GLOBAL, bypass=(ip_network("203.0.113.0/24"),)))
        client.sendall(b"more")
        assert await asyncio.to_thread(accepted.recv, 10) == b"more"
        accepted.sendall(b"and back")
        assert await asyncio.to_thread(client.recv, 10) == b"and back"
        helper.close()
    """)


def test_floods():
    """One caller has two calls in flight, all together sixteen."""
    on_bus("""
        go = place.polkit.hesitate(NO)
        start = ("Start", "sa{sv}", ["global", options()])
        others = [await connected() for _ in range(9)]
        flood = [asyncio.ensure_future(call(each, *start)) for each in (bus, *others)
                 for _ in range(20)]
        await until(lambda: sum(e.done() for e in flood) >= 200 - 16)
        await until(lambda: len(place.polkit.asked) >= 16)
        assert len(place.polkit.asked) == 16
        go.set()
        got = await asyncio.gather(*flood)
        assert sorted(got) == ["Denied"] * 16 + ["Overloaded"] * 184, got
        assert (await call(bus, "Status", "", [])) != "Overloaded"
        for each in others:
            each.disconnect()
    """)


def test_the_raw_sender_sends_answers_only(on_both):
    on_both("""
        helper = await Helper.reached()
        got = await helper.start(Request(Plan(Mode.GLOBAL, udp=Udp.ALL)), lambda: None)
        sender = socket.socket(fileno=got.answers[0])
        header = b"\\0\\x35\\x30\\x39\\0\\x09\\0\\0!"  # 53 -> 12345, nobody asked
        try:
            sender.sendto(header, ("198.51.100.9", 0))
        except PermissionError:
            pass
        if has_nftables():
            counted = sh("nft list chain inet byway answers")
            assert "packets 1" in counted, counted
        else:
            counted = sh("iptables-legacy -t mangle -vnxL BYWAY_OUT | grep DROP").split()
            assert counted[0] == "1", counted
        helper.close()
        sender.close()
    """)


def test_no_socket_of_the_engines_speaks_for_others(on_both):
    """Each is transparent, and none begins anything in another's name; nor does the raw sender
    answer a conversation that was not taken."""
    on_both("""
        import errno, struct
        from ipaddress import ip_network
        from byway_core.intercept.datagrams import Gate
        helper = await Helper.reached()
        bypass = (ip_network("203.0.113.128/25"),)
        got = await helper.start(
            Request(Plan(Mode.GLOBAL, udp=Udp.ALL, bypass=bypass)), lambda: None)
        receiver = socket.socket(fileno=got.udp[0])
        sender = socket.socket(fileno=got.answers[0])
        def refused(call, *arguments):
            try:
                call(*arguments)
            except OSError as error:
                return error.errno
            raise AssertionError("it was sent")
        info = struct.pack("=i4s4x", 0, socket.inet_aton("8.8.8.8"))
        control = [(socket.IPPROTO_IP, 8, info)]  # IP_PKTINFO
        assert refused(receiver.sendmsg, [b"x"], control, 0, ("203.0.113.1", 9)) == errno.EPERM
        # Or bound anew, to an address and a port that it chooses.
        import contextlib, ctypes
        with contextlib.suppress(OSError):
            receiver.connect(("0.0.0.0", 0))
        assert ctypes.CDLL(None).connect(receiver.fileno(), bytes(16), 16) == 0  # AF_UNSPEC
        receiver.bind(("8.8.4.4", 5353))
        assert refused(receiver.sendto, b"x", ("203.0.113.1", 9)) == errno.EPERM
        # A conversation with a bypassed network, which the kernel knows of.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as program:
            program.connect(("203.0.113.200", 123))
            program.send(b"what time is it")
            way = Gate(receiver, sender).way(
                source=("203.0.113.200", 123), to=program.getsockname())
            assert refused(way, b"late") == errno.EPERM
            program.settimeout(0.2)
            try:
                program.recv(100)
            except TimeoutError:
                pass
            else:
                raise AssertionError("a forged answer")
        if has_nftables():
            assert "packets 0" not in sh("nft list chain inet byway out | grep counter")
        for each in receiver, sender:
            each.close()
        helper.close()
    """)


@pytest.mark.parametrize(("step", "fault"), [(1, "OLD_BYWAY"), (-1, "OLD_HELPER")])
def test_a_helper_of_another_version(step, fault):
    """Refused before anybody is asked, by either side; the rest works, so that it can be left."""
    on_bus(f"""
        await place.restart_helper_of_another_version({step})
        before = shown()
        helper = await Helper.reached()
        try:
            await helper.start(Request(Plan(Mode.GLOBAL)), lambda: None)
        except HelperError as error:
            assert error.fault is HelperFault.{fault}, error
            from byway_core.cli.helper_words import advice
            assert advice(error.fault)
        else:
            raise AssertionError
        unknown = options(of_a_later_version=("s", "?"))
        for arguments in options(), unknown:
            assert await call(bus, "Start", "sa{{sv}}", ["global", arguments]) == "Version"
        assert place.polkit.asked == [] and shown() == before
        status = await helper.status()
        assert status["version"] == VERSION + {step} and status["mode"] == "", status
        arguments = options(version=("u", VERSION + {step}))
        assert len(await call(bus, "Start", "sa{{sv}}", ["global", arguments])) == 4
        await helper.repair()
        assert shown() == before
        helper.close()
    """)


@pytest.mark.parametrize("end", ["nonsense", "late"])
def test_a_channel_ends(end):
    """The engine is told, though the helper is on the bus: it has no sockets any more. That in
    another process's hands too."""
    on_bus(f"""
        import contextlib
        from byway_core.helper_client import marked
        marked.WAIT_SECONDS = 0.1
        helper = await Helper.reached()
        told = []
        lost = asyncio.Event()
        got = await helper.start(Request(Plan(Mode.GLOBAL), 2),
                                 lambda: (told.append(1), lost.set()))
        late = {end!r} == "late"
        with place.stopped_helper() if late else contextlib.nullcontext():
            pid = os.fork()  # a worker
            if pid == 0:
                channel = socket.socket(fileno=got.channels[1])
                try:
                    if late:
                        marked.MarkedSockets(channel).tcp(socket.AF_INET)
                        os._exit(1)
                    channel.send(b"nonsense")
                finally:
                    os._exit(0)
            os.close(got.channels[1])
            assert (await asyncio.to_thread(os.waitpid, pid, 0))[1] == 0
            await asyncio.wait_for(lost.wait(), DEADLINE)
        assert (await helper.status())["owner"], "the helper itself has ended it"
        await helper.stop()
        assert told == [1]
        helper.close()
    """)


def test_a_channel_in_use_is_no_end():
    """Answers, a worker's death, an engine that stops: `lost` is for what nobody has wanted."""
    on_bus("""
        from byway_core.helper_client.marked import MarkedSockets
        helper = await Helper.reached()
        told = []
        got = await helper.start(Request(Plan(Mode.GLOBAL), 2), lambda: told.append(1))
        pid = os.fork()
        if pid == 0:
            MarkedSockets(socket.socket(fileno=got.channels[1])).tcp(socket.AF_INET).close()
            os._exit(0)
        os.close(got.channels[1])
        assert (await asyncio.to_thread(os.waitpid, pid, 0))[1] == 0
        sockets = MarkedSockets(socket.socket(fileno=got.channels[0]))
        for _ in range(100):
            sockets.udp(socket.AF_INET).close()
            await helper.status()
        assert told == []
        before = len(os.listdir("/proc/self/fd"))
        await helper.stop()
        sockets.close()
        await helper.status()
        assert told == []
        # A channel, two copies, and what watches them.
        assert len(os.listdir("/proc/self/fd")) == before - 4
        helper.close()
    """)
