"""Chromium and Firefox, headless and without any proxy setting, load an HTTPS page.

The page asks three more names for a script each. All four have one address and one port, and the
rules send them three ways by name: only the TLS server name tells which connection is which.
"""

from __future__ import annotations

import http.server
import queue
import re
import shutil
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from tests.support.browsers import PATIENCE, chromium, firefox
from tests.support.byway import Byway, hosts, upstream
from tests.support.origins import CertificateAuthority, Origin, certificate_authority
from tests.support.processes import loopback_address, scratch
from tests.support.runs import Flow, running
from tests.support.servers import microsocks

PAGE, DIRECT, PROXIED, REFUSED = (f"{part}.site.test" for part in ("page", "a", "b", "c"))

HTML = """<!doctype html><title>four names</title>
<script>const got = {{}}</script>
<script src="https://{direct}:{port}/who.js"></script>
<script src="https://{proxied}:{port}/who.js" onerror="got.b = 'nothing'"></script>
<script src="https://{refused}:{port}/who.js" onerror="got.c = 'nothing'"></script>
<p id="result"></p>
<script>
document.querySelector("#result").textContent = got.a + ", " + got.b + ", " + got.c
fetch("/dom", {{method: "POST", body: document.documentElement.outerHTML}})
</script>
"""


@dataclass
class Site:
    """Two servers: the addresses and the port are the same for both, but for one octet. `doms`
    gets what browsers report."""

    seen: Origin  # by the program, and for the names that go directly
    proxied: Origin  # where the upstream knows PROXIED to be
    doms: queue.Queue[str]
    authority: CertificateAuthority


class _Pages(http.server.BaseHTTPRequestHandler):
    """Who it says it is, is in its scripts."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    name = ""
    doms: queue.Queue[str]

    def do_GET(self) -> None:
        host, _, port = self.headers["Host"].partition(":")
        if self.path == "/":
            names = {"direct": DIRECT, "proxied": PROXIED, "refused": REFUSED}
            self._say(HTML.format(port=port, **names), "text/html")
        elif self.path == "/who.js":
            self._say(f'got.{host[0]} = "{host} from {self.name}"', "text/javascript")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        self.doms.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._say("thanks", "text/plain")

    def _say(self, text: str, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True  # browsers hold connections open

    def handle_error(self, *_: Any) -> None:
        """A browser that ends."""


@contextmanager
def https(
    name: str, context: ssl.SSLContext, doms: queue.Queue[str], port: int = 0
) -> Iterator[Origin]:
    handler = type("Pages", (_Pages,), {"name": name, "doms": doms})
    with _Server((loopback_address(), port), handler) as server:
        # The handshake is the connection's own thread's: browsers connect ahead and say nothing.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield Origin(str(server.server_address[0]), server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with ExitStack() as stack:
        authority = stack.enter_context(certificate_authority())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue(PAGE, DIRECT, PROXIED, REFUSED))
        doms: queue.Queue[str] = queue.Queue()
        seen = stack.enter_context(https("here", context, doms))
        proxied = stack.enter_context(https("behind the upstream", context, doms, seen.port))
        yield Site(seen, proxied, doms, authority)


def load(site: Site, byway: Byway, argv: list[str]) -> tuple[str, list[Flow]]:
    """The page's DOM once its scripts have run, and the flows to its names."""
    names = (PAGE, DIRECT, PROXIED, REFUSED)
    with microsocks(hosts={PROXIED: site.proxied.host}) as socks:
        more = (
            "[general]\nworkers = 2\n"
            + hosts({name: site.seen.host for name in names})
            + upstream("socks", "socks5", socks.host, socks.port, None)
        )
        rules = (f"DOMAIN,{REFUSED},REJECT", f"DOMAIN,{PROXIED},socks")
        profile = byway.profile(*rules, "DOMAIN-SUFFIX,site.test,DIRECT", "MATCH,REJECT", more=more)
        with running(byway, profile, *argv, f"https://{PAGE}:{site.seen.port}/") as run:
            try:
                dom = site.doms.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(run.said()[-3000:]) from None
            flows = [flow for flow in run.connections("--all") if flow["host"] in names]
            run.process.terminate()
            run.wait()
            run.nothing_is_left()
    return dom, flows


def judge(site: Site, dom: str, flows: list[Flow], sources: set[str]) -> None:
    (result,) = re.findall(r'<p id="result">(.*)</p>', dom)
    assert result == f"{DIRECT} from here, {PROXIED} from behind the upstream, nothing"
    actions = {(flow["host"], flow["action"]) for flow in flows}
    assert actions == {
        (PAGE, "DIRECT"), (DIRECT, "DIRECT"), (PROXIED, "socks"), (REFUSED, "REJECT")
    }  # fmt: skip
    assert {flow["host_source"] for flow in flows} <= sources
    assert {(flow["address"], flow["port"]) for flow in flows} == {(site.seen.host, site.seen.port)}


@pytest.fixture
def byway() -> Iterator[Byway]:
    """With a home of its own, which pytest need not keep: browsers write much there."""
    with scratch("browser") as home:
        yield Byway(home)


def needs(browser: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        shutil.which(browser) is None, reason=f"the package {browser} is not installed"
    )


@needs("chromium")
def test_chromium(site: Site, byway: Byway) -> None:
    dom, flows = load(site, byway, chromium(byway.folder, site.authority))
    judge(site, dom, flows, {"dns", "tls-sni"})
    # The page's own name was the only one of its address when it was asked for.
    told_apart = [flow for flow in flows if flow["host"] in (PROXIED, REFUSED)]
    assert {flow["host_source"] for flow in told_apart} == {"tls-sni"}


@needs("chromium")
def test_chromium_that_asks_no_dns(site: Site, byway: Byway) -> None:
    """… as with DNS over HTTPS: nothing but the TLS server name says where it goes."""
    mapped = f"--host-resolver-rules=MAP *.site.test {site.seen.host}"
    dom, flows = load(site, byway, chromium(byway.folder, site.authority, mapped))
    judge(site, dom, flows, {"tls-sni"})


@needs("firefox-esr")
def test_firefox(site: Site, byway: Byway) -> None:
    dom, flows = load(site, byway, firefox(byway.folder, site.authority))
    judge(site, dom, flows, {"dns", "tls-sni"})
