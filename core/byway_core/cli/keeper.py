"""The helper's part where there is no bus: root's own process, beside the engine it has started.

    keeper (root)                                    engine (the user's, for good)
      │ ◄──────────── the arguments of Start, as a line of JSON ─┤
      │ ── the sockets, or why not ─────────────────────────────►│
      │ ◄─── "update" and the bypassed networks, in base64 ──────┤ and again
      │ ── {}, or why not ──────────────────────────────────────►│
      │ ◄──────────────── "stop", or the end of the connection ──┤

The keeper reads nothing of the user's but these lines, and the same checks as on the bus stand
before the kernel. Its table dies with it; the engine's end, however it comes, takes everything
back.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import pwd
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from byway_core.cli.standing import KEEPER
from byway_core.helper_client.handover import Handover
from byway_core.helper_client.lease import encoded, encoded_networks
from byway_core.intercept.kernel import empty_bounding_set, renounce_capabilities
from byway_core.model.errors import HelperError, HelperFault
from byway_helper.apply import Force
from byway_helper.contract import Plan
from byway_helper.pool import Pool
from byway_helper.protocol import RefusedError, Request, decoded, decoded_networks

# Seconds for an engine to end by itself, as 10,000 connections take it two.
PATIENCE = 5
# 16,384 networks of 18 bytes in base64, and the rest.
_LONGEST_LINE = 512 * 1024
_MOST_DESCRIPTORS = 64
_UPDATE = b"update "
# What of root's environment may matter to a program of the user's.
_KEPT = ("TERM", "PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "TZ", "NO_COLOR")


def become(user: pwd.struct_passwd) -> None:
    """Be that user for good: ids, groups, environment, no capability, and no way to any. OSError
    where this process may not."""
    empty_bounding_set()  # while we may
    if os.getuid() != user.pw_uid:  # else it is that already: root of a user namespace may not ask
        os.initgroups(user.pw_name, user.pw_gid)
        os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
        os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    renounce_capabilities()
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, HOME=user.pw_dir, USER=user.pw_name, LOGNAME=user.pw_name)
    runtime = Path(f"/run/user/{user.pw_uid}")
    if runtime.is_dir():
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)


def _come_apart(kept: socket.socket) -> None:
    """No terminal that one could type into (tty_ioctl(4), TIOCSTI), and nothing open of root's but
    the standard streams and `kept`."""
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    most = os.sysconf("SC_OPEN_MAX")
    os.closerange(3, kept.fileno())
    os.closerange(kept.fileno() + 1, most)


def keep(user: pwd.struct_passwd, engine: Callable[[Keeper], int]) -> int:
    """Run `engine` as that user, in a child that gets a connection to this process, and serve it;
    returns twice, with its exit status. For root, before there is a thread."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        _come_apart(theirs)
        become(user)
        return engine(Keeper(theirs))
    theirs.close()
    explicit: list[bool] = []

    def pass_on(signum: int, _: object) -> None:
        """To the engine, which is in no terminal's group any more; SIGUSR1 is root's `down`."""
        explicit.extend([True] * (signum == signal.SIGUSR1))
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT if signum == signal.SIGUSR1 else signum)
        signal.alarm(PATIENCE)

    def insist(*_: object) -> None:
        """It has not ended: stopped, perhaps, with the machine's traffic in its hands."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    signal.signal(signal.SIGALRM, insist)

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(signum, pass_on)
    for signum in (signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(signum, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        KEEPER.write_text(f"{os.getpid()}\n")
    try:
        with ours:
            _serve(ours, explicit)
    finally:
        KEEPER.unlink(missing_ok=True)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status < 0:
        print(f"byway up: the engine has ended: {signal.strsignal(-status)}", file=sys.stderr)
    return status if status >= 0 else 128 - status  # as shells tell of a signal


def _serve(channel: socket.socket, explicit: list[bool]) -> None:
    lines = channel.makefile("rb")
    try:
        request = _request(lines.readline(_LONGEST_LINE))
        force = Force(request.plan, request.workers, guarded=request.kill_switch)
    except EOFError:
        return
    except (ValueError, TypeError, RecursionError, OSError) as error:
        _say(channel, _refusal(error))
        return
    pool = Pool(request.plan.marks.bypass)
    stopped = False
    try:
        handed = [*force.take_sockets(), *(pool.open() for _ in range(request.workers))]
        said = {"workers": request.workers, "families": len(request.plan.families)}
        _say(channel, said, *handed)
        for each in handed:
            each.close()
        with contextlib.suppress(OSError):  # reset: it has died with something unread
            while (line := lines.readline(_LONGEST_LINE)).startswith(_UPDATE):
                _say(channel, _updated(force, line))
            stopped = line == b"stop\n"
    finally:
        pool.close()
        force.end(keep_guard=request.kill_switch and not (stopped or explicit))
        if stopped:
            _say(channel, {})


def _updated(force: Force, line: bytes) -> dict[str, str]:
    """The answer to other networks."""
    try:
        force.update(decoded_networks(base64.b64decode(line.removeprefix(_UPDATE))))
    except (ValueError, OSError) as error:
        return _refusal(error)
    return {}


def _refusal(error: Exception) -> dict[str, str]:
    fault = error.fault.value if isinstance(error, RefusedError) else HelperFault.FAILED.value
    return {"fault": fault, "text": str(error)}


def _request(line: bytes) -> Request:
    if not line.endswith(b"\n"):
        raise EOFError
    mode, options = json.loads(line)
    request = decoded(mode, {name: (kind, _unpacked(kind, value)) for name, kind, value in options})
    if type(request.workers) is not int or type(request.kill_switch) is not bool:
        raise ValueError("not a request: a number and a yes or no are wanted")
    for name in request.plan.lan:
        socket.if_nametoindex(name)  # OSError: no such interface
    return request


def _unpacked(kind: str, value: Any) -> Any:
    return base64.b64decode(value) if kind == "ay" else value


def _say(channel: socket.socket, said: dict[str, Any], *sockets: socket.socket) -> None:
    line = json.dumps(said).encode() + b"\n"
    with contextlib.suppress(OSError):  # gone: all of it will be taken back
        socket.send_fds(channel, [line], [each.fileno() for each in sockets])


class Keeper:
    """The engine's side; as `lease.Helper`, but that nobody is asked."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._lost: Callable[[], None] | None = None
        self._turn = asyncio.Lock()  # one answer is awaited at a time

    async def reached(self) -> Keeper:
        self._sock.setblocking(False)
        return self

    async def start(self, request: Request, lost: Callable[[], None]) -> Handover:
        """See lease.Helper.start."""
        mode, options = encoded(request)
        packed = [
            (name, kind, base64.b64encode(value).decode() if isinstance(value, bytes) else value)
            for name, (kind, value) in options.items()
        ]
        said, descriptors = await self._asked(json.dumps([mode, packed]).encode())
        self._lost = lost
        asyncio.get_running_loop().add_reader(self._sock, self._ended)
        families, workers = said["families"], said["workers"]
        numbers = iter(descriptors)

        def some(count: int) -> tuple[int, ...]:
            return tuple(next(numbers) for _ in range(count))

        return Handover(
            tcp=tuple(some(families) for _ in range(workers)),
            udp=some(families),
            answers=some(families),
            channels=some(workers),
        )

    async def update(self, plan: Plan) -> None:
        """See lease.Helper.update."""
        await self._asked(_UPDATE + base64.b64encode(encoded_networks(plan.bypass)))

    async def stop(self) -> None:
        """See lease.Helper.stop."""
        self._lost = None
        await self._asked(b"stop")

    def close(self) -> None:
        """End the connection, and with it the lease."""
        self._lost = None
        asyncio.get_running_loop().remove_reader(self._sock)
        self._sock.close()

    async def _asked(self, line: bytes) -> tuple[dict[str, Any], list[int]]:
        loop = asyncio.get_running_loop()
        async with self._turn:
            loop.remove_reader(self._sock)  # what comes next is the answer
            try:
                return await self._answer(line)
            finally:
                if self._lost is not None:
                    loop.add_reader(self._sock, self._ended)

    async def _answer(self, line: bytes) -> tuple[dict[str, Any], list[int]]:
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_sendall(self._sock, line + b"\n")
            readable = loop.create_future()
            loop.add_reader(self._sock, readable.set_result, None)
            try:
                await readable
            finally:
                loop.remove_reader(self._sock)
            # One piece: far less than a buffer, and nobody else writes.
            answer, descriptors, _, _ = socket.recv_fds(self._sock, 65_536, _MOST_DESCRIPTORS)
        except OSError as error:
            raise HelperError(HelperFault.FAILED, _GONE) from error
        if not answer:
            raise HelperError(HelperFault.FAILED, _GONE)
        said = json.loads(answer)
        if "fault" in said:
            raise HelperError(HelperFault(said["fault"]), said["text"])
        return said, descriptors

    def _ended(self) -> None:
        lost, self._lost = self._lost, None
        asyncio.get_running_loop().remove_reader(self._sock)
        if lost is not None:
            lost()


_GONE = "root's process, which keeps the rules, is gone"
