"""The servers of a small world at the far end of `helper_stage`'s link, all of them strangers to
Byway: dnsmasq, nginx, Dante, sshd, iperf3, aioquic, and an echo for datagrams.

    www.direct.test    203.0.113.20  2001:db8:1::20      each by DNS; web, TLS, HTTP/3, ssh, iperf3
    www.proxied.test   203.0.113.10  2001:db8:1::10      and the echo at each address, whose answers
    www.refused.test   203.0.113.30  2001:db8:1::30      tell who has asked: Dante, or the machine
    198.51.100.1       DNS at 53, Dante at 1080

ipv4.direct.test and ipv6.direct.test have one of the addresses only: there are two of iperf3.

For code that `own_network.inside` runs with mounts of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.helper_stage import FAR_NETWORK, NEAR_NETWORK, elsewhere, running, sh
from tests.support.origins import CertificateAuthority, certificate_authority
from tests.support.sshd import SshServer, command

NUMBERS = {"proxied": 10, "direct": 20, "refused": 30}
ADDRESSES = {
    kind: (f"203.0.113.{number}", f"2001:db8:1::{number}") for kind, number in NUMBERS.items()
}
DANTE = ("198.51.100.1", "2001:db8::1")  # as servers see who comes by it
MACHINE = ("198.51.100.2", "2001:db8::2")
# A route alone is enough for servers of IPv4 only.
OWN_ADDRESSES = tuple(f"ip -6 addr add {six}/128 dev lo nodad" for _, six in ADDRESSES.values())
ECHO_PORT, IPERF_PORT, SSH_PORT = 7007, 5201, 2222
_DEADLINE = 20.0

# What every program here reads before it asks for a name, Dante too.
_FILES = {
    "/etc/resolv.conf": "nameserver 198.51.100.1\n",
    "/etc/nsswitch.conf": "passwd: files\nhosts: files dns\n",
    "/etc/hosts": f"127.0.0.1 localhost {socket.gethostname()}\n",
}
_DANTE = """\
logoutput: stderr
internal: 198.51.100.1 port = 1080
external: 198.51.100.1
external: 2001:db8::1
clientmethod: none
socksmethod: none
client pass { from: 0/0 to: 0/0 }
socks pass { from: 0/0 to: 0/0 }
"""
# In one process, which is all that its user may be here.
_NGINX = """\
daemon off; master_process off; user root root;
pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ }}
http {{
  log_format visit '$host $remote_addr $uri';
  access_log {folder}/visits visit;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 80; listen [::]:80 ipv6only=on; listen 443 ssl; listen [::]:443 ssl ipv6only=on;
    ssl_certificate {chain}; ssl_certificate_key {key};
    location = /who {{ default_type text/plain; return 200 $remote_addr; }}
    location = /page {{ default_type text/html; return 200 '{page}'; }}
    location / {{ default_type text/javascript; return 200 'seen.push("$host $remote_addr")'; }}
  }}
}}
"""
_PAGE = (
    "<!doctype html><script>const seen = []</script>"
    + "".join(f"<script src=https://www.{kind}.test/script></script>" for kind in NUMBERS)
    + "<p id=result></p><script>"
    + "document.querySelector(`#result`).textContent = seen.sort().join(`; `)</script>"
)
# HTTP/3 at every address, and the echo: who asks is told.
_PYTHON = """
import socket, sys, threading
from tests.support.http3 import serve_for_ever
def echo(sock):
    while True:
        said, who = sock.recvfrom(65536)
        sock.sendto(who[0].encode() + b" " + said, who)
for address in sys.argv[1:]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.bind((address, 7007))
    threading.Thread(target=echo, args=(sock,), daemon=True).start()
serve_for_ever(*((address, 443, "") for address in sys.argv[1:]))
"""


@dataclass(frozen=True, slots=True)
class World:
    folder: Path
    authority: CertificateAuthority

    @property
    def ssh(self) -> SshServer:
        return SshServer("", SSH_PORT, "tester", self.folder / "sshd")

    def visits(self) -> set[tuple[str, ...]]:
        """(host, by whom, what) of nginx's log."""
        return {tuple(line.split()) for line in (self.folder / "visits").read_text().splitlines()}


def cover(folder: Path) -> None:
    """Names are asked of 198.51.100.1, by this process and its children."""
    for place, text in _FILES.items():
        file = folder / Path(place).name
        file.write_text(text)
        sh(f"mount --bind {file} {os.path.realpath(place)}")


@contextlib.asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """All of it; from here on names are asked of its dnsmasq: see `cover`."""
    cover(folder)
    async with contextlib.AsyncExitStack() as stack:
        far = await stack.enter_async_context(elsewhere("far", (*FAR_NETWORK, *OWN_ADDRESSES)))
        sh(*NEAR_NETWORK)
        authority = stack.enter_context(certificate_authority())
        made = World(folder, authority)
        for name, argv, ready in _servers(made):
            await stack.enter_async_context(_serving(folder, name, [*far, *argv], ready))
        addresses = [address for pair in ADDRESSES.values() for address in pair]
        code = f"import sys; sys.argv[1:] = {addresses!r}\n{_PYTHON}"
        await stack.enter_async_context(running(far, code))
        yield made


def _servers(made: World) -> list[tuple[str, list[str], tuple[str, int]]]:
    """(name, command, where it accepts connections once it is ready)"""
    folder = made.folder
    chain, key = made.authority.issue("www.direct.test", "www.proxied.test", "www.refused.test")
    nginx = _NGINX.format(folder=folder, chain=chain, key=key, page=_PAGE)
    for name, text in ("nginx.conf", nginx), ("dante.conf", _DANTE):
        (folder / name).write_text(text)
    names = ["--local=/test/"]
    for kind, (four, six) in ADDRESSES.items():
        for record in f"www.{kind}.test,{four},{six}", f"ipv4.{kind}.test,{four}":
            names.append(f"--host-record={record}")
        names.append(f"--host-record=ipv6.{kind}.test,{six}")
    dnsmasq = ["--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts"]
    dnsmasq += ["--pid-file=", "--log-facility=-", "--user=", "--group=", "--bind-interfaces"]
    made.ssh.directory.mkdir()
    ssh = ["env", "-C", str(made.ssh.directory)]
    ssh += [
        *command(made.ssh.directory, f"0.0.0.0:{SSH_PORT}"),
        *("-o", f"ListenAddress=[::]:{SSH_PORT}"),
    ]
    danted = ["danted", "-N", "1", "-f", str(folder / "dante.conf")]
    # Each at one address: iperf3 answers datagrams from the first that its route suggests.
    iperf3 = [
        (f"iperf3-{address}", ["iperf3", "-s", "-B", address, "-p", str(IPERF_PORT)], address)
        for kind in ("direct", "proxied")
        for address in ADDRESSES[kind]
    ]
    here, _ = DANTE
    return [
        ("dnsmasq", ["dnsmasq", *dnsmasq, f"--listen-address={here}", *names], (here, 53)),
        ("nginx", ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], (here, 443)),
        ("dante", [*danted, "-p", str(folder / "dante.pid")], (here, 1080)),
        ("sshd", ssh, (here, SSH_PORT)),
        *((name, argv, (address, IPERF_PORT)) for name, argv, address in iperf3),
    ]


@contextlib.asynccontextmanager
async def _serving(
    folder: Path, name: str, argv: Sequence[str], ready: tuple[str, int]
) -> AsyncIterator[None]:
    """The program, from when it accepts connections; ended with all its processes."""
    log = folder / f"{name}.said"
    with log.open("wb") as output:
        process = subprocess.Popen(argv, stdout=output, stderr=output, start_new_session=True)
    try:
        async with asyncio.timeout(_DEADLINE):
            while not await _accepts(ready):
                assert process.poll() is None, (name, log.read_text())
                await asyncio.sleep(0.02)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def _accepts(place: tuple[str, int]) -> bool:
    try:
        _reader, writer = await asyncio.open_connection(*place)
    except OSError:
        return False
    writer.close()
    return True
