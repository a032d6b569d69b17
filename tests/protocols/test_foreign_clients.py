"""Second opinions on the server side: curl and PySocks speak to our port, and our own clients."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable

import pytest
import socks  # type: ignore[import-untyped]  # it has none
from tests.support.mixed_port import mixed_port
from tests.support.origins import Origin, certificate_authority, echo, http_origin, tls_origin
from tests.support.processes import program

from byway_core.protocols.handshake import ClientHandshake
from byway_core.protocols.http_connect import http_connect_client
from byway_core.protocols.proxy_request import Account, Failure, ProxyRequest
from byway_core.protocols.socks import socks5_client
from byway_core.protocols.socks4 import socks4_client, socks4a_client

ACCOUNT = Account("me", "p:ss wörd")
V4 = ("-4",)  # where curl resolves, the address of localhost at which the origins listen
SCHEMES = ["http", "socks4", "socks4a", "socks5", "socks5h"]


def curl(proxy: Origin, scheme: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [program("curl"), "-sSg", "--noproxy", "", "--max-time", "20"]
    argv += ["--proxy", f"{scheme}://{proxy.host}:{proxy.port}", *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("piece", [65536, 1], ids=["whole", "byte-by-byte"])
@pytest.mark.parametrize("tunnel", [False, True], ids=["plain", "tunnel"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_curl(scheme: str, tunnel: bool, piece: int) -> None:
    seen: list[ProxyRequest] = []
    with http_origin("127.0.0.1") as origin, mixed_port(seen=seen.append, piece=piece) as proxy:
        url = f"http://localhost:{origin.port}/a?b"
        done = curl(proxy, scheme, *(["--proxytunnel"] if tunnel else []), "-d", "body", *V4, url)
    assert done.stderr == ""
    answer = json.loads(done.stdout)
    assert (answer["method"], answer["target"], answer["body"]) == ("POST", "/a?b", "body")
    fields = dict(answer["fields"])
    assert fields["Host"] == f"localhost:{origin.port}"
    assert not [name for name in fields if name.lower().startswith("proxy")]
    named = scheme not in ("socks4", "socks5")  # with these, curl resolves
    assert (seen[0].host, seen[0].address) == (("localhost", "") if named else ("", "127.0.0.1"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_curl_over_tls(scheme: str) -> None:
    with (
        certificate_authority() as authority,
        tls_origin(authority, "localhost", host="127.0.0.1") as origin,
        mixed_port() as proxy,
    ):
        url = f"https://localhost:{origin.port}/"
        done = curl(proxy, scheme, "--cacert", str(authority.certificate), *V4, url)
    assert done.stderr == ""
    assert json.loads(done.stdout)["sni"] == "localhost"


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
@pytest.mark.parametrize("tunnel", [False, True], ids=["plain", "tunnel"])
def test_curl_with_an_account(scheme: str, tunnel: bool) -> None:
    more = ["--proxytunnel"] if tunnel else []
    with http_origin("127.0.0.1") as origin, mixed_port(ACCOUNT) as proxy:
        url = f"http://127.0.0.1:{origin.port}/"
        right = curl(proxy, scheme, *more, "--proxy-user", "me:p:ss wörd", url)
        wrong = curl(proxy, scheme, *more, "--proxy-user", "me:x", "--fail", url)
        none = curl(proxy, scheme, *more, "--fail", url)
        negotiated = curl(proxy, scheme, *more, "-U", "me:p:ss wörd", "--proxy-anyauth", url)
    assert json.loads(right.stdout)["method"] == "GET"
    assert wrong.returncode != 0
    assert none.returncode != 0
    if scheme == "http":
        assert json.loads(negotiated.stdout)["method"] == "GET"  # asks, is told 407, asks again


@pytest.mark.parametrize("tunnel", [False, True], ids=["plain", "tunnel"])
@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
def test_curl_to_ipv6(scheme: str, tunnel: bool) -> None:
    seen: list[ProxyRequest] = []
    with http_origin("::1") as origin, mixed_port(seen=seen.append) as proxy:
        more = ["--proxytunnel"] if tunnel else []
        done = curl(proxy, scheme, *more, f"http://[::1]:{origin.port}/")
    assert dict(json.loads(done.stdout)["fields"])["Host"] == f"[::1]:{origin.port}"
    assert (seen[0].host, seen[0].address, seen[0].port) == ("", "::1", origin.port)


@pytest.mark.parametrize("failure", list(Failure), ids=lambda failure: failure.name)
def test_curl_is_told_of_failures(failure: Failure) -> None:
    with mixed_port(refuse=failure) as proxy:
        code = ["-w", "%{http_code} %{http_connect}", "-o", "/dev/null"]
        plain = curl(proxy, "http", *code, "http://127.0.0.1:1/")
        tunnel = curl(proxy, "http", *code, "https://127.0.0.1:1/")
        five = curl(proxy, "socks5h", "http://127.0.0.1:1/")
        four = curl(proxy, "socks4a", "http://127.0.0.1:1/")
    expected = {Failure.REJECTED: "403", Failure.TIMEOUT: "504"}.get(failure, "502")
    assert plain.stdout.split()[0] == expected
    assert tunnel.stdout.split()[1] == expected
    assert (five.returncode, four.returncode) == (97, 97)
    number = {
        Failure.REJECTED: "(2)",
        Failure.UNREACHABLE: "(4)",
        Failure.REFUSED: "(5)",
        Failure.UPSTREAM: "(1)",
        Failure.TIMEOUT: "(6)",
    }[failure]
    assert number in five.stderr
    assert "(91)" in four.stderr


def exchange(connection: socket.socket) -> None:
    connection.sendall(b"through")
    got = b""
    while len(got) < 7:
        data = connection.recv(100)
        assert data
        got += data
    assert got == b"through"


@pytest.mark.parametrize(
    ("kind", "by_name"),
    [
        (socks.SOCKS5, True),
        (socks.SOCKS5, False),
        (socks.SOCKS4, True),
        (socks.SOCKS4, False),
        (socks.HTTP, True),
        (socks.HTTP, False),
    ],
    ids=["socks5-name", "socks5", "socks4a", "socks4", "http-name", "http"],
)
@pytest.mark.parametrize("piece", [65536, 1], ids=["whole", "byte-by-byte"])
def test_pysocks(kind: int, by_name: bool, piece: int) -> None:
    seen: list[ProxyRequest] = []
    with (
        echo("127.0.0.1") as origin,
        mixed_port(seen=seen.append, piece=piece) as proxy,
        socks.socksocket() as client,
    ):
        client.set_proxy(kind, proxy.host, proxy.port, rdns=by_name)
        client.connect(("localhost", origin.port))
        exchange(client)
    assert bool(seen[0].host) is by_name


@pytest.mark.parametrize("kind", [socks.SOCKS5, socks.HTTP], ids=["socks5", "http"])
def test_pysocks_with_an_account(kind: int) -> None:
    with echo() as origin, mixed_port(ACCOUNT) as proxy:
        with socks.socksocket() as client:
            client.set_proxy(kind, proxy.host, proxy.port, username="me", password="p:ss wörd")
            client.connect((origin.host, origin.port))
            exchange(client)
        for name, password in (("me", "wrong"), (None, None)):
            with socks.socksocket() as client:
                client.set_proxy(kind, proxy.host, proxy.port, username=name, password=password)
                with pytest.raises(socks.ProxyError):
                    client.connect((origin.host, origin.port))


@pytest.mark.parametrize(
    "make",
    [
        lambda host, port: socks5_client(host, port, "me", "p:ss wörd"),
        lambda host, port: http_connect_client(host, port, "me", "p:ss wörd"),
        socks4_client,
        socks4a_client,
    ],
    ids=["socks5", "http", "socks4", "socks4a"],
)
@pytest.mark.parametrize("piece", [65536, 1], ids=["whole", "byte-by-byte"])
def test_our_clients(make: Callable[[str, int], ClientHandshake], piece: int) -> None:
    account = None if make in (socks4_client, socks4a_client) else ACCOUNT
    with echo() as origin, mixed_port(account, piece=piece) as proxy:
        shake = make(origin.host, origin.port)
        with socket.create_connection((proxy.host, proxy.port), 20) as client:
            client.sendall(shake.start())
            while not shake.done:
                client.sendall(shake.feed(client.recv(65536)))
            exchange(client)
