"""`byway up` as a user runs it, for code that `on_stage` runs: the helper on its bus, servers
beyond a link, and programs that ask them."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

from tests.support.helper_stage import DEADLINE, Stage, given_back
from tests.support.own_network import inside

PROFILE = """
version = 1
rules = {rules}
[general]
workers = 2
{general}
[machine]
{bypass}
{more}
[[upstream]]
name = "office"
type = "socks5"
server = "198.51.100.1"
port = 1080
"""

RULES = ("DOMAIN-SUFFIX,proxied.test,office", "DOMAIN,refused.test,REJECT", "MATCH,DIRECT")
_BYPASS = 'bypass = ["203.0.113.128/25"]'

# What the tests' code takes for granted.
IMPORTS = """
import asyncio, contextlib, json, os, signal, socket, subprocess, sys, time
from tests.support.helper_stage import *
from tests.support.kernel_rules import *
from tests.support.whole_machine import *
"""
_SURROUNDINGS = """
{first}
async def main(place, far):
{code}
async def run():
    async with stage() as place, beyond() as far:
        await main(place, far)
asyncio.run(run())
"""


def on_stage(
    code: str,
    first: str = "",
    *,
    without_nftables: bool = False,
    real_root: bool = False,
    own_mounts: bool = False,
) -> str:
    """What `code` prints; it has `place` (a Stage), the end of the link, `far`, and what `first`
    imports."""
    code = textwrap.indent(textwrap.dedent(code), "    ")
    whole = _SURROUNDINGS.format(first=IMPORTS + first, code=code)
    return inside(
        whole, without_nftables=without_nftables, real_root=real_root, own_mounts=own_mounts
    )


def profile_text(
    more: str = "", general: str = "", rules: Sequence[str] = RULES, bypass: str = _BYPASS
) -> str:
    """PROFILE; `more` and `bypass` stand in its [machine], `general` in [general]."""
    return PROFILE.format(more=more, general=general, bypass=bypass, rules=json.dumps(rules))


class Up:
    """`byway up` with `profile_text`."""

    def __init__(
        self,
        place: Stage,
        more: str = "",
        general: str = "",
        rules: Sequence[str] = RULES,
        bypass: str = _BYPASS,
        *,
        start: bool = True,
    ) -> None:
        """Not started, it is but the profile and the commands."""
        self.folder = place.folder
        self.file = place.folder / "profile.toml"
        self.write(more, general, rules, bypass)
        folder = str(place.folder)
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": folder, "XDG_STATE_HOME": folder}
        self.log = place.folder / "up.log"
        if start:
            with self.log.open("wb") as log:
                self.process = subprocess.Popen(
                    self.byway("up", "--profile", str(self.file)), env=self.environment, stderr=log
                )

    def write(
        self,
        more: str = "",
        general: str = "",
        rules: Sequence[str] = RULES,
        bypass: str = _BYPASS,
    ) -> None:
        """The profile, for the start or for a reload."""
        self.file.write_text(profile_text(more, general, rules, bypass))

    def byway(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "byway_core", *words]

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.byway(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    async def ready(self) -> None:
        async with asyncio.timeout(DEADLINE):
            while b"goes by the rules" not in self.log.read_bytes():
                assert self.process.poll() is None, self.log.read_text()
                await asyncio.sleep(0.01)

    async def killed(self) -> None:
        """Its end without a word; what it took is given back, or refused."""
        self.process.kill()
        self.process.wait()
        await given_back(DEADLINE)

    async def flows(self, count: int) -> list[dict[str, Any]]:
        """All, as soon as so many are closed."""
        async with asyncio.timeout(DEADLINE):
            while True:
                told = await asyncio.to_thread(self.ask, "connections", "--all", "--json")
                flows = [json.loads(line) for line in told.stdout.splitlines()]
                if len([f for f in flows if f["state"] == "closed"]) >= count:
                    return flows
                await asyncio.sleep(0.05)


def curl(
    address: str, name: str = "", where: Sequence[str] = (), patience: float = 5.0
) -> str | int:
    """What the web server says, which is who has asked it; or curl's exit code. `where`: see
    `elsewhere`; `patience` in seconds."""
    url = f"http://{name or address}/"
    resolve = ["--resolve", f"{name}:80:{address}"] if name else []
    command = [*where, "curl", "-sg", "--max-time", str(patience), *resolve, url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout or done.returncode


def opened(address: str) -> socket.socket:
    """A connection to the web server, for `asked`."""
    return socket.create_connection((address, 80), DEADLINE)


def asked(sock: socket.socket, name: str = "www.proxied.test") -> str:
    """What the web server says on a connection that stays open."""
    sock.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
    said = b""
    while not said.partition(b"\r\n\r\n")[2]:  # head and body are two writes
        more = sock.recv(4096)
        assert more, "it has ended"
        said += more
    return said.partition(b"\r\n\r\n")[2].decode()


def dig(*words: str, where: Sequence[str] = ()) -> list[str]:
    """The answers to one question."""
    command = [*where, "dig", "+short", "+time=3", "+tries=1", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
