"""A small engine for tests of `byway run`'s ground: no rules, no relay, only answers.

Run as a program: `python namespace_engine.py OPTIONS -- PROGRAM…`, with core, polkit and
pyroute2 on PYTHONPATH and nothing else installed, so that any user's Python will do.

It starts PROGRAM in its own namespace and serves the sockets. Every connection gets one line of
JSON, `{"address", "port", "source", "worker"}`, with `--processes` also `"process"`: path, name and
user, and is closed. Every datagram is answered: a DNS
question for an address by 198.51.100.7 or 2001:db8::7, `size N` by N bytes, anything else by JSON
as above. Events go, one JSON object a line, to the descriptor `--events`; commands are read, one
word a line with arguments, from `--control`.

`--kill POINT:VICTIM` kills a process (self, launcher, engine) at a checkpoint.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
from pathlib import Path

from byway_core.intercept import datagrams
from byway_core.intercept.checkpoints import Point
from byway_core.intercept.diagnosis import Diagnosis
from byway_core.intercept.namespace import (
    Finished,
    NotExecuted,
    Preparation,
    ProgramExited,
    Started,
    Stopped,
    leave_terminal_to_program,
)
from byway_core.intercept.origin import original_destination
from byway_core.intercept.processes import ProcessFinder
from byway_core.model.decision import Network
from byway_core.model.errors import InterceptError

ANSWER4 = "198.51.100.7"
ANSWER6 = "2001:db8::7"


class Engine:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.engine = os.getpid()
        self.poller = select.poll()

    def tell(self, event: str, **details: object) -> None:
        os.write(self.options.events, (json.dumps({"event": event, **details}) + "\n").encode())

    def checkpoint(self, point: Point) -> None:
        if not self.options.kill:
            return
        name, _, victim = self.options.kill.partition(":")
        if point.name == name:
            os.kill(self._victim(victim), signal.SIGKILL)

    def _victim(self, role: str) -> int:
        """Called in the engine, the launcher, or a child of the launcher."""
        if role == "self":
            return os.getpid()
        if role == "engine":
            return self.engine
        if os.getpid() == self.engine:
            return children(self.engine)[0]
        return os.getpid() if os.getppid() == self.engine else os.getppid()

    def run(self) -> int:
        self.before = descriptors()
        began = time.perf_counter()
        try:
            self.namespace = Preparation(
                self.options.program,
                workers=self.options.workers,
                cwd=self.options.cwd,
                checkpoint=self.checkpoint,
            ).complete()
        except InterceptError as error:
            self.tell("InterceptError", text=str(error))
            return 69
        took = time.perf_counter() - began
        leave_terminal_to_program()
        if self.options.fork and os.fork() == 0:
            parent = os.pidfd_open(os.getppid())
            select.select([parent], [], [])
            os._exit(0)
        self.tell(
            "ready",
            engine=self.engine,
            launcher=children(self.engine)[0],
            notices=self.namespace.notices,
            seconds=took,
            descriptors=self.before,
            families=[gate.family.name for gate in self.namespace.interception.gates],
        )
        self._serve()
        self.namespace.release()
        status = None
        while status is None:
            for descriptor, _ in self.poller.poll():
                status = self._turn(descriptor)
                if status is not None:
                    break
        self.namespace.close()
        self.tell("closed", descriptors=descriptors())
        return status

    def _serve(self) -> None:
        interception = self.namespace.interception
        self.diagnoses = [Diagnosis.inside(each) for each in interception.diagnoses]
        self.listeners = {
            listener.fileno(): (number, listener)
            for number, listeners in enumerate(interception.tcp)
            for listener in listeners
        }
        self.receivers = {gate.fileno(): gate for gate in interception.gates}
        for descriptor in (*self.listeners, *self.receivers, self.namespace.fileno()):
            self.poller.register(descriptor, select.POLLIN)
        if self.options.control is not None:
            self.poller.register(self.options.control, select.POLLIN)

    def _turn(self, descriptor: int) -> int | None:
        if descriptor in self.listeners:
            self._accept(*self.listeners[descriptor])
        elif descriptor in self.receivers:
            self._answer(self.receivers[descriptor])
        elif descriptor == self.options.control:
            return self._command()
        else:
            return self._events()
        return None

    def _accept(self, worker: int, listener: socket.socket) -> None:
        accepted, source = listener.accept()
        address, port = original_destination(accepted)
        line = {"address": address, "port": port, "source": source[0], "worker": worker}
        if self.options.processes:
            line["process"] = self._process(worker, source[:2], (address, port))
        with accepted:
            accepted.sendall((json.dumps(line) + "\n").encode())

    def _process(
        self, worker: int, near: datagrams.Endpoint, far: datagrams.Endpoint
    ) -> tuple[str, str, int] | None:
        holder = self.diagnoses[worker].holder(Network.TCP, near, far)
        if holder is None:
            return None
        found = dict(ProcessFinder().find([holder.inode]))
        path, name = found.get(holder.inode, ("", ""))
        return path, name, holder.uid

    def _answer(self, gate: datagrams.Gate) -> None:
        payload, source, packed = gate.receive()
        client, destination = datagrams.plain(source), datagrams.endpoint(packed)
        if payload == b"refuse":
            with contextlib.suppress(PermissionError):  # the kernel says so of what it rejects
                gate.way(source=client, to=destination)(b"")
            return
        gate.way(source=destination, to=client)(self._reply(payload, client, destination))

    def _reply(
        self, payload: bytes, client: datagrams.Endpoint, destination: datagrams.Endpoint
    ) -> bytes:
        words = payload.split()
        if words[:1] == [b"size"]:
            return bytes(int(words[1]))
        if len(payload) > 12 and payload[4:6] == b"\0\1":
            return dns_reply(payload)
        line = {"address": destination[0], "port": destination[1], "source": client[0]}
        return json.dumps(line).encode()

    def _command(self) -> int | None:
        words = os.read(self.options.control, 4096).decode().split()
        match words:
            case []:
                self.poller.unregister(self.options.control)
            case ["signal", number]:
                self.namespace.send_signal(int(number))
            case ["leave"]:
                self.namespace.close()
                self.tell("closed")
                return 0
            case ["deaf"]:
                for descriptor in (*self.listeners, *self.receivers):
                    self.poller.unregister(descriptor)
                self.listeners, self.receivers = {}, {}
                self.namespace.interception.close()
                self.tell("deaf")
        return None

    def _events(self) -> int | None:
        for event in self.namespace.poll():
            match event:
                case Started(pid):
                    self.tell("Started", pid=pid)
                case NotExecuted(status, sentence):
                    self.tell("NotExecuted", status=status, sentence=sentence)
                case Stopped(signum):
                    self.tell("Stopped", signum=signum)
                    if not self.options.stay:
                        self.namespace.suspend(event)
                        self.tell("continued")
                case ProgramExited(status, remaining):
                    self.tell("ProgramExited", status=status, remaining=remaining)
                case Finished(status, lost):
                    self.tell("Finished", status=status, lost=lost)
                    return status
        return None


def dns_reply(question: bytes) -> bytes:
    """One address for A and AAAA, no data for the rest."""
    end = question.index(b"\0", 12) + 5
    (kind,) = struct.unpack("!H", question[end - 4 : end - 2])
    data = {
        1: socket.inet_pton(socket.AF_INET, ANSWER4),
        28: socket.inet_pton(socket.AF_INET6, ANSWER6),
    }.get(kind)
    header = question[:2] + b"\x81\x80" + struct.pack("!HHHH", 1, 1 if data else 0, 0, 0)
    record = struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(data)) + data if data else b""
    return header + question[12:end] + record


def descriptors() -> dict[str, str]:
    """Number -> what it is, the listing's own aside."""
    found = {}
    for number in os.listdir("/proc/self/fd"):
        try:
            found[number] = os.readlink(f"/proc/self/fd/{number}")
        except FileNotFoundError:
            continue
    return found


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def forbid(call: str) -> None:
    """A seccomp filter as a container or a kernel without IPv6 would have: `unshare` fails with
    EPERM, or `socket` of IPv6 with EAFNOSUPPORT. x86-64 and arm64."""
    machine = os.uname().machine
    unshare, sock = {"x86_64": (272, 41), "aarch64": (97, 198)}[machine]
    number, error = (unshare, 1) if call == "unshare" else (sock, 97)
    load, equal, give = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
    refuse, allow = 0x00050000 | error, 0x7FFF0000
    program = [(load, 0, 0, 0), (equal, 0, 3, number)]
    if call == "unshare":
        program += [(give, 0, 0, refuse), (give, 0, 0, allow), (give, 0, 0, allow)]
    else:  # only where the first argument is AF_INET6
        program += [(load, 0, 0, 16), (equal, 0, 1, socket.AF_INET6), (give, 0, 0, refuse)]
    program.append((give, 0, 0, allow))
    code = b"".join(struct.pack("=HBBI", *each) for each in program)
    buffer = ctypes.create_string_buffer(code)
    filters = ctypes.create_string_buffer(
        struct.pack("@HP", len(program), ctypes.addressof(buffer))
    )
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, filters, 0, 0) == 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--control", type=int)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--cwd")
    parser.add_argument("--kill")
    parser.add_argument("--forbid")
    parser.add_argument("--ignore", type=int)
    parser.add_argument("--processes", action="store_true", help="tell whose a connection is")
    parser.add_argument("--fork", action="store_true", help="have a worker, which ends after us")
    parser.add_argument("--stay", action="store_true", help="do not stop with the program")
    parser.add_argument("program", nargs="+")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for descriptor in filter(None, (options.events, options.control)):
        os.set_inheritable(descriptor, False)
    if options.forbid:
        forbid(options.forbid)
    if options.ignore:
        signal.signal(options.ignore, signal.SIG_IGN)
    return Engine(options).run()


if __name__ == "__main__":
    sys.exit(main())
