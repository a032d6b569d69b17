"""One core, several hosts: the same engine forwards a real program's connections on each loop.

Each case is a process of its own (`host_scripts/hosted_run.py`), as root and as an ordinary user: a
namespace is started before there are threads, and Qt has one application a process.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import qasync
from tests.support.dns_server import dns_server, fixed
from tests.support.origins import Origin, serving
from tests.support.own_namespace import PEOPLE, ROOT, USER, become, python
from tests.support.processes import free_port, loopback_address, program, running, scratch

PACKAGES = Path(qasync.__file__).parents[1]
HOSTS = ("asyncio", "selector", "qasync")
NAME = "origin.hosts.test"
# Nobody has it (RFC 5737): what is sent there by name arrives only where the name is looked up.
NOWHERE = "198.51.100.7"
BULK = 16 * 1024 * 1024

SCRIPT = """
curl -sS "http://$ADDRESS:$PORT/"
curl -sS "http://$NAME:$PORT/"
curl -sS -H Expect: --data-binary "@$BULK" "http://$NAME:$PORT/" | sha256sum
"""


def _mirror(connection: socket.socket) -> None:
    """HTTP: what was sent comes back; to a GET, a greeting."""
    with connection.makefile("rb") as stream:
        head = b"".join(iter(stream.readline, b"\r\n")).lower()
        _, found, size = head.partition(b"content-length:")
        body = stream.read(int(size.splitlines()[0])) if found else b"hello\n"
    answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    connection.sendall(answer.encode() + body)


@dataclass(frozen=True)
class Upstream:
    """A microsocks that can look NAME up, and what it has logged."""

    host: str
    port: int
    log: Path


@contextmanager
def microsocks_knowing(address: str) -> Iterator[Upstream]:
    host = loopback_address()
    port = free_port(host)
    with scratch("microsocks") as folder:
        hosts = folder / "hosts"
        hosts.write_text(f"{address} {NAME}\n")
        script = 'mount --bind "$0" /etc/hosts && exec "$@"'
        argv = [program("unshare"), "--map-root-user", "--mount", "sh", "-c", script, str(hosts)]
        argv += [program("microsocks"), "-i", host, "-p", str(port)]
        with running(argv, (host, port), folder):
            yield Upstream(host, port, folder / f"port-{port}.log")


class Stage:
    """A folder that every user can enter, for the profile, the data and the ledger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)
        self.bulk = folder / "bulk"
        self.bulk.write_bytes(os.urandom(BULK))
        self.home = folder / "home"
        self.home.mkdir()
        if os.geteuid() == 0:
            os.chown(self.home, USER, USER)

    def start(self, person: str, host: str, environment: dict[str, str]) -> tuple[Any, Any]:
        """The finished process, and the flows of its ledger."""
        profile, ledger = self.folder / "profile.toml", self.home / "ledger"
        checkout, packages = ROOT, PACKAGES
        prefix = become(person)
        if prefix:
            views = {self.folder / "checkout": checkout, self.folder / "packages": packages}
            checkout, packages = views
            prefix = [*_seeing(views), *prefix]
        hosted_run = checkout / "tests/engine/host_scripts/hosted_run.py"
        done = subprocess.run(
            [
                *(*prefix, python(person), str(hosted_run)),
                *(host, str(profile), str(ledger)),
                *("sh", "-euc", SCRIPT),
            ],
            env={
                **os.environ,
                **environment,
                "HOME": str(self.home),
                "XDG_RUNTIME_DIR": str(self.home),
                "BULK": str(self.bulk),
                "NAME": NAME,
                "PYTHONPATH": f"{checkout}/core:{checkout}/polkit:{packages}",
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        flows = map(json.loads, ledger.read_text().splitlines()) if ledger.exists() else ()
        return done, list(flows)


def _seeing(views: dict[Path, Path]) -> list[str]:
    """A prefix for root, so that every user can read a checkout and a .venv in root's home: in a
    mount namespace of the command's own they are at other places too."""
    script = ""
    for view, place in views.items():
        view.mkdir()
        script += f"mount --bind {shlex.quote(str(place))} {shlex.quote(str(view))} && "
    return ["unshare", "--mount", "sh", "-c", f'{script} exec "$@"', "sh"]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with scratch("hosts") as folder:
        yield Stage(folder)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with serving(_mirror) as origin:
        yield origin


def forwarded(
    stage: Stage, person: str, host: str, origin: Origin, dns_answer: str, more: str
) -> list[dict[str, Any]]:
    """Run the script under a profile that ends in `more`; all must have arrived. Its flows."""
    with dns_server(fixed(dns_answer), loopback_address()) as dns:
        (stage.folder / "profile.toml").write_text(
            f'version = 1\n{more}\n[dns]\nservers = ["{dns.host}:{dns.port}"]\n'
        )
        environment = {"ADDRESS": origin.host, "PORT": str(origin.port)}
        done, flows = stage.start(person, host, environment)
    digest = hashlib.sha256(stage.bulk.read_bytes()).hexdigest()
    assert (done.stderr, done.stdout) == ("", f"hello\nhello\n{digest}  -\n")
    assert (done.returncode, set(dns.names())) == (0, {NAME})
    assert [flow["reason"] for flow in flows] == [""] * 3
    by_address, by_name, bulk = flows
    assert (by_address["address"], by_address["port"]) == (origin.host, origin.port)
    for flow in (by_name, bulk):
        assert (flow["host"], flow["host_source"]) == (NAME, "dns")
        assert (flow["address"], flow["port"]) == (dns_answer, origin.port)
    assert min(bulk["up"], bulk["down"]) > BULK
    return flows


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("host", HOSTS)
def test_forwards_directly(stage: Stage, origin: Origin, host: str, person: str) -> None:
    rules = f'rules = ["DOMAIN,{NAME},DIRECT", "IP-CIDR,127.0.0.0/8,DIRECT", "MATCH,REJECT"]'
    flows = forwarded(stage, person, host, origin, origin.host, rules)
    assert [(flow["action"], flow["rule_index"]) for flow in flows] == [
        ("DIRECT", 1),
        ("DIRECT", 0),
        ("DIRECT", 0),
    ]


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("host", HOSTS)
def test_forwards_through_an_upstream(stage: Stage, origin: Origin, host: str, person: str) -> None:
    with microsocks_knowing(origin.host) as upstream:
        more = (
            'rules = ["MATCH,office"]\n[[upstream]]\nname = "office"\ntype = "socks5"\n'
            f'server = "{upstream.host}"\nport = {upstream.port}\n'
        )
        flows = forwarded(stage, person, host, origin, NOWHERE, more)
        logged = upstream.log.read_text()
    assert [flow["action"] for flow in flows] == ["office"] * 3
    assert logged.count(f"{origin.host}:{origin.port}") == 1
    assert logged.count(f"{NAME}:{origin.port}") == 2
