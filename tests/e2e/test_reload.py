"""A changed profile for `byway serve` and `byway run`, with workers: edited and reloaded."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from tests.support.byway import Byway, children, exactly, hosts, until
from tests.support.origins import echo, http_origin
from tests.support.runs import Inside, inside

GENERAL = "[general]\nworkers = 2\n"
CURL = ("curl", "--silent", "--show-error", "--max-time", "20")
# What curl says to a connection that is refused, to one that ends before an answer, and to a reset
# that it meets while it sends or while it receives.
REFUSED = (7, 52, 55, 56)


@pytest.fixture
def byway(tmp_path: Path) -> Byway:
    return Byway(tmp_path)


def says(sock: socket.socket, data: bytes) -> bool:
    sock.sendall(data)
    return exactly(sock, len(data)) == data


def test_the_local_port(byway: Byway) -> None:
    with echo() as origin, byway.serving("MATCH,DIRECT", general="workers = 2") as serving:
        file = byway.folder / "profile.toml"

        def write(rule: str, port: int = serving.port, more: str = "") -> None:
            byway.profile(rule, more=f"[general]\nmixed_port = {port}\nworkers = 2\n{more}")

        def refused() -> bool:
            try:
                serving.connect(origin.host, origin.port).close()
            except ConnectionError:
                return True
            return False

        lives = [serving.connect(origin.host, origin.port) for _ in range(8)]  # of both relays
        assert all(says(sock, b"before") for sock in lives)
        write("MATCH,REJECT")
        said = byway("reload", str(file))
        assert (said.returncode, said.stderr) == (0, "")
        assert said.stdout == f"byway serve, process {serving.pid}: 1 rule, 0 upstreams\n"
        assert all(refused() for _ in range(16))
        assert all(says(sock, b"after") for sock in lives)
        # Wrong: as before. An account: from now on. A port: not now.
        write("MATCH,nowhere")
        said = byway("reload")
        assert said.returncode == 1
        assert f"{file}:3:" in said.stderr
        assert refused()
        account = 'mixed_username = "me"\nmixed_password = "x"\n'
        write("MATCH,DIRECT", serving.port + 1, account)
        said = byway("reload")
        assert said.returncode == 0
        assert "general.mixed_port needs a new `byway serve`" in said.stdout
        assert "warning" in said.stderr, "a password in clear"
        with socket.create_connection(("127.0.0.1", serving.port), 20) as sock:
            sock.sendall(b"\5\1\0")
            assert exactly(sock, 2) == b"\5\xff"
        write("MATCH,DIRECT")
        assert byway("reload").returncode == 0
        assert not any(refused() for _ in range(16))
        assert all(says(sock, b"still") for sock in lives)
        for sock in lives:
            sock.close()


def test_a_worker_that_has_died_is_not_waited_for(byway: Byway) -> None:
    with byway.serving("MATCH,DIRECT", general="workers = 3") as serving:
        victim = children(serving.pid)[0]
        os.kill(victim, 9)
        until(lambda: victim not in children(serving.pid), "the worker is gone")
        assert byway("reload").returncode == 0


def test_a_program_in_its_own_namespace(byway: Byway) -> None:
    with http_origin() as origin:
        url = f"http://a.test:{origin.port}/"
        names = hosts({"a.test": origin.host})
        profile = byway.profile("DOMAIN,a.test,REJECT", "MATCH,DIRECT", more=GENERAL + names)

        def curl(run: Inside) -> int:
            return run(*CURL, "--output", "/dev/null", url).status

        with inside(byway, profile) as run:
            assert curl(run) in REFUSED
            byway.profile("MATCH,DIRECT", more=f"[general]\nworkers = 3\n{names}")
            said = byway("reload", str(profile))
            assert said.returncode == 0, said.stderr
            assert said.stdout == (
                f"byway run, process {run.pid}: 1 rule, 0 upstreams; "
                "general.workers needs a new `byway run`\n"
            )
            assert [curl(run) for _ in range(8)] == [0] * 8
            profile.write_text("version = 1")
            assert byway("reload").returncode == 1
            assert curl(run) == 0
