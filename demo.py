"""The main job, shown: four real curls without any proxy setting, sent four ways by four rules.

A web server, a SOCKS5 and an HTTP upstream are started on loopback (microsocks and tinyproxy where
they are installed, else second Byways), and `byway run` runs the curls. What the ledger says is
held against what the upstreams themselves have logged. Exit status 0 only if all four went as
ruled.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

BYWAY = [sys.executable, "-m", "byway_core"]
# One address of loopback for each name, so that each stands for a host of its own.
HOSTS = {
    "direct.demo.test": "127.0.0.11",
    "socks.demo.test": "127.0.0.12",
    "http.demo.test": "127.0.0.13",
    "refused.demo.test": "127.0.0.14",
}
EXPECTED = {
    "direct.demo.test": "DIRECT",
    "socks.demo.test": "socks",
    "http.demo.test": "http",
    "refused.demo.test": "REJECT",
}
READY_SECONDS = 15.0


def profile(socks_port: int, http_port: int) -> str:
    hosts = "".join(f'"{name}" = "{address}"\n' for name, address in HOSTS.items())
    return f"""version = 1
rules = [
  "DOMAIN,refused.demo.test,REJECT",
  "DOMAIN-SUFFIX,socks.demo.test,socks",
  "DOMAIN-SUFFIX,http.demo.test,http",
  "MATCH,DIRECT",
]

[general]
workers = 1

[dns.hosts]
{hosts}
[[upstream]]
name = "socks"
type = "socks5"
server = "127.0.0.1"
port = {socks_port}

[[upstream]]
name = "http"
type = "http"
server = "127.0.0.1"
port = {http_port}
"""


def forwarding_profile(port: int) -> str:
    """A Byway that is an upstream to the other one."""
    hosts = "".join(f'"{name}" = "{address}"\n' for name, address in HOSTS.items())
    return (
        'version = 1\nrules = ["MATCH,DIRECT"]\n'
        f"[general]\nmixed_port = {port}\nworkers = 1\n[dns.hosts]\n{hosts}"
    )


class Web(http.server.BaseHTTPRequestHandler):
    """Says which name it was asked by."""

    def do_GET(self) -> None:
        body = f"hello from {self.headers['Host']}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def web_server() -> Iterator[int]:
    """On every address of loopback, at one free port."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web) as first:
        port = first.server_address[1]
        servers = [http.server.ThreadingHTTPServer((a, port), Web) for a in HOSTS.values()]
        for server in servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield port
        finally:
            for server in servers:
                server.shutdown()
                server.server_close()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def wait_ready(port: int, process: subprocess.Popen[bytes], what: str) -> None:
    """Until something listens; the process's end or a deadline is an error."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"demo: {what} did not start") from None
            time.sleep(0.02)  # there is no event for another process's listen()


def with_hosts(command: list[str], hosts: Path) -> list[str]:
    """The command in a mount namespace where /etc/hosts knows the demo's names: an upstream is
    told names, and must be able to look them up."""
    script = 'mount --bind "$0" /etc/hosts && exec "$@"'
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", script, str(hosts), *command]


class Upstream:
    """A running proxy server; `saw(name)`: whether its own log has a request for that name."""

    def __init__(self, what: str, port: int, saw: Callable[[str], bool]) -> None:
        self.what = what
        self.port = port
        self.saw = saw


@contextlib.contextmanager
def started(command: list[str], log: Path, port: int, what: str) -> Iterator[int]:
    """The process's id, while it runs."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            wait_ready(port, process, what)
            yield process.pid
        finally:
            process.terminate()
            process.wait()


@contextlib.contextmanager
def socks_upstream(folder: Path) -> Iterator[Upstream]:
    port = free_port()
    if not shutil.which("microsocks"):
        with own_upstream(folder, "socks", port) as upstream:
            yield upstream
        return
    log = folder / "microsocks.log"
    command = ["microsocks", "-i", "127.0.0.1", "-p", str(port)]
    with started(with_hosts(command, folder / "hosts"), log, port, "microsocks"):
        yield Upstream("microsocks", port, lambda name: name in log.read_text())


@contextlib.contextmanager
def http_upstream(folder: Path) -> Iterator[Upstream]:
    port = free_port()
    if not shutil.which("tinyproxy"):
        with own_upstream(folder, "http", port) as upstream:
            yield upstream
        return
    log, config = folder / "tinyproxy.log", folder / "tinyproxy.conf"
    config.write_text(f"Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nLogLevel Connect\n")
    command = ["tinyproxy", "-d", "-c", str(config)]
    with started(with_hosts(command, folder / "hosts"), log, port, "tinyproxy"):
        yield Upstream("tinyproxy", port, lambda name: name in log.read_text())


@contextlib.contextmanager
def own_upstream(folder: Path, name: str, port: int) -> Iterator[Upstream]:
    file = folder / f"{name}.toml"
    file.write_text(forwarding_profile(port))
    command = [*BYWAY, "serve", "--profile", str(file)]
    with started(command, folder / f"{name}.log", port, "a second Byway") as pid:
        yield Upstream(
            "a second Byway",
            port,
            lambda host: any(
                flow["host"] == host and flow["id"].startswith(f"{pid}.") for flow in connections()
            ),
        )


def connections() -> list[dict[str, object]]:
    printed = subprocess.run(
        [*BYWAY, "connections", "--all", "--json"], check=True, capture_output=True, text=True
    )
    return [json.loads(line) for line in printed.stdout.splitlines()]


def run_curls(folder: Path, web_port: int) -> tuple[dict[str, str], list[dict[str, object]]]:
    """In the namespace: a curl for each name, then the ledger. What each curl printed, and the
    flows."""
    script = folder / "curls.sh"
    lines = [
        f"curl --silent --show-error --max-time 20 http://{name}:{web_port}/ >{name} 2>&1"
        for name in HOSTS
    ]
    ledger = " ".join([*BYWAY, "connections", "--all", "--json"])
    script.write_text("\n".join([f"cd '{folder}'", *lines, f"{ledger} >ledger"]))
    command = [*BYWAY, "run", "--profile", str(folder / "demo.toml"), "--", "sh", str(script)]
    environment = {
        name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
    }
    if status := subprocess.run(command, env=environment, check=False).returncode:
        raise SystemExit(f"demo: `byway run` ended with status {status}")
    said = {name: (folder / name).read_text().strip() for name in HOSTS}
    flows = [json.loads(line) for line in (folder / "ledger").read_text().splitlines()]
    # The ledgers of Byways that are upstreams here are listed as well; they run no program.
    return said, [flow for flow in flows if flow["program"]]


def judge(
    name: str, said: str, flows: list[dict[str, object]], upstreams: dict[str, Upstream]
) -> str:
    """What is wrong with where this curl went; "" if nothing is."""
    expected = EXPECTED[name]
    mine = [flow for flow in flows if flow["host"] == name]
    if [flow["action"] for flow in mine] != [expected]:
        return f"the ledger says {[flow['action'] for flow in mine]}, not {expected}"
    if (expected == "REJECT") == said.startswith("hello"):
        return f"curl said: {said}"
    seen_by = [key for key, upstream in upstreams.items() if upstream.saw(name)]
    if seen_by != ([expected] if expected in upstreams else []):
        return f"seen by the upstreams {seen_by}"
    return ""


def main() -> int:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="byway-demo-")))
        hosts = "".join(f"{address} {name}\n" for name, address in HOSTS.items())
        (folder / "hosts").write_text(f"127.0.0.1 localhost\n{hosts}")
        web_port = stack.enter_context(web_server())
        # The plainest program first: where a machine forbids namespaces, this says so.
        (folder / "demo.toml").write_text(profile(1, 1))
        probe = [*BYWAY, "run", "--profile", str(folder / "demo.toml"), "--", "true"]
        if subprocess.run(probe, check=False).returncode:
            return 1
        upstreams = {
            "socks": stack.enter_context(socks_upstream(folder)),
            "http": stack.enter_context(http_upstream(folder)),
        }
        text = profile(upstreams["socks"].port, upstreams["http"].port)
        (folder / "demo.toml").write_text(text)
        print("The rules, first match wins:\n")
        for line in text.split("[general]")[0].splitlines()[2:-2]:
            print("  ", line.strip().strip('",'))
        print(f"\nsocks is {upstreams['socks'].what}, http is {upstreams['http'].what}.")
        print("Four curls, without any proxy setting, in a network namespace of their own:\n")
        said, flows = run_curls(folder, web_port)
        failed = 0
        for name in HOSTS:
            wrong = judge(name, said[name], flows, upstreams)
            failed += bool(wrong)
            flow = next((flow for flow in flows if flow["host"] == name), {})
            print(f"  {'ok  ' if not wrong else 'FAIL'} curl http://{name}:{web_port}/")
            print(f"         said:  {said[name]}")
            print(f"         went:  {flow.get('action')}, by the rule {flow.get('rule')}")
            print(f"         name:  learned from {flow.get('host_source')}", end="")
            print(f"; asked for {flow.get('address')}:{flow.get('port')}\n")
            if wrong:
                print(f"         but {wrong}\n")
    print(f"{len(HOSTS) - failed} of {len(HOSTS)} went as ruled.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
