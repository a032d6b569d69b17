"""The stage, and the engine with a program on it. Run in user, network and mount namespaces of its
own (`unshare --user --map-root-user --net --mount`), whose root it is; nothing of it outlives that.

     this process's namespace                                another one
      program ─ engine ── 198.51.100.2 ═════ link ═════ 198.51.100.1 ─ every address
                          2001:db8::2                   2001:db8::1

Started with the folder that has `spec.json` and `profile.toml`, and a Mode; leaves `seen.json`,
what came over the link, and `said`, what the program has said.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from byway_core.api.own_program import command_line, module
from byway_core.intercept import kernel
from byway_core.intercept.forking import fork
from byway_core.leaktest.internet import Internet, as_json
from byway_core.leaktest.prober import DATAGRAM_PORT
from byway_core.leaktest.targets import QUIC_PORT, Target, Upstream

RESOLVER = "198.51.100.53"

_HERE, _THERE = ("198.51.100.2", "2001:db8::2"), ("198.51.100.1", "2001:db8::1")
_LINK, _PEER = "leaktest0", "leaktest1"
_LOOPBACK = 1  # lo's index in every network namespace
_NO_DAD = 0x02  # IFA_F_NODAD, linux/if_addr.h: an address that may be used at once
_TABLE = 100  # a routing table that nobody else has
# An engine and a program that have not ended by then will not.
_PATIENCE = 120.0
# What a program reads before it asks for a name; anything else would ask the real resolver.
_FILES = {
    "/etc/resolv.conf": f"nameserver {RESOLVER}\n",
    "/etc/nsswitch.conf": "hosts: files dns\n",
    "/etc/hosts": "127.0.0.1 localhost\n",
}


class Mode(Enum):
    """How the program comes under the rules."""

    OWN_NAMESPACE = "run"
    WHOLE_MACHINE = "up"


def main() -> int:
    folder, mode = Path(sys.argv[1]), Mode(sys.argv[2])
    given = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
    targets = [Target(**each) for each in given["targets"]]
    upstreams = [Upstream(**each) for each in given["upstreams"]]
    ours, theirs = socket.socketpair()

    def be_far() -> None:
        ours.close()
        _be_far(theirs, folder, Internet(targets, upstreams))

    far = fork(be_far)
    theirs.close()
    try:
        _told(ours)  # it has its namespace
        _link(far)
        ours.send(b".")
        _told(ours)  # it serves
        _cover(folder)
        return _run(folder, mode)
    finally:
        ours.close()
        os.waitpid(far, 0)


def _told(channel: socket.socket) -> None:
    if not channel.recv(1):
        raise SystemExit("the far end of the stage has not come up")


# -- the links


def _link(far: int) -> None:
    from pyroute2 import IPRoute

    with closing(IPRoute()) as netlink:
        netlink.link("add", ifname=_LINK, kind="veth", peer={"ifname": _PEER, "net_ns_pid": far})
        netlink.link("set", index=_LOOPBACK, state="up")
        _address(netlink, _LINK, _HERE)
        for gateway in _THERE:
            family = socket.AF_INET6 if ":" in gateway else socket.AF_INET
            netlink.route("add", family=family, dst="default", gateway=gateway)


def _address(netlink: object, name: str, addresses: tuple[str, str]) -> None:
    call: Callable[..., object] = netlink.addr  # type: ignore[attr-defined] # pyroute2 has no types
    index = socket.if_nametoindex(name)
    for address, length in zip(addresses, (24, 64), strict=True):
        call("add", index=index, address=address, prefixlen=length, flags=_NO_DAD)
    netlink.link("set", index=index, state="up")  # type: ignore[attr-defined]


# -- the far end


def _be_far(channel: socket.socket, folder: Path, internet: Internet) -> None:
    from pyroute2 import IPRoute

    kernel.unshare(kernel.CLONE_NEWNET)
    channel.send(b".")
    channel.recv(1)  # the link is there
    with closing(IPRoute()) as netlink:
        netlink.link("set", index=_LOOPBACK, state="up")
        _address(netlink, _PEER, _THERE)
        for family in socket.AF_INET, socket.AF_INET6:  # what comes by the link is for us
            everything = {"family": family, "dst": "default", "oif": _LOOPBACK, "type": "local"}
            netlink.route("add", scope="host", table=_TABLE, **everything)
            netlink.rule("add", family=family, iifname=_PEER, table=_TABLE, priority=1)
    asyncio.run(_serve(channel, internet))
    (folder / "seen.json").write_text(json.dumps(as_json(internet.seen)), encoding="utf-8")


async def _serve(channel: socket.socket, internet: Internet) -> None:
    await internet.open(_PEER, (QUIC_PORT, DATAGRAM_PORT))
    channel.send(b".")
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(channel, ended.set)
    await ended.wait()
    await internet.close()


# -- the engine and the program


def _cover(folder: Path) -> None:
    """Names are asked of the stage's resolver, by whatever reads these files."""
    for place, text in _FILES.items():
        file = folder / Path(place).name
        file.write_text(text, encoding="utf-8")
        with suppress(FileNotFoundError):  # then the library does without, as on the host
            kernel.mount(str(file), os.path.realpath(place, strict=True), "", kernel.MS_BIND)


def _run(folder: Path, mode: Mode) -> int:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not (name.lower().endswith("_proxy") or name.startswith("DBUS_"))
    }
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    environment["XDG_RUNTIME_DIR"] = str(runtime)
    profile, program = (
        str(folder / "profile.toml"),
        [*module("byway_core.leaktest.prober"), str(folder / "spec.json")],
    )
    with (folder / "said").open("wb") as said:
        if mode is Mode.OWN_NAMESPACE:
            program = command_line("run", "--profile", profile, "--", *program)
            return _ended(program, said, environment)
        command = command_line("up", "--user", "root", "--events", "--profile", profile)
        with subprocess.Popen(  # noqa: S603 - ours
            command, stdout=subprocess.PIPE, env=environment
        ) as engine:
            assert engine.stdout is not None  # noqa: S101 - it is a pipe
            try:
                if b"in-force" not in engine.stdout.readline():
                    return engine.wait(_PATIENCE) or 1
                return _ended(program, said, environment)
            finally:
                engine.send_signal(signal.SIGINT)
                engine.wait(_PATIENCE)


def _ended(command: list[str], said: BinaryIO, environment: dict[str, str]) -> int:
    return subprocess.run(  # noqa: S603 - ours
        command, stdout=said, env=environment, timeout=_PATIENCE, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
