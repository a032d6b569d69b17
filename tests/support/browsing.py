"""Ordinary programs that know of no proxy, each going to the world's three names by both families:
curl, getent, drill, ssh, iperf3, an HTTP/3 client, a datagram's echo and browsers.

Run as a module with the world's folder, its authority's, and browsers' names; says as JSON what
came of each: who the server saw, or "" for nobody.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support import browsers
from tests.support.http3 import fetch
from tests.support.origins import CertificateAuthority
from tests.support.world import ECHO_PORT, IPERF_PORT, NUMBERS, World

_PATIENCE = 10.0
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
# What each of these says in answer to a refusal is its own affair.
Told = dict[str, str]


def main() -> None:
    folder, authority, *wanted = sys.argv[1:]
    made = World(Path(folder), CertificateAuthority(Path(authority)))
    with ThreadPoolExecutor(6) as pool:
        asked = {
            f"{what} {kind} {family}": pool.submit(call, f"www.{kind}.test", family)
            for what, call in _CLIENTS.items()
            for kind in NUMBERS
            for family in FAMILIES
        }
        asked |= {f"ssh {kind}": pool.submit(_ssh, made, f"www.{kind}.test") for kind in NUMBERS}
        told: Told = {name: each.result() for name, each in asked.items()}
    for kind, families in ("direct", (4, 6)), ("proxied", (4, 6)), ("refused", (4,)):
        for family in families:  # one after the other, as it serves
            told[f"iperf3 {kind} {family}"] = _iperf3(f"ipv{family}.{kind}.test", family)
    for browser in wanted:
        told[browser] = _BROWSERS[browser](made)
    print(json.dumps(told))


def _output(argv: Sequence[str], patience: float = _PATIENCE) -> str:
    """ "" where it fails, or does not end: then neither do its children."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        argv, stdout=pipe, stderr=subprocess.DEVNULL, text=True, errors="replace",
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            said, _ = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return ""
        return said if process.returncode == 0 else ""


def _curl(name: str, family: int) -> str:
    return _output(["curl", "-s", f"-{family}", "--max-time", "8", f"http://{name}/who"])


def _curl_tls(name: str, family: int) -> str:
    return _output(["curl", "-sk", f"-{family}", "--max-time", "8", f"https://{name}/who"])


def _getent(name: str, family: int) -> str:
    found = _output(["getent", f"ahostsv{family}", name]).split()
    return found[0] if found else ""


def _drill(name: str, family: int) -> str:
    """As asked of another server than the system's."""
    kind = {4: "A", 6: "AAAA"}[family]
    said = _output(["drill", name, kind, "@192.0.2.53"])
    records = [line.split() for line in said.splitlines() if line.startswith(name)]
    return records[0][4] if records else ""


def _place(name: str, family: int, port: int) -> tuple[str, int]:
    found = socket.getaddrinfo(name, port, FAMILIES[family], socket.SOCK_DGRAM)
    return str(found[0][4][0]), port


def _echo(name: str, family: int) -> str:
    with socket.socket(FAMILIES[family], socket.SOCK_DGRAM) as sock:
        sock.settimeout(_PATIENCE)
        try:
            sock.connect(_place(name, family, ECHO_PORT))
            sock.send(b"hello")
            return sock.recv(999).partition(b" hello")[0].decode()
        except OSError:
            return ""


def _http3(name: str, family: int) -> str:
    async def got() -> str:
        async with asyncio.timeout(_PATIENCE):
            return (await fetch(name, _place(name, family, 443)[0])).decode()

    try:
        return asyncio.run(got())
    except (OSError, TimeoutError):
        return ""


def _ssh(made: World, name: str) -> str:
    """Whom its server saw; it speaks first."""
    command = 'echo "${SSH_CONNECTION%% *}"'
    ssh = ["ssh", *made.ssh.options, "-p", str(made.ssh.port), f"{made.ssh.user}@{name}"]
    return _output([*ssh, command]).strip()


def _iperf3(name: str, family: int) -> str:
    """How many of its datagrams were lost, of how many, as the server has counted them."""
    command = ["iperf3", "-u", f"-{family}", "-p", str(IPERF_PORT), "-c", name]
    said = _output([*command, "-b", "2M", "-l", "1000", "-t", "1", "--json"], 20.0)
    if not said:
        return ""
    total = json.loads(said)["end"].get("sum")  # nothing, where there was no test
    return f"{total['lost_packets']} of {total['packets']}" if total else ""


_CLIENTS: dict[str, Callable[[str, int], str]] = {
    "curl": _curl,
    "curl-tls": _curl_tls,
    "getent": _getent,
    "drill": _drill,
    "echo": _echo,
    "http3": _http3,
}


def _chromium(made: World) -> str:
    """The page's document, once its scripts are there or have failed."""
    options = ["--dump-dom", "--ignore-certificate-errors"]
    command = browsers.chromium(made.folder, made.authority, *options)
    return _output([*command, "https://www.proxied.test/page"], browsers.PATIENCE)


def _firefox(made: World) -> str:
    """It says nothing of the page, but the server does."""
    picture = made.folder / "picture.png"
    command = browsers.firefox(made.folder, made.authority, "--screenshot", str(picture))
    _output([*command, "https://www.proxied.test/page"], browsers.PATIENCE)
    return "shown" if picture.exists() else ""


_BROWSERS: dict[str, Callable[[World], str]] = {
    "chromium": _chromium,
    "firefox-esr": _firefox,
}

if __name__ == "__main__":
    main()
