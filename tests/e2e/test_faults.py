"""The cable is pulled: each process is killed at several moments, and nothing may be left behind,
hang, or go past the rules."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.byway import DEADLINE, Byway, hosts, until, upstream
from tests.support.origins import Origin, Visited, echo, serving, silent, visited
from tests.support.processes import loopback_address
from tests.support.runs import Running, running
from tests.support.servers import CREDENTIALS, ProxyServer, microsocks

# Ends reach a program in milliseconds; this leaves room for a busy machine, and for no timeout.
PROMPT = 2.5

# A program that ends when it wants to. It opens a connection, says so, waits for its end, and then,
# when it is told to, tries other destinations, all of whose addresses it has asked for before.
PROGRAM = """
import json, signal, socket, sys, time

def say(*what):
    print(json.dumps(what), flush=True)

def attempt(name, address, port):
    began = time.monotonic()
    try:
        with socket.create_connection((address, port), timeout=10) as sock:
            sock.sendall(b"hello")
            how = "answered" if sock.recv(100) else "end"
    except OSError as error:
        how = type(error).__name__
    say("tried", name, how, time.monotonic() - began)

signal.signal(signal.SIGTERM, signal.SIG_IGN)
order = json.loads(sys.argv[1])
then = [(name, socket.gethostbyname(name), port) for name, port in order["then"]]
with socket.create_connection(order["open"], timeout=30) as sock:
    if order["transfer"]:
        sock.sendall(b"more")
        for _ in range(100):
            sock.recv(65536)
    say("open")
    try:
        while sock.recv(65536):
            pass
        how = "end"
    except OSError as error:
        how = type(error).__name__
    say("ended", how, time.monotonic())
sys.stdin.readline()
for _ in range(3):
    for name, address, port in then:
        attempt(name, address, port)
say("done")
"""


@dataclass
class Place:
    """Who is where. Each name with "proxied" in it is known to the upstream at another address."""

    endless: Origin  # endless.test: sends without end once it was sent something
    quiet: Origin  # direct.test: an echo
    decoy: Visited  # where the names that are proxied lead to directly
    refused: Visited  # refused.test
    server: ProxyServer  # of the upstream socks
    mute: Origin  # the upstream that never answers

    @property
    def tables(self) -> str:
        told = {
            "endless.test": self.endless.host,
            "direct.test": self.quiet.host,
            "endless.proxied.test": loopback_address(),
            "proxied.test": self.decoy.host,
            "mute.test": loopback_address(),
            "refused.test": self.refused.host,
        }
        return (
            hosts(told)
            + upstream("socks", "socks5", self.server.host, self.server.port, None)
            + upstream("mute", "socks5", self.mute.host, self.mute.port, None)
        )

    def profile(self, byway: Byway, workers: int = 2) -> Path:
        return byway.profile(
            "DOMAIN-SUFFIX,refused.test,REJECT",
            "DOMAIN-SUFFIX,mute.test,mute",
            "DOMAIN-SUFFIX,proxied.test,socks",
            "DOMAIN-SUFFIX,test,DIRECT",
            "IP-CIDR,127.0.0.0/8,DIRECT",
            "MATCH,REJECT",
            more=f"[general]\nworkers = {workers}\n" + self.tables,
        )

    def argv(self, moment: str) -> list[str]:
        """The program, for that moment: its connection and what it tries afterwards."""
        name, transfer = {
            "idle, direct": ("direct.test", False),
            "idle, proxied": ("proxied.test", False),
            "transfer, direct": ("endless.test", True),
            "transfer, proxied": ("endless.proxied.test", True),
            "handshake": ("mute.test", False),
        }[moment]
        port = self.endless.port if transfer else self.quiet.port
        then = [
            ("direct.test", self.quiet.port),
            ("proxied.test", self.quiet.port),
            ("refused.test", self.refused.port),
        ]
        order = {"open": (name, port), "transfer": transfer, "then": then}
        return [sys.executable, "-u", "-c", PROGRAM, json.dumps(order)]

    def nobody_came_directly(self) -> None:
        assert (self.decoy.visits, self.refused.visits) == (0, 0)


MOMENTS = ["idle, direct", "idle, proxied", "transfer, direct", "transfer, proxied", "handshake"]


def _endless(connection: socket.socket) -> None:
    connection.recv(1)
    block = bytes(1 << 16)
    while True:
        connection.sendall(block)


@pytest.fixture
def place() -> Iterator[Place]:
    with ExitStack() as stack:
        enter = stack.enter_context
        endless, quiet = enter(serving(_endless)), enter(echo())
        known = {"endless.proxied.test": endless.host, "proxied.test": quiet.host}
        yield Place(
            endless,
            quiet,
            enter(visited(port=quiet.port)),
            enter(visited()),
            enter(microsocks(hosts=known)),
            enter(silent()),
        )


@pytest.fixture
def byway(tmp_path: Path) -> Byway:
    return Byway(tmp_path)


def heard(run: Running, *wanted: str) -> list[Any]:
    """The next thing that the program says, which is expected to be one of these."""
    said: list[Any] = json.loads(run.line())
    assert said[0] in wanted, said
    return said


def attempts(run: Running) -> dict[str, set[str]]:
    """How the program's further attempts fared, by name; all were prompt."""
    outcomes: dict[str, set[str]] = {}
    assert run.process.stdin is not None
    run.process.stdin.write("\n")
    run.process.stdin.flush()
    while (said := heard(run, "tried", "done"))[0] == "tried":
        _, name, how, seconds = said
        assert seconds < PROMPT, said
        outcomes.setdefault(name, set()).add(how)
    return outcomes


def sockets_of(byway: Byway) -> list[str]:
    """What is in the folder of control sockets once somebody has looked."""
    assert byway("status").returncode == 3  # none runs
    return sorted(os.listdir(byway.folder / "runtime/byway"))


# -- the main process -------------------------------------------------------------------------


@pytest.mark.parametrize("moment", MOMENTS)
def test_main_process_is_killed(place: Place, byway: Byway, moment: str) -> None:
    argv = place.argv(moment)
    with running(byway, place.profile(byway), *argv, stdin=subprocess.PIPE) as run:
        heard(run, "open")
        workers = run.workers()
        killed = time.monotonic()
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        _, how, at = heard(run, "ended")
        assert at - killed < PROMPT
        assert how in ("ConnectionResetError", "end")
        until(lambda: not any(map(alive, workers)), "the workers end")
        refused = {"ConnectionRefusedError"}
        assert attempts(run) == dict.fromkeys(
            ("direct.test", "proxied.test", "refused.test"), refused
        )
        place.nobody_came_directly()
        run.nothing_is_left()
    assert sockets_of(byway) == []


def test_main_process_is_killed_and_a_deaf_program_with_it(place: Place, byway: Byway) -> None:
    """It gets SIGTERM, and SIGKILL where it does not listen."""
    code = "import signal; signal.signal(15, 1); print('[\"deaf\"]', flush=True); signal.pause()"
    argv = (sys.executable, "-u", "-c", code)
    with running(byway, place.profile(byway), *argv) as run:
        heard(run, "deaf")
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        run.nothing_is_left()


def test_serve_is_killed(byway: Byway) -> None:
    ended_by_us = byway.serving("MATCH,DIRECT", general="workers = 2", ends_with=-signal.SIGKILL)
    with echo() as origin, ended_by_us as server:
        socks = [server.connect(origin.host, origin.port) for _ in range(8)]
        pids = server.pids
        killed = time.monotonic()
        os.kill(server.pid, signal.SIGKILL)
        for sock in socks:
            with sock:
                assert ended(sock)
        assert time.monotonic() - killed < PROMPT
        until(lambda: not any(map(alive, pids)), "the workers end")
    assert sockets_of(byway) == []


def ended(sock: socket.socket) -> bool:
    """Whether its peer ends the connection, in order or not."""
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


def alive(pid: int) -> bool:
    """Whether it runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# -- a worker ---------------------------------------------------------------------------------


def test_worker_is_killed(place: Place, byway: Byway) -> None:
    """Its connections end; all others, old and new, are well."""
    code = """
import select, socket, sys
socks = [socket.create_connection((sys.argv[1], int(sys.argv[2]))) for _ in range(40)]
for sock in socks:
    sock.sendall(b"?")
    assert sock.recv(1) == b"?"
print('["open"]', flush=True)
sys.stdin.readline()
lost = 0
for sock in socks:
    try:
        sock.sendall(b"?")
        lost += not sock.recv(1)
    except ConnectionError:
        lost += 1
print(f'["lost", {lost}]', flush=True)
for _ in range(40):
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=10) as sock:
        sock.sendall(b"?")
        assert sock.recv(1) == b"?"
print('["done"]', flush=True)
"""
    argv = (sys.executable, "-c", code, "direct.test", str(place.quiet.port))
    with running(byway, place.profile(byway), *argv, stdin=subprocess.PIPE) as run:
        heard(run, "open")
        (worker,) = run.workers()
        carried = until(lambda: of_worker(run), "the ledger knows of the worker's flows")
        assert 0 < carried < 40
        os.kill(worker, signal.SIGKILL)
        until(lambda: "has died" in run.said(), "Byway says that it has lost a worker")
        assert run.process.stdin is not None
        run.process.stdin.write("\n")
        run.process.stdin.flush()
        assert heard(run, "lost")[1] == carried
        heard(run, "done")
        assert run.wait() == 0
        assert run.said().count("has died") == 1
        assert "Traceback" not in run.said()


def of_worker(run: Running) -> int:
    """How many of the program's 40 live connections the worker of two carries, once all are in the
    ledger."""
    flows = [flow for flow in run.connections() if flow["state"] == "open"]
    return sum(int(flow["id"].partition(".")[2]) % 2 == 0 for flow in flows) * (len(flows) == 40)


def test_lost_flows_are_in_the_ledger(place: Place, byway: Byway) -> None:
    with byway.serving("MATCH,DIRECT", general="workers = 2") as server:
        socks = [server.connect(place.quiet.host, place.quiet.port) for _ in range(20)]
        until(lambda: server.status()["live"] == 20, "all are in the ledger")
        (worker,) = server.pids[1:]
        os.kill(worker, signal.SIGKILL)
        closed = until(lambda: server.connections("--closed"), "the ledger has lost some")
        assert {flow["reason"] for flow in closed} == {"the worker that carried it has died"}
        assert len(closed) == 20 - server.status()["live"]
        for sock in socks:
            sock.close()
        with server.connect(place.quiet.host, place.quiet.port) as sock:
            sock.sendall(b"?")
            assert sock.recv(1) == b"?"


# -- the launcher and the program -------------------------------------------------------------


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("victim", ["launcher", "program"])
def test_launcher_or_program_is_killed(
    place: Place, byway: Byway, victim: str, moment: str
) -> None:
    with running(byway, place.profile(byway), *place.argv(moment)) as run:
        heard(run, "open")
        pid = run.launcher() if victim == "launcher" else run.program()
        killed = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        assert run.wait() == 128 + signal.SIGKILL
        assert time.monotonic() - killed < PROMPT
        run.nothing_is_left()
        assert ("launcher was killed" in run.said()) == (victim == "launcher")
        assert "Traceback" not in run.said()
        place.nobody_came_directly()
    assert sockets_of(byway) == []


def test_a_killed_programs_connection_ends_outside(place: Place, byway: Byway) -> None:
    """What it was connected to learns of it at once."""
    seen: list[float] = []

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(ConnectionResetError):
            connection.recv(1)
        seen.append(time.monotonic())

    with serving(serve, place.quiet.host, 0) as origin:
        code = "import socket, sys; s = socket.create_connection(('direct.test', int(sys.argv[1])))"
        code += "; print('[\"open\"]', flush=True); s.recv(1)"
        argv = (sys.executable, "-c", code, str(origin.port))
        with running(byway, place.profile(byway), *argv) as run:
            heard(run, "open")
            until(lambda: run.connections(), "it is connected")
            killed = time.monotonic()
            os.kill(run.program(), signal.SIGKILL)
            until(lambda: seen, "the server sees the end")
            assert seen[0] - killed < PROMPT
            assert run.wait() == 137


# -- the upstream -----------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["idle, proxied", "transfer, proxied"])
def test_upstream_is_killed(place: Place, byway: Byway, moment: str) -> None:
    argv = place.argv(moment)
    with running(byway, place.profile(byway, 1), *argv, stdin=subprocess.PIPE) as run:
        heard(run, "open")
        killed = time.monotonic()
        os.kill(place.server.pid, signal.SIGKILL)
        _, how, at = heard(run, "ended")
        assert at - killed < PROMPT
        assert how in ("ConnectionResetError", "end")
        outcomes = attempts(run)
        assert outcomes["direct.test"] == {"answered"}
        assert outcomes["proxied.test"] <= {"ConnectionResetError", "end"}
        assert outcomes["refused.test"] <= {"ConnectionResetError", "end"}
        assert run.wait() == 0
    place.nobody_came_directly()


def test_what_the_ledger_says_of_a_dead_upstream(place: Place, byway: Byway) -> None:
    with byway.serving("MATCH,socks", more=place.tables) as server:
        with server.connect("proxied.test", place.quiet.port) as sock:
            os.kill(place.server.pid, signal.SIGKILL)
            assert ended(sock)
        # It loses its connections before its listener, which takes new ones meanwhile.
        os.waitid(os.P_PID, place.server.pid, os.WEXITED | os.WNOWAIT)
        with pytest.raises(ConnectionError):
            server.connect("proxied.test", place.quiet.port)
        broken, refused = until(
            lambda: len(found := server.connections("--closed")) == 2 and found, "both have ended"
        )
        assert f"upstream socks ({place.server.host}:{place.server.port})" in refused["reason"]
        assert "refused the connection" in refused["reason"]
        assert broken["state"] == "closed"


# -- signals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP])
def test_signals_are_the_programs(place: Place, byway: Byway, signum: signal.Signals) -> None:
    """What is sent to `byway run` reaches the program, which decides."""
    trap = f"trap 'exit 5' {signum.value}; echo '[\"ready\"]'; while :; do sleep 0.05; done"
    for script, status in ((trap, 5), (trap.replace("exit 5", "-"), 128 + signum.value)):
        with running(byway, place.profile(byway), "sh", "-c", script) as run:
            heard(run, "ready")
            os.kill(run.pid, signum)
            assert run.wait() == status
            run.nothing_is_left()
            assert run.said() == ""
    assert sockets_of(byway) == []


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_signals_of_the_terminal(place: Place, byway: Byway, signum: signal.Signals) -> None:
    """The whole foreground group gets them, the program as well as Byway: it decides, and while
    it lives it is served."""
    code = f"""
import signal, socket, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [{signum.value}])
print('["ready"]', flush=True)
signal.sigwait([{signum.value}])
for _ in range(10):
    with socket.create_connection(("direct.test", {place.quiet.port}), timeout=10) as sock:
        sock.sendall(b"?")
        assert sock.recv(1) == b"?"
print('["served"]', flush=True)
sys.exit(6)
"""
    argv = (sys.executable, "-c", code)
    with running(byway, place.profile(byway), *argv, start_new_session=True) as run:
        heard(run, "ready")
        os.killpg(run.pid, signum)
        heard(run, "served")
        assert run.wait() == 6
        assert run.said() == ""


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("group", [False, True], ids=["alone", "group"])
def test_serve_ends_cleanly(byway: Byway, signum: signal.Signals, group: bool) -> None:
    with echo() as origin:
        with byway.serving("MATCH,DIRECT", general="workers = 2", new_session=group) as server:
            socks = [server.connect(origin.host, origin.port) for _ in range(8)]
            pids = server.pids
            (os.killpg if group else os.kill)(server.pid, signum)
            for sock in socks:
                with sock:
                    assert ended(sock)
            assert server.process.wait(DEADLINE) == 0
            said = server.log().splitlines()
            assert len(said) == 1, said  # that it serves
        until(lambda: not any(map(alive, pids)), "the workers end")
    assert sockets_of(byway) == []


# -- what is not as it should be --------------------------------------------------------------


def test_no_place_for_the_control_socket(place: Place, byway: Byway) -> None:
    """Traffic does not depend on it."""
    (byway.folder / "runtime/byway").write_text("a file, where a folder should be")
    done = byway.run(place.profile(byway), "sh", "-c", "exit 4")
    assert done.returncode == 4
    assert "will not see this engine" in done.stderr
    assert "Traceback" not in done.stderr


def test_full_disk(place: Place, byway: Byway) -> None:
    """… in the folder of the sockets, and where standard error goes."""
    runtime = byway.folder / "runtime"
    script = f"""
mount -t tmpfs -o nr_inodes=2,size=4k none {runtime} || exit 99
mkdir -m 700 {runtime}/byway || exit 98
exec "$@" 2>/dev/full
"""
    space = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
    argv = [*space, *byway.command, "run", "--profile", str(place.profile(byway)), "--"]
    byway.environment.pop("PYTHONUNBUFFERED", None)
    for program, status, said in (
        (("sh", "-c", "echo fine; exit 4"), 4, "fine\n"),
        (("no-such-program",), 127, ""),
    ):
        done = subprocess.run(
            [*argv, *program], env=byway.environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (status, said), done


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    ("program", "status"), [(["sh", "-c", "exit 4"], 4), (["no-such-program"], 127)]
)
def test_closed_standard_streams(
    place: Place, byway: Byway, closed: str, program: list[str], status: int
) -> None:
    argv = [*byway.command, "run", "--profile", str(place.profile(byway)), "--", *program]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *argv],
        env=byway.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = "byway run: no-such-program: no such program in PATH\n"
    expected = said if status == 127 and "2>" not in closed else ""
    assert (done.returncode, done.stdout, done.stderr) == (status, "", expected)


@pytest.mark.parametrize("command", [("run",), ("serve",)])
def test_invalid_profile_starts_nothing(byway: Byway, command: tuple[str, ...]) -> None:
    profile = byway.profile("MATCH,nowhere", more="[general]\nmixed_prt = 1\n")
    mark = byway.folder / "started"
    program = ("--", "touch", str(mark)) if command == ("run",) else ()
    done = byway(*command, "--profile", str(profile), *program)
    assert done.returncode == 1
    assert f"{profile}:3:" in done.stderr
    assert "nowhere" in done.stderr
    assert "mixed_prt" in done.stderr
    assert "Traceback" not in done.stderr
    assert not mark.exists()


def test_missing_profile(byway: Byway) -> None:
    done = byway("run", "--profile", "/no/such/file.toml", "--", "true")
    assert (done.returncode, "/no/such/file.toml" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


def test_password_in_the_environment(byway: Byway) -> None:
    """Without it nothing starts; with it the upstream opens."""
    with echo() as origin, microsocks(CREDENTIALS) as server:
        table = upstream("socks", "socks5", server.host, server.port, None)
        table += f'username = "{CREDENTIALS.username}"\npassword = {{ env = "OFFICE_PASSWORD" }}\n'
        profile = byway.profile("MATCH,socks", more=table)
        mark = byway.folder / "started"
        done = byway.run(profile, "touch", str(mark))
        assert done.returncode == 1
        assert "OFFICE_PASSWORD" in done.stderr
        assert "Traceback" not in done.stderr
        assert not mark.exists()
        byway.environment["OFFICE_PASSWORD"] = CREDENTIALS.password
        code = "import socket, sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2])))"
        code += "; s.sendall(b'?'); assert s.recv(1) == b'?'"
        done = byway.run(profile, sys.executable, "-c", code, origin.host, str(origin.port))
        assert done.returncode == 0, done.stderr


GARBAGE = {
    "nothing": b"",
    "zeros": bytes(5000),
    "random": random.Random(7).randbytes(100_000),
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(600),
    "half SOCKS5": b"\5\1\0\5\1\0\3\xff" + b"a" * 100,
    "SOCKS5, no methods": b"\5\0",
    "SOCKS4, endless user": b"\4\1\0\x50\x7f\0\0\1" + b"u" * 100_000,
    "HTTP, endless line": b"GET " + b"a" * 200_000,
    "HTTP, endless head": b"GET http://a.test/ HTTP/1.1\r\n" + b"X: y\r\n" * 50_000,
    "HTTP, of a web server": b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n",
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
}


def throw(data: bytes, port: int, abort: bool) -> None:
    """Send it to the port, and end in order or by a reset."""
    address = ("127.0.0.1", port)
    with contextlib.suppress(ConnectionError), socket.create_connection(address, 20) as sock:
        sock.sendall(data)
        if abort:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass


def test_garbage_on_the_proxy_port(byway: Byway) -> None:
    with echo() as origin, byway.serving("MATCH,DIRECT") as server:
        for name, data in GARBAGE.items():
            for abort in (False, True):
                throw(data, server.port, abort)
                with server.connect(origin.host, origin.port) as sock:
                    sock.sendall(name.encode())
                    assert sock.recv(100) == name.encode()
        until(lambda: server.status()["live"] == 0, "all have ended")
        assert "Traceback" not in server.log()
