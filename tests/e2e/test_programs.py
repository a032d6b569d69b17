"""Real programs, none of which has a proxy setting, under `byway run`.

Four names, each with an address of its own, go four ways: direct.test and *.direct.test directly,
proxied.test through microsocks (which knows them at other addresses), refused.test nowhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support import sites
from tests.support.byway import Byway, hosts, upstream
from tests.support.dns_server import DnsServer, fixed, response
from tests.support.origins import (
    CertificateAuthority,
    Origin,
    Visited,
    certificate_authority,
    echo,
    http_origin,
    serving,
    tls_origin,
    visited,
)
from tests.support.processes import loopback_address, program, scratch
from tests.support.runs import Done, Inside, inside
from tests.support.servers import microsocks
from tests.support.sshd import SshServer, sshd

# A refusal is a matter of milliseconds; this leaves room for a busy machine, and for no timeout.
PROMPT = 2.5
CURL = ("curl", "--silent", "--show-error", "--max-time", "20")


@dataclass
class Place:
    run: Inside
    authority: CertificateAuthority
    plain: Origin  # direct.test
    plain6: Origin  # six.direct.test
    secure: Origin  # secure.direct.test
    proxied: Origin  # proxied.test, as microsocks knows it
    proxied_secure: Origin
    refused: Visited  # refused.test
    refused_secure: Visited
    ssh: SshServer  # ssh.proxied.test, as microsocks knows it
    dns: DnsServer

    def curl(self, *arguments: str) -> Done:
        return self.run(*CURL, "--cacert", str(self.authority.certificate), *arguments)


RULES = (
    "DOMAIN-SUFFIX,refused.test,REJECT",
    "DOMAIN-SUFFIX,proxied.test,socks",
    "DOMAIN-SUFFIX,direct.test,DIRECT",
    "IP-CIDR6,::1/128,DIRECT",
    "IP-CIDR,127.0.0.0/8,DIRECT",
    "MATCH,REJECT",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with ExitStack() as stack:
        enter = stack.enter_context
        authority = enter(certificate_authority())
        plain, plain6, proxied = (enter(http_origin(host)) for host in (None, "::1", None))
        secure = enter(tls_origin(authority, "secure.direct.test", "*.direct.test"))
        proxied_secure = enter(tls_origin(authority, "secure.proxied.test"))
        refused, refused_secure = enter(visited()), enter(visited())
        ssh = enter(sshd())
        seen_by_socks = {
            "proxied.test": proxied.host,
            "secure.proxied.test": proxied_secure.host,
            "ssh.proxied.test": ssh.host,
        }
        socks = enter(microsocks(hosts=seen_by_socks))
        dns = DnsServer(fixed("127.53.53.53", "fd53::53"))
        stack.callback(dns.close)
        told = {
            "direct.test": plain.host,
            "six.direct.test": "::1",
            "secure.direct.test": secure.host,
            "refused.test": refused.host,
            "secure.refused.test": refused_secure.host,
            **{name: loopback_address() for name in seen_by_socks},
        }
        more = (
            "[general]\nworkers = 1\n"
            f'[dns]\nservers = ["{dns.host}:{dns.port}"]\n{hosts(told)}'
            + upstream("socks", "socks5", socks.host, socks.port, None)
        )
        byway = Byway(tmp_path_factory.mktemp("programs"))
        run = enter(inside(byway, byway.profile(*RULES, more=more)))
        yield Place(
            run, authority, plain, plain6, secure, proxied, proxied_secure, refused, refused_secure,
            ssh, dns,
        )  # fmt: skip


def summary(flow: dict[str, object]) -> tuple[object, ...]:
    return flow["action"], flow["host"], flow["host_source"], flow["reason"]


# -- curl -------------------------------------------------------------------------------------


def test_curl_by_name(place: Place) -> None:
    done = place.curl(f"http://direct.test:{place.plain.port}/path?query")
    assert json.loads(done.out)["target"] == "/path?query"
    flow = place.run.flow(host="direct.test", port=place.plain.port)
    assert summary(flow) == ("DIRECT", "direct.test", "dns", "")
    assert (flow["address"], flow["network"]) == (place.plain.host, "tcp")
    assert (flow["up"] > 50, flow["down"] > 100) == (True, True)


@pytest.mark.parametrize(
    ("name", "action"), [("secure.direct.test", "DIRECT"), ("secure.proxied.test", "socks")]
)
def test_curl_https(place: Place, name: str, action: str) -> None:
    origin = place.secure if action == "DIRECT" else place.proxied_secure
    done = place.curl(f"https://{name}:{origin.port}/")
    assert done.status == 0, done.err
    assert json.loads(done.out)["sni"] == name
    assert summary(place.run.flow(host=name))[:3] == (action, name, "dns")


def test_curl_https_refused(place: Place) -> None:
    done = place.curl(f"https://secure.refused.test:{place.refused_secure.port}/")
    assert (done.status, done.seconds < PROMPT) in ((7, True), (35, True), (56, True)), done
    expected = ("REJECT", "secure.refused.test", "dns", "refused by the rules")
    assert summary(place.run.flow(host="secure.refused.test")) == expected
    assert place.refused_secure.visits == 0


def test_curl_ipv6_literal(place: Place) -> None:
    done = place.curl(f"http://[::1]:{place.plain6.port}/")
    assert done.status == 0, done.err
    assert place.run.flow(address="::1", port=place.plain6.port)["action"] == "DIRECT"


def test_curl_ipv6_by_name(place: Place) -> None:
    done = place.curl(f"http://six.direct.test:{place.plain6.port}/")
    assert done.status == 0, done.err
    flow = place.run.flow(host="six.direct.test")
    assert (flow["address"], flow["host_source"]) == ("::1", "dns")


def test_curl_that_asks_no_dns_is_known_by_http_host(place: Place) -> None:
    """Its name is nobody's memory; the upstream gets it as a name."""
    where, port = loopback_address(), place.proxied.port
    done = place.curl("--resolve", f"proxied.test:{port}:{where}", f"http://proxied.test:{port}/")
    assert done.status == 0, done.err
    flow = place.run.flow(address=where)
    assert summary(flow) == ("socks", "proxied.test", "http-host", "")


def test_curl_that_asks_no_dns_is_known_by_sni(place: Place) -> None:
    name, where, port = "secure.proxied.test", loopback_address(), place.proxied_secure.port
    done = place.curl("--resolve", f"{name}:{port}:{where}", f"https://{name}:{port}/")
    assert done.status == 0, done.err
    assert summary(place.run.flow(address=where)) == ("socks", name, "tls-sni", "")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_curl_that_asks_no_dns_is_refused(place: Place, scheme: str) -> None:
    with visited() as nobody:
        name = f"{scheme}.refused.test"
        resolve = f"{name}:{nobody.port}:{nobody.host}"
        done = place.curl("--resolve", resolve, f"{scheme}://{name}:{nobody.port}/")
        assert (done.status in (7, 35, 52, 56), done.seconds < PROMPT) == (True, True), done
        assert place.run.flow(address=nobody.host)["action"] == "REJECT"
        assert nobody.visits == 0


def test_curl_sends_much(place: Place, tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_bytes(os.urandom(1_500_000).replace(b"\0", b"\1"))
    url = f"http://proxied.test:{place.proxied.port}/"
    done = place.curl("--data-binary", f"@{body}", "-H", "Expect:", url)
    assert json.loads(done.out)["body"].encode("latin-1") == body.read_bytes()
    assert place.run.flow(host="proxied.test")["up"] > 1_500_000


# -- other clients ----------------------------------------------------------------------------


def test_wget(place: Place) -> None:
    done = place.run("wget", "-q", "-O", "-", f"http://proxied.test:{place.proxied.port}/wget")
    assert json.loads(done.out)["target"] == "/wget"
    refused = f"http://refused.test:{place.refused.port}/"
    done = place.run("wget", "-q", "-O", "-", "--tries=1", "--timeout=10", refused)
    assert (done.status, done.seconds < PROMPT) == (4, True), done
    assert place.refused.visits == 0


def test_python(place: Place) -> None:
    code = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=20).read())"
    done = place.run.python(code, f"http://proxied.test:{place.proxied.port}/urllib")
    assert '"/urllib"' in done.out, done.err
    done = place.run.python(code, f"http://refused.test:{place.refused.port}/")
    assert "Connection" in done.err.splitlines()[-1]  # reset or refused
    assert done.seconds < PROMPT


def test_git_clone_and_push(place: Place, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    environment = {"HOME": str(tmp_path), "GIT_TERMINAL_PROMPT": "0"}
    with scratch("git") as root:
        commit = sites.repository(root, 3_000_000)
        with sites.git_http(root, place.proxied.host) as origin:
            url = f"http://proxied.test:{origin.port}/project.git"
            done = place.run("git", "clone", "-q", url, clone, env=environment)
            assert done.status == 0, done.err
            assert sites.git("rev-parse", "HEAD", cwd=clone).strip() == commit
            sites.git("commit", "-q", "--allow-empty", "-m", "more", cwd=clone)
            push = ("git", "push", "-q", "origin", "HEAD")
            done = place.run(*push, cwd=clone, env=environment)
            assert done.status == 0, done.err
            last = sites.git("rev-parse", "main", cwd=root / "project.git")
            assert last == sites.git("rev-parse", "HEAD", cwd=clone)
            flow = place.run.flow(port=origin.port)
            assert summary(flow)[:3] == ("socks", "proxied.test", "dns")


def test_git_daemon(place: Place, tmp_path: Path) -> None:
    """The git protocol, of which no first byte is understood."""
    with scratch("git") as root:
        commit = sites.repository(root, 3_000_000)
        with sites.git_daemon(root, place.proxied.host) as origin:
            url = f"git://proxied.test:{origin.port}/project.git"
            done = place.run("git", "clone", "-q", url, tmp_path / "c", env={"HOME": str(tmp_path)})
            assert done.status == 0, done.err
            assert sites.git("rev-parse", "HEAD", cwd=tmp_path / "c").strip() == commit
            flow = place.run.flow(port=origin.port)
            assert summary(flow)[:3] == ("socks", "proxied.test", "dns")


def test_ssh_and_scp_by_name(place: Place, tmp_path: Path) -> None:
    """No first byte says a name here: it is known from DNS, and goes to the upstream."""
    options, name = place.ssh.options, "ssh.proxied.test"
    ssh = ("ssh", *options, "-p", str(place.ssh.port), f"tester@{name}")
    done = place.run(*ssh, "cat", input="through ssh")
    assert (done.status, done.out) == (0, "through ssh"), done.err
    assert summary(place.run.flow(host=name)) == ("socks", name, "dns", "")
    assert place.run(*ssh, "exit 41").status == 41

    sent = tmp_path / "sent"
    sent.write_bytes(os.urandom(3_000_000))
    scp = ("scp", "-q", *options, "-P", str(place.ssh.port))
    there = f"tester@{name}:{tmp_path}/there"
    assert place.run(*scp, sent, there).status == 0
    assert place.run(*scp, there, tmp_path / "back").status == 0
    assert (tmp_path / "back").read_bytes() == sent.read_bytes()


def test_server_first_protocols_are_not_delayed(place: Place) -> None:
    """With a name from DNS never; without, once for each address and port, by the 0.3 s that a
    first byte is waited for."""
    code = """
import socket, sys, time
for host in sys.argv[2:]:
    began = time.monotonic()
    with socket.create_connection((host, int(sys.argv[1])), timeout=20) as sock:
        assert sock.recv(100).startswith(b"SSH-2.0"), "no greeting"
    print(time.monotonic() - began)
"""
    named = place.run.python(code, str(place.ssh.port), *["ssh.proxied.test"] * 5)
    assert min(map(float, named.out.split())) < 0.15, named
    bare = place.run.python(code, str(place.ssh.port), *[place.ssh.host] * 5)
    first, *later = map(float, bare.out.split())
    assert 0.3 <= first < PROMPT
    assert min(later) < 0.15, bare


def test_apt(place: Place, tmp_path: Path) -> None:
    """apt-get update and download, from a repository known by name; root's apt-get becomes _apt
    for that."""
    with scratch("apt") as root:
        root.chmod(0o755)
        digest = sites.debian_repository(root, 2_000_000)
        with sites.folder(root, place.plain.host) as origin:
            state = root / "state"
            for part in ("etc/apt.conf.d", "etc/preferences.d", "lists/partial", "cache/partial"):
                (state / part).mkdir(parents=True)
            (state / "status").touch()
            (state / "sources.list").write_text(
                f"deb [trusted=yes] http://direct.test:{origin.port}/ stable main\n"
            )
            options = {
                "Dir::Etc": state / "etc",
                "Dir::Etc::SourceList": state / "sources.list",
                "Dir::Etc::SourceParts": "/dev/null",
                "Dir::State": state,
                "Dir::State::Status": state / "status",
                "Dir::State::Lists": state / "lists",
                "Dir::Cache": state / "cache",
                "Dir::Cache::Archives": state / "cache",
                "Acquire::Languages": "none",
            }
            apt = ["apt-get", *(f"-o{name}={value}" for name, value in options.items())]
            done = place.run(*apt, "update", env={"HOME": str(tmp_path)})
            assert done.status == 0, done.err
            assert "unsandboxed" not in done.err
            target = root / "downloads"
            target.mkdir()
            target.chmod(0o777)
            done = place.run(*apt, "download", "hello-byway", cwd=target)
            assert done.status == 0, done.err
            (deb,) = target.iterdir()
            assert hashlib.sha256(deb.read_bytes()).hexdigest() == digest
            flow = place.run.flow(host="direct.test", port=origin.port)
            assert summary(flow)[:3] == ("DIRECT", "direct.test", "dns")


# -- DNS --------------------------------------------------------------------------------------


@pytest.mark.parametrize("server", ["", "@127.1.2.3", "@203.0.113.53", "@::1", "@2001:db8::53"])
@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
@pytest.mark.parametrize(("kind", "address"), [("A", "127.53.53.53"), ("AAAA", "fd53::53")])
def test_dig(place: Place, server: str, transport: str, kind: str, address: str) -> None:
    """Whomever it asks, Byway's own servers answer."""
    name = f"{kind}{transport}{len(server)}.example.com".replace("+", "-").lower()
    asked = ["dig", "+short", "+tries=1", "+time=10", transport, name, kind]
    done = place.run(*asked, *([server] if server else []))
    assert (done.status, done.out) == (0, f"{address}\n"), (done, place.run.said())
    assert name in place.dns.names()


def test_a_name_that_dig_learned_decides(place: Place) -> None:
    """The memory is of addresses, whoever asked: here another program than the one that dials."""
    place.run("dig", "+short", "refused.test")
    done = place.run.python(
        "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2]))).recv(1)",
        place.refused.host,
        str(place.refused.port),
    )
    assert "ConnectionResetError" in done.err
    assert place.run.flow(host="refused.test")["host_source"] == "dns"
    assert place.refused.visits == 0


def test_unknown_name(place: Place) -> None:
    with place.dns.answering(lambda asked, _: [response(asked, rcode=3)]):
        done = place.curl("http://nowhere.test/")
    assert (done.status, done.seconds < PROMPT) == (6, True), done  # could not resolve host


# -- what is not TCP --------------------------------------------------------------------------


@pytest.fixture
def ping(tmp_path: Path) -> Path:
    """A copy without the privileges that distributions attach to it, and which only root's may
    have inside; it needs none."""
    copy = tmp_path / "ping"
    shutil.copyfile(program("ping"), copy)
    copy.chmod(0o755)
    return copy


@pytest.mark.parametrize("host", ["203.0.113.1", "2001:db8::1"])
def test_ping_fails_promptly(place: Place, ping: Path, host: str) -> None:
    done = place.run(ping, "-c", "1", "-W", "1", host)
    assert (done.status, done.seconds < PROMPT) == (1, True), done
    assert any(word in done.out + done.err for word in ("filtered", "not permitted", "prohibited"))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_ping_of_loopback(place: Place, ping: Path, host: str) -> None:
    done = place.run(ping, "-c", "1", "-W", "5", host)
    assert (done.status, " 0% packet loss" in done.out) == (0, True), done


@pytest.mark.parametrize("host", ["127.0.0.1", "127.99.98.97", "203.0.113.1", "2001:db8::1", "::1"])
@pytest.mark.parametrize("port", [443, 123])
def test_udp_is_refused_at_once(place: Place, host: str, port: int) -> None:
    code = """
import socket, sys, time
host, port = sys.argv[1], int(sys.argv[2])
with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(10)
    sock.connect((host, port))
    began = time.monotonic()
    try:
        sock.send(b"hello?")
        sock.recv(100)
    except OSError as error:
        print(type(error).__name__, time.monotonic() - began)
"""
    done = place.run.python(code, host, str(port))
    error, seconds = done.out.split()
    assert error in ("ConnectionRefusedError", "PermissionError"), done
    assert float(seconds) < 1


# -- connections ------------------------------------------------------------------------------


def test_nc_half_closes(place: Place, tmp_path: Path) -> None:
    """The server answers only once it has seen the end of what it was sent."""

    def serve(connection: object) -> None:
        digest = hashlib.sha256()
        while data := connection.recv(65536):  # type: ignore[attr-defined]
            digest.update(data)
        connection.sendall(digest.hexdigest().encode())  # type: ignore[attr-defined]

    with serving(serve, place.plain.host) as origin:
        body = "x" * 1_000_000
        done = place.run("nc", "-N", "-w", "20", "direct.test", str(origin.port), input=body)
        assert done.out == hashlib.sha256(body.encode()).hexdigest(), done.err
        assert place.run.flow(port=origin.port)["reason"] == ""


def test_server_half_closes(place: Place) -> None:
    def serve(connection: object) -> None:
        connection.shutdown(1)  # type: ignore[attr-defined]
        got = b""
        while data := connection.recv(65536):  # type: ignore[attr-defined]
            got += data
        received.append(got)

    received: list[bytes] = []
    code = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20) as sock:
    assert sock.recv(1) == b""
    sock.sendall(b"and yet I speak" * 10_000)
"""
    with serving(serve, place.plain.host) as origin:
        done = place.run.python(code, "direct.test", str(origin.port))
        assert done.status == 0, done.err
        assert place.run.flow(port=origin.port)["up"] == 150_000
    assert received == [b"and yet I speak" * 10_000]


def test_large_parallel_downloads(place: Place, tmp_path: Path) -> None:
    with scratch("large") as root:
        digests = {}
        for number in range(4):
            data = os.urandom(24_000_000)
            (root / str(number)).write_bytes(data)
            digests[str(number)] = hashlib.sha256(data).hexdigest()
        with sites.folder(root, place.plain.host) as origin:
            url = f"http://direct.test:{origin.port}/[0-3]"
            done = place.curl("--parallel", "--parallel-immediate", "-o", f"{tmp_path}/#1", url)
            assert done.status == 0, done.err
    got = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in tmp_path.iterdir()}
    assert got == digests


def test_many_short_connections(place: Place) -> None:
    code = """
import socket, sys
from concurrent.futures import ThreadPoolExecutor
def ask(number):
    text = str(number).encode()
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20) as sock:
        sock.sendall(text)
        return sock.recv(100) == text
with ThreadPoolExecutor(20) as pool:
    assert all(pool.map(ask, range(500)))
"""
    with echo(place.plain.host) as origin:
        done = place.run.python(code, "direct.test", str(origin.port))
        assert done.status == 0, done.err
        flows = place.run.flows(lambda flow: flow["port"] == origin.port)
        assert len(flows) == 500
        assert {summary(flow) for flow in flows} == {("DIRECT", "direct.test", "dns", "")}
