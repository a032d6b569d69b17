"""Rules by process, and connections' processes, as users of `byway serve` and `byway run` have
them: with curl, and a copy of it under another name."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.byway import Byway, until
from tests.support.origins import Origin, http_origin
from tests.support.runs import inside

CURL = Path(shutil.which("curl") or "/usr/bin/curl").resolve()
# What curl says to a reset, by when it comes.
REFUSED = (7, 52, 55, 56)
RULES = ("PROCESS-NAME,sonderling,REJECT", "MATCH,DIRECT")


@pytest.fixture
def origin() -> Iterator[Origin]:
    with http_origin() as made:
        yield made


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    target = tmp_path / "sonderling"
    shutil.copy(CURL, target)
    return target


def process(path: Path) -> dict[str, object]:
    return {"path": str(path), "name": path.name, "uid": os.geteuid()}


@pytest.mark.parametrize("workers", [1, 3])
def test_the_local_port(tmp_path: Path, origin: Origin, tool: Path, workers: int) -> None:
    with Byway(tmp_path).serving(*RULES, general=f"workers = {workers}") as serving:
        url = f"http://{origin.host}:{origin.port}/"

        def ask(program: Path, scheme: str) -> int:
            proxy = f"{scheme}://127.0.0.1:{serving.port}"
            command = [str(program), "-sSf", "--max-time", "20", "-x", proxy, url]
            return subprocess.run(command, capture_output=True, check=False).returncode

        for scheme in ("socks5h", "http", "socks4a") * 2:
            assert ask(CURL, scheme) == 0
            assert ask(tool, scheme) != 0
        flows = until(lambda: len(f := serving.connections("--closed")) == 12 and f, "all ended")
        ways = {(flow["process"]["path"], flow["action"]) for flow in flows}
        assert ways == {(str(CURL), "DIRECT"), (str(tool), "REJECT")}
        assert {flow["process"]["name"] for flow in flows} == {"curl", "sonderling"}
        assert serving.status()["problems"] == []


def test_a_list_has_a_column_for_it(tmp_path: Path, origin: Origin) -> None:
    """Nobody follows, and no rule asks: it is looked for all the same."""
    byway = Byway(tmp_path)
    with byway.serving("MATCH,DIRECT") as serving:
        code = f"""
import socket, sys
sock = socket.create_connection(("127.0.0.1", {serving.port}))
sock.sendall(b"CONNECT {origin.host}:{origin.port} HTTP/1.1\\r\\n\\r\\n")
sys.stdin.read()
"""
        tool = tmp_path / "sonderling"
        shutil.copy("/usr/bin/python3", tool)
        held = subprocess.Popen([tool, "-ISc", code], stdin=subprocess.PIPE)
        until(lambda: [f for f in serving.connections() if f["process"]], "it is known")
        head, row = byway("connections").stdout.splitlines()
        at = head.index("APPLICATION")
        assert row[at:].startswith("sonderling ")
        follower = subprocess.Popen(
            [*byway.command, "connections", "--follow", "--json"],
            env=byway.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert follower.stdout is not None
        event = json.loads(follower.stdout.readline())
        assert event["event"] == "opened"
        assert event["process"] == process(tool)
        follower.send_signal(signal.SIGINT)
        follower.communicate()
        held.communicate()


def test_in_an_own_namespace(tmp_path: Path, origin: Origin, tool: Path) -> None:
    byway = Byway(tmp_path)
    profile = byway.profile(*RULES, more="[general]\nworkers = 2\n")
    url = f"http://{origin.host}:{origin.port}/"
    with inside(byway, profile) as run:
        for _ in range(4):
            assert run(CURL, "-sS", "--max-time", "20", url).status == 0
            assert run(tool, "-sS", "--max-time", "20", url).status in REFUSED
        flows = run.flows(lambda flow: flow["port"] == origin.port)
        ways = {(flow["process"]["path"], flow["action"]) for flow in flows}
        assert ways == {(str(CURL), "DIRECT"), (str(tool), "REJECT")}
        assert len(flows) == 8
