"""Real programs that obey proxy settings, at the local port of `byway serve`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import socks
from tests.support import sites
from tests.support.byway import Byway, Serving, hosts, until, upstream
from tests.support.origins import (
    CertificateAuthority,
    Origin,
    Visited,
    certificate_authority,
    closed_port,
    http_origin,
    tls_origin,
    visited,
)
from tests.support.processes import loopback_address, scratch
from tests.support.runs import Flow
from tests.support.servers import CREDENTIALS, WRONG, microsocks

# A refusal is a matter of milliseconds; this leaves room for a busy machine, and for no timeout.
PROMPT = 2.5


@dataclass
class Place:
    byway: Byway
    serving: Serving
    plain: Origin  # direct.test
    other: Origin  # other.test, at the same port
    proxied: Origin  # proxied.test, as microsocks knows it, at the same port
    secure: Origin  # secure.test
    refused: Visited  # refused.test
    nobody: Origin  # nobody.test
    authority: CertificateAuthority

    def curl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["curl", "--silent", "--show-error", "--max-time", "20"]
        command += ["--cacert", str(self.authority.certificate), *arguments]
        environment = {**self.byway.environment, "no_proxy": ""}
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    def last(self, host: str) -> Flow:
        """The last flow to there, once it has ended."""

        def ended() -> Flow | None:
            flows = [flow for flow in self.serving.connections("--all") if flow["host"] == host]
            return flows[-1] if flows and flows[-1]["state"] == "closed" else None

        flow: Flow = until(ended, f"a flow to {host} has ended")
        return flow


@pytest.fixture(scope="module", params=[False, True], ids=["open", "account"])
def account(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, account: bool) -> Iterator[Place]:
    with ExitStack() as stack:
        enter = stack.enter_context
        authority = enter(certificate_authority())
        plain = enter(http_origin())
        other = enter(http_origin(port=plain.port))
        proxied = enter(http_origin(port=plain.port))
        secure = enter(tls_origin(authority, "secure.test"))
        refused, nobody = enter(visited()), enter(closed_port())
        server = enter(microsocks(hosts={"proxied.test": proxied.host}))
        told = {
            "direct.test": plain.host,
            "other.test": other.host,
            "proxied.test": loopback_address(),
            "secure.test": secure.host,
            "refused.test": refused.host,
            "nobody.test": nobody.host,
        }
        general = "workers = 2"
        if account:
            general += f'\nmixed_username = "{CREDENTIALS.username}"'
            general += f'\nmixed_password = "{CREDENTIALS.password}"'
        byway = Byway(tmp_path_factory.mktemp("serve"))
        rules = ("DOMAIN,refused.test,REJECT", "DOMAIN,proxied.test,socks", "MATCH,DIRECT")
        tables = hosts(told) + upstream("socks", "socks5", server.host, server.port, None)
        serving = enter(byway.serving(*rules, more=tables, general=general))
        yield Place(byway, serving, plain, other, proxied, secure, refused, nobody, authority)


@pytest.fixture
def user(account: bool) -> str:
    return f"{CREDENTIALS.username}:{CREDENTIALS.password}@" if account else ""


# As curl names them. With the last two it asks for the address itself, so that the upstream is not
# told the name.
KINDS = ("http", "socks5h", "socks4a", "socks5", "socks4")


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, "direct.test") for kind in KINDS] + [(kind, "proxied.test") for kind in KINDS[:3]],
)
def test_curl(place: Place, user: str, account: bool, kind: str, name: str) -> None:
    proxy = f"{kind}://{user}127.0.0.1:{place.serving.port}"
    known = f"{name}:{place.plain.port}:{place.plain.host}"
    resolve = ("--resolve", known) if kind in ("socks5", "socks4") else ()
    done = place.curl("--proxy", proxy, *resolve, f"http://{name}:{place.plain.port}/a?b")
    if account and kind.startswith("socks4"):  # which has no passwords
        assert done.returncode == 97, done
        return
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["target"] == "/a?b"
    fields = dict(seen["fields"])
    assert fields["Host"] == f"{name}:{place.plain.port}"
    assert not [field for field in fields if field.lower().startswith("proxy-")]


@pytest.mark.parametrize("kind", ["http", "socks5h"])
def test_curl_https(place: Place, user: str, kind: str) -> None:
    proxy = f"{kind}://{user}127.0.0.1:{place.serving.port}"
    done = place.curl("--proxy", proxy, f"https://secure.test:{place.secure.port}/")
    assert json.loads(done.stdout)["sni"] == "secure.test", done.stderr
    flow = place.last("secure.test")
    assert (flow["host_source"], flow["action"], flow["reason"]) == ("request", "DIRECT", "")


def test_curl_of_two_hosts_at_once(place: Place, user: str) -> None:
    """curl would use its connection to an HTTP proxy again, for another host by other rules."""
    proxy = f"http://{user}127.0.0.1:{place.serving.port}"
    names = ("direct.test", "other.test", "proxied.test", "direct.test")
    urls = [f"http://{name}:{place.plain.port}/{name}" for name in names]
    done = place.curl("--proxy", proxy, *urls)
    assert done.returncode == 0, done.stderr
    decoder, text, seen = json.JSONDecoder(), done.stdout, []
    while text:
        value, end = decoder.raw_decode(text)
        seen.append((dict(value["fields"])["Host"].partition(":")[0], value["target"]))
        text = text[end:]
    assert seen == [(name, f"/{name}") for name in names]
    assert place.last("proxied.test")["action"] == "socks"


@pytest.mark.parametrize("kind", ["http", "socks5h"])
def test_refused(place: Place, user: str, kind: str) -> None:
    proxy = f"{kind}://{user}127.0.0.1:{place.serving.port}"
    for name, port, words in (
        ("refused.test", place.refused.port, "refused by the rules"),
        ("nobody.test", place.nobody.port, "refused the connection"),
    ):
        done = place.curl("--proxy", proxy, "--fail-with-body", f"http://{name}:{port}/")
        assert done.returncode == (22 if kind == "http" else 97), done
        if kind == "http":
            assert words in done.stdout  # a page for people
        assert words in place.last(name)["reason"]
    assert place.refused.visits == 0


@pytest.mark.parametrize(
    "given", ["", f"{WRONG.username}:{WRONG.password}@"], ids=["none", "wrong"]
)
@pytest.mark.parametrize("kind", ["http", "socks5h"])
def test_without_the_account(place: Place, account: bool, kind: str, given: str) -> None:
    proxy = f"{kind}://{given}127.0.0.1:{place.serving.port}"
    done = place.curl("--proxy", proxy, "--fail", f"http://direct.test:{place.plain.port}/")
    if not account:
        assert done.returncode == 0, done  # whoever names one is let in too
    else:
        assert done.returncode == (22 if kind == "http" else 97), done


def test_the_variables(place: Place, account: bool, tmp_path: Path) -> None:
    """What `byway env` prints, taken over by a shell, leads curl, wget and git here."""
    profile = place.byway.folder / "profile.toml"
    with scratch("git") as root:
        commit = sites.repository(root, 30_000)
        with sites.git_http(root, place.other.host) as origin:
            script = f"""
set -e
eval "$($BYWAY env --profile {profile})"
curl -sS --max-time 20 http://proxied.test:{place.plain.port}/
echo
wget -q -O - --tries=1 http://proxied.test:{place.plain.port}/
echo
curl -sS --max-time 20 --cacert {place.authority.certificate} \
    https://secure.test:{place.secure.port}/
echo
git clone -q http://other.test:{origin.port}/project.git {tmp_path}/clone
git -C {tmp_path}/clone rev-parse HEAD
eval "$($BYWAY env --unset)"
env | grep -ci _proxy= || true
"""
            done = subprocess.run(
                ["sh", "-c", script],
                env={**place.byway.environment, "BYWAY": " ".join(place.byway.command)},
                capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
    assert done.returncode == 0, done.stderr
    by_curl, by_wget, by_tls, cloned, left = done.stdout.splitlines()
    assert ["Host", f"proxied.test:{place.plain.port}"] in json.loads(by_curl)["fields"]
    assert ["Host", f"proxied.test:{place.plain.port}"] in json.loads(by_wget)["fields"]
    assert json.loads(by_tls)["sni"] == "secure.test"
    assert (cloned, left) == (commit, "0")


@pytest.mark.parametrize("kind", [socks.HTTP, socks.SOCKS5], ids=["http", "socks5"])
def test_pysocks(place: Place, account: bool, kind: int) -> None:
    """A second implementation of both, which names the host."""
    given = (CREDENTIALS.username, CREDENTIALS.password) if account else (None, None)
    with socks.socksocket() as sock:
        sock.set_proxy(kind, "127.0.0.1", place.serving.port, True, *given)
        sock.settimeout(20)
        sock.connect(("proxied.test", place.plain.port))
        sock.sendall(b"GET /socks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        with sock.makefile("rb") as stream:
            assert b'"target": "/socks"' in stream.read()
    assert place.last("proxied.test")["action"] == "socks"
