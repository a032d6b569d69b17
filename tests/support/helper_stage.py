"""A private system bus with the helper on it, in the network namespace of whoever runs this.

For code that `own_network.inside` runs. polkit is a stand-in, which says what a test wants, or the
real one, which takes root and a mount namespace.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import dbus_fast
from dbus_fast import BusType, Message, MessageType, NameFlag, Variant
from dbus_fast.aio import MessageBus
from tests.support.kernel_rules import shown, taking
from tests.support.system_bus import bus_daemon

from byway_helper.protocol import BUS_NAME, INTERFACE, PATH

ROOT = Path(__file__).parents[2]
DEADLINE = 20.0
POLKIT = "org.freedesktop.PolicyKit1"

# As a system's, where who is not allowed by a file of its own may own and call nothing.
_POLICY = """
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
    <allow own="org.freedesktop.PolicyKit1"/>
    <allow send_destination="org.freedesktop.PolicyKit1"/>
"""
_REST = """
  {limits}
  <servicedir>/usr/share/dbus-1/system-services</servicedir>
  <include>{policy}</include>
  <include ignore_missing="yes">{polkit}</include>
"""
# The helper as it was so many versions of the contract before, or will be.
_OTHER_VERSION = """
import importlib.util, runpy, sys
from pathlib import Path
spec = importlib.util.find_spec("byway_helper.contract")
source, step = Path(spec.origin).read_text(), int(sys.argv[1])
assert source.count("VERSION = 1 ") == 1
contract = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
exec(source.replace("VERSION = 1 ", f"VERSION = {1 + step} "), vars(contract))
sys.argv = ["byway_helper"]
runpy.run_module("byway_helper", run_name="__main__")
"""

# (allowed, challenge, details)
Answer = tuple[bool, bool, dict[str, str]]
YES: Answer = (True, False, {})
NO: Answer = (False, False, {})
DISMISSED: Answer = (False, True, {"polkit.dismissed": "true"})
NO_AGENT: Answer = (False, True, {})


class Polkit:
    """Stands in for polkitd. `says` answers each question (action, asker's bus name)."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self.asked: list[str] = []
        self.withdrawn: list[str] = []
        self.says: Callable[[str, str], Awaitable[Answer]] = self._yes
        self._tasks: set[asyncio.Task[None]] = set()
        bus.add_message_handler(self._heard)

    async def _yes(self, action: str, asker: str) -> Answer:
        return YES

    def hesitate(self, answer: Answer) -> asyncio.Event:
        """Each question from now on waits for this event, and then has this answer."""
        go = asyncio.Event()

        async def later(action: str, asker: str) -> Answer:
            await go.wait()
            return answer

        self.says = later
        return go

    def _heard(self, message: Message) -> Message | bool:
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        if message.member == "CancelCheckAuthorization":
            self.withdrawn.append(message.body[0])
            return Message.new_method_return(message)
        task = asyncio.create_task(self._answer(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _answer(self, message: Message) -> None:
        (kind, details), action, _, flags, _ = message.body
        assert (kind, flags) == ("system-bus-name", 1)
        self.asked.append(action)
        answer = await self.says(action, details["name"].value)
        await self._bus.send(Message.new_method_return(message, "(bba{ss})", [list(answer)]))


class Stage:
    def __init__(self, folder: Path, polkit: Polkit, daemon: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.daemon = daemon
        self.polkit = polkit
        self.helper: subprocess.Popen[bytes] | None = None
        self.log = folder / "helper.log"

    async def start_helper(self, program: Sequence[str] = ("-m", "byway_helper")) -> None:
        """The helper as a process; returns when it has its name."""
        with self.log.open("ab") as log:
            self.helper = subprocess.Popen([sys.executable, *program], stderr=log)
        bus = await connected()
        async with asyncio.timeout(DEADLINE):
            while not await has_owner(bus, BUS_NAME):
                assert self.helper.poll() is None, self.log.read_text()
                await asyncio.sleep(0.01)
        bus.disconnect()

    async def restart_helper_as_installed(self) -> None:
        """With dbus-fast as pure Python, which is slower and can be interrupted."""
        self.end_helper()
        shutil.copytree(
            Path(dbus_fast.__file__).parent,
            self.folder / "dbus_fast",
            ignore=shutil.ignore_patterns("*.so", "*.pyc"),
        )
        os.environ["PYTHONPATH"] = f"{self.folder}:{os.environ['PYTHONPATH']}"
        await self.start_helper()
        assert self.helper is not None
        assert "/dbus_fast/" not in Path(f"/proc/{self.helper.pid}/maps").read_text()

    async def restart_helper_of_another_version(self, step: int) -> None:
        self.end_helper()
        await self.start_helper(["-c", _OTHER_VERSION, str(step)])

    @contextlib.contextmanager
    def stopped_helper(self) -> Iterator[None]:
        """It does nothing meanwhile, none of its threads, and is still there."""
        assert self.helper is not None
        self.helper.send_signal(signal.SIGSTOP)
        try:
            os.waitid(os.P_PID, self.helper.pid, os.WSTOPPED)
            yield
        finally:
            self.helper.send_signal(signal.SIGCONT)

    def end_helper(self) -> None:
        if self.helper is not None and self.helper.poll() is None:
            self.helper.terminate()
            assert self.helper.wait(DEADLINE) == 0, self.log.read_text()


async def connected() -> MessageBus:
    return await MessageBus(bus_type=BusType.SYSTEM, negotiate_unix_fd=True).connect()


async def has_owner(bus: MessageBus, name: str) -> bool:
    dbus = "org.freedesktop.DBus"
    asked = Message(dbus, "/", dbus, "NameHasOwner", signature="s", body=[name])
    return bool((await bus.call(asked)).body[0])


async def call(bus: MessageBus, member: str, signature: str, body: list[Any], **how: Any) -> Any:
    """The reply's body, or the name of the error below INTERFACE (or the whole name)."""
    message = Message(
        BUS_NAME, PATH, how.pop("interface", INTERFACE), member, signature=signature, body=body
    )
    message.unix_fds = how.pop("descriptors", [])
    reply = await bus.call(message)
    for descriptor in reply.unix_fds if not how.get("keep") else ():
        os.close(descriptor)
    if reply.message_type is MessageType.ERROR:
        return str(reply.error_name).removeprefix(INTERFACE + ".")
    return reply.body


def options(**changed: tuple[str, Any] | None) -> dict[str, Variant]:
    """Start's, with some of them changed or (None) left out."""
    plain: dict[str, tuple[str, Any] | None] = {
        "version": ("u", 1),
        "families": ("ay", b"\4\6"),
        "udp": ("s", "all"),
        "workers": ("u", 1),
        **{key.replace("_", "-"): value for key, value in changed.items()},
    }
    return {key: Variant(*value) for key, value in plain.items() if value is not None}


def rss(pid: int) -> int:
    """Resident memory in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def sh(*lines: str) -> str:
    return "".join(
        subprocess.run(line, shell=True, capture_output=True, text=True, check=True).stdout
        for line in lines
    )


async def until(holds: Callable[[], object], seconds: float = DEADLINE) -> None:
    """For what tells nobody that it happens: the state of the kernel and of other processes."""
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.01)


async def given_back(seconds: float = 2) -> None:
    """Until nobody's traffic is taken any more: within a second, and twice that where the tests
    beside this one have the processors."""
    await until(lambda: not taking(shown()), seconds)


# Somewhere to go: what is not taken leaves by a link at whose end nobody is.
NETWORK = (
    "ip link set lo up",
    "ip link add out type veth peer name far",
    "ip link set out addrgenmode none && ip link set far addrgenmode none",
    "ip addr add 198.51.100.2/24 dev out",
    "ip -6 addr add 2001:db8::2/64 dev out nodad",
    "ip link set out up && ip link set far up",
    "ip route add default dev out",
    "ip -6 route add default dev out",
)


# For the real polkit: folders of its own, with our policy and the test's rules.
MOUNTS = (
    "mount --make-rprivate /",
    "cp /usr/share/polkit-1/actions/org.freedesktop.policykit.policy {policy} {folder}/",
    *(
        f"mount -t tmpfs -o mode=755 tmpfs {each}"
        for each in ("/etc/polkit-1/rules.d", "/usr/share/polkit-1/rules.d")
    ),
    "mount -t tmpfs -o mode=755 tmpfs /usr/share/polkit-1/actions",
    "mv {folder}/*.policy /usr/share/polkit-1/actions/",
)
POLKITD = ("/usr/lib/polkit-1/polkitd", "--no-debug")
POLKIT_BUS = "/usr/share/dbus-1/system.d/org.freedesktop.PolicyKit1.conf"


@contextlib.asynccontextmanager
async def real_polkit(folder: Path, rules: str) -> AsyncIterator[None]:
    """polkitd on the bus, with these rules (polkit(8), JavaScript)."""
    policy = ROOT / "polkit/data/io.github.byway.policy"
    sh(*(each.format(folder=folder, policy=policy) for each in MOUNTS))
    Path("/etc/polkit-1/rules.d/50-test.rules").write_text(rules)
    daemon = subprocess.Popen(POLKITD)
    bus = await connected()
    try:
        async with asyncio.timeout(DEADLINE):
            while not await has_owner(bus, POLKIT):
                assert daemon.poll() is None
                await asyncio.sleep(0.01)
        yield
    finally:
        bus.disconnect()
        daemon.kill()
        daemon.wait()


async def as_user(uid: int, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """What `work` returns in a process of that user's; it sees everything imported here."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            os.write(writer, pickle.dumps(asyncio.run(work())))
        except BaseException:  # whose process this is has no other way to hear of it
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as file:
        said = await asyncio.to_thread(file.read)
    os.waitpid(pid, 0)
    assert said, "the user's process has failed"
    return pickle.loads(said)


@contextlib.asynccontextmanager
async def stage(
    *,
    helper: bool = True,
    rules: str | None = None,
    installed: bool = False,
    limits: str = "",
) -> AsyncIterator[Stage]:
    """`rules`: with the real polkit; `installed`: the bus starts the helper that the system has;
    `limits`: of the bus, as its configuration has them."""
    sh(*NETWORK)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # for all users
        policy = ROOT / "polkit/data/io.github.byway.Helper1.conf"
        if installed:
            policy = Path("/usr/share/dbus-1/system.d", policy.name)
        rest = _REST.format(policy=policy, polkit=POLKIT_BUS, limits=limits)
        async with contextlib.AsyncExitStack() as stack:
            daemon = await stack.enter_async_context(bus_daemon(folder, _POLICY, rest))
            bus = await connected()
            stack.callback(bus.disconnect)
            place = Stage(folder, Polkit(bus), daemon)
            if rules is None:
                await bus.request_name(POLKIT, NameFlag.NONE)
            else:
                await stack.enter_async_context(real_polkit(folder, rules))
            stack.callback(place.end_helper)
            if helper:
                await place.start_helper()
            yield place


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


# At the far end of the link: every address of the world, a web server that tells who has asked, a
# DNS server, a SOCKS server, and some that send datagrams back.
FAR_NETWORK = (
    "ip link set lo up",
    "ip addr add 198.51.100.1/24 dev far",
    "ip -6 addr add 2001:db8::1/64 dev far nodad",
    "ip link set far up",
    "ip route add local 203.0.113.0/24 dev lo",
    "ip -6 route add local 2001:db8:1::/48 dev lo",
    "ip route add 192.0.2.0/24 via 198.51.100.2",
    "ip -6 route add 2001:db8:2::/64 via 2001:db8::2",
)
NEAR_NETWORK = (
    "ip route replace default via 198.51.100.1",
    "ip -6 route replace default via 2001:db8::1",
)
WEB = """
import contextlib, http.server, socket, sys, threading
class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        said = self.client_address[0].removeprefix("::ffff:").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
    def log_message(self, *_):
        pass
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True
def web(*ports):
    servers = [Server(("::", port), Web) for port in ports]
    print("ready", flush=True)
    for each in servers[1:]:
        threading.Thread(target=each.serve_forever, daemon=True).start()
    servers[0].serve_forever()
"""
FAR = (
    WEB
    + """
from tests.support.dns_server import response, question_of
def answer(asked):
    name, kind = question_of(asked)
    if name == "names.test":
        number = 7
    elif name.endswith(".proxied.test") and name.partition(".")[0].isdecimal():
        number = int(name.partition(".")[0])  # 12.proxied.test is 203.0.113.12
    else:
        return response(asked, rcode=3)
    return response(asked, f"203.0.113.{number}" if kind == 1 else f"2001:db8:1::{number}")
def udp(sock):
    while True:
        asked, who = sock.recvfrom(4096)
        sock.sendto(answer(asked), who)
def tcp(sock):
    while True:
        client, _ = sock.accept()
        with client:
            asked = client.recv(4096)[2:]
            said = answer(asked)
            client.sendall(len(said).to_bytes(2) + said)
def copy(source, target):
    with contextlib.suppress(OSError):  # the other way has ended both
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
def socks(client):
    with client:
        client.recv(512)
        client.sendall(b"\\5\\0")
        asked = client.recv(512)
        if asked[:2] == b"\\5\\3":  # it carries no datagrams
            client.sendall(b"\\5\\7\\0\\1" + bytes(6))
            return
        # By name: all of them are at one address. Or for a test's own IPv6 one, the same.
        assert asked[:4] in (b"\\5\\1\\0\\3", b"\\5\\1\\0\\4"), asked
        client.sendall(b"\\5\\0\\0\\1" + bytes(6))
        port = int.from_bytes(asked[-2:])
        with socket.create_connection(("203.0.113.1", port), 5, ("198.51.100.1", 0)) as there:
            there.settimeout(None)  # a connection may be silent for as long as it likes
            threading.Thread(target=copy, args=(client, there), daemon=True).start()
            copy(there, client)
def upstream(sock):
    while True:
        client, _ = sock.accept()
        threading.Thread(target=socks, args=(client,), daemon=True).start()
threading.Thread(
    target=upstream, args=(socket.create_server(("198.51.100.1", 1080)),), daemon=True).start()
for kind, serve in ((socket.SOCK_DGRAM, udp), (socket.SOCK_STREAM, tcp)):
    sock = socket.socket(socket.AF_INET, kind)
    sock.bind(("198.51.100.1", 53))
    if kind == socket.SOCK_STREAM:
        sock.listen()
    threading.Thread(target=serve, args=(sock,), daemon=True).start()
def echo(sock):
    while True:
        said, who = sock.recvfrom(65536)
        sock.sendto(f"{who[0]} {who[1]} ".encode() + said[:1200], who)
for address in ("203.0.113.1", "203.0.113.7", "203.0.113.200", "2001:db8:1::1"):
    for port in (443, 9999):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, 78, 1)  # IPV6_FREEBIND: routed here, not ours
        sock.bind((address, port))
        threading.Thread(target=echo, args=(sock,), daemon=True).start()
web(80, 50080)
"""
)


# A server at the far end that carries datagrams as well, as by its manual.
_DANTE = """\
logoutput: stderr
internal: 198.51.100.1 port = 1081
internal: 2001:db8::1 port = 1081
external: 198.51.100.1
external: 2001:db8::1
clientmethod: none
socksmethod: none
client pass { from: 0/0 to: 0/0 }
socks pass { from: 0/0 to: 0/0 }
"""


@contextlib.asynccontextmanager
async def far_dante(place: Stage, far: list[str]) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Dante there, once it accepts connections at port 1081; ended with all its processes."""
    (place.folder / "dante.conf").write_text(_DANTE)
    command = [*far, "danted", "-N", "1", "-f", "dante.conf", "-p", "dante.pid"]
    with (place.folder / "dante.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=place.folder, stdout=log, stderr=log, start_new_session=True
        )
    try:
        async with asyncio.timeout(DEADLINE):
            while True:
                with socket.socket() as probe:
                    if probe.connect_ex(("198.51.100.1", 1081)) == 0:
                        break
                said = (place.folder / "dante.log").read_text()
                assert process.poll() is None, said
                await asyncio.sleep(0.02)
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


# A neighbour on the LAN whose router this machine is.
LAN_NETWORK = (
    "ip link set lo up",
    "ip addr add 192.0.2.2/24 dev lan1",
    "ip -6 addr add 2001:db8:2::2/64 dev lan1 nodad",
    "ip link set lan1 up",
    "ip route add default via 192.0.2.1",
    "ip -6 route add default via 2001:db8:2::1",
)
ROUTER = (
    "ip link add lan0 type veth peer name lan1",
    "ip link set lan0 addrgenmode none && ip link set lan1 addrgenmode none",
    "ip addr add 192.0.2.1/24 dev lan0",
    "ip -6 addr add 2001:db8:2::1/64 dev lan0 nodad",
    "ip link set lan0 up",
    "echo 1 > /proc/sys/net/ipv4/ip_forward",
    "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding",
)


@contextlib.asynccontextmanager
async def elsewhere(link: str, lines: tuple[str, ...]) -> AsyncIterator[list[str]]:
    """A network namespace that has this link and was set up by these lines; what to put before a
    command that shall run there."""
    holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    try:
        async with asyncio.timeout(DEADLINE):
            while os.readlink(f"/proc/{holder.pid}/ns/net") == os.readlink("/proc/self/ns/net"):
                await asyncio.sleep(0.005)
        sh(f"ip link set {link} netns {holder.pid}")
        inside = ["nsenter", "-t", str(holder.pid), "-n"]
        for line in lines:
            subprocess.run([*inside, *line.split()], check=True)
        yield inside
    finally:
        holder.kill()
        holder.wait()


@contextlib.asynccontextmanager
async def neighbour() -> AsyncIterator[list[str]]:
    """See LAN_NETWORK; the far end knows the way back."""
    sh(*ROUTER)
    async with elsewhere("lan1", LAN_NETWORK) as inside:
        yield inside


@contextlib.asynccontextmanager
async def running(inside: list[str], code: str) -> AsyncIterator[None]:
    """This Python there, from when it says that it is ready."""
    server = subprocess.Popen([*inside, sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        assert await asyncio.to_thread(server.stdout.readline) == b"ready\n"
        yield
    finally:
        server.kill()
        server.wait()


@contextlib.asynccontextmanager
async def beyond() -> AsyncIterator[list[str]]:
    """The other end of the stage's link, in a network namespace of its own: see `elsewhere`."""
    async with elsewhere("far", FAR_NETWORK) as inside:
        sh(*NEAR_NETWORK)
        async with running(inside, FAR):
            yield inside
