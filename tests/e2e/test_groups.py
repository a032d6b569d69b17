"""Groups of real proxy servers, by the real command with workers: chosen, killed, stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.support.byway import Byway, Serving, exactly, hosts, until, upstream
from tests.support.origins import Origin, echo, http_origin
from tests.support.runs import inside
from tests.support.servers import ProxyServer, microsocks

NAMES = ("a.test", "b.test", "c.test", "d.test", "e.test", "f.test")
MEMBERS = ("office", "home", "spare")


class Place:
    def __init__(self, byway: Byway, origin: Origin, members: dict[str, ProxyServer]) -> None:
        self.byway = byway
        self.origin = origin
        self.members = members

    def tables(self, *groups: str) -> str:
        lines = hosts(dict.fromkeys(NAMES, self.origin.host))
        for name, server in self.members.items():
            lines += upstream(name, "socks5", server.host, server.port, None)
        return lines + "".join(f"[[group]]\n{each}\n" for each in groups)

    def says(self, serving: Serving, host: str = "", data: bytes = b"hello") -> socket.socket:
        """A connection that has echoed this."""
        sock = serving.connect(host or self.origin.host, self.origin.port)
        sock.sendall(data)
        assert exactly(sock, len(data)) == data
        return sock

    def used(self, serving: Serving, count: int = 12, host: str = "") -> set[str]:
        """The members that so many new connections have, of all relays."""
        before = {flow["id"] for flow in serving.connections("--all")}
        for _ in range(count):
            self.says(serving, host).close()

        def all_there() -> set[str]:
            flows = [each for each in serving.connections("--all") if each["id"] not in before]
            done = len(flows) == count and all(each["state"] == "closed" for each in flows)
            return {flow["member"] for flow in flows} if done else set()

        found: set[str] = until(all_there, "all have ended")
        return found

    def group(self, name: str) -> dict:
        said = self.byway("group", name, "--json")
        assert said.returncode == 0, said.stderr
        (group,) = json.loads(said.stdout)["groups"]
        return group


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        origin = stack.enter_context(echo())
        members = {name: stack.enter_context(microsocks()) for name in MEMBERS}
        yield Place(Byway(tmp_path), origin, members)


@pytest.fixture
def naming(tmp_path: Path) -> Iterator[Place]:
    """Its members know the names."""
    with ExitStack() as stack:
        origin = stack.enter_context(echo())
        known = dict.fromkeys(NAMES, origin.host)
        members = {name: stack.enter_context(microsocks(hosts=known)) for name in MEMBERS}
        yield Place(Byway(tmp_path), origin, members)


ALL = 'members = ["office", "home", "spare"]'
GENERAL = "workers = 3"


def test_a_member_that_dies_during_use(place: Place) -> None:
    """Nobody's connection fails for it, in any worker; with the last one all fail at once."""
    more = place.tables(f'name = "auto"\ntype = "fallback"\n{ALL}')
    with place.byway.serving("MATCH,auto", more=more, general=GENERAL) as serving:
        assert place.used(serving) == {"office"}
        lives = place.says(serving)
        os.kill(place.members["office"].pid, signal.SIGKILL)
        with lives:
            assert lives.recv(1) == b""  # what it carried is lost with it
        assert place.used(serving) == {"home"}
        until(lambda: place.group("auto")["current"] == "home", "it is known")
        os.kill(place.members["home"].pid, signal.SIGKILL)
        assert place.used(serving) == {"spare"}
        group = place.group("auto")
        assert [member["alive"] for member in group["members"][:2]] == [False, False]
        assert "refused the connection" in group["members"][0]["trouble"]
        os.kill(place.members["spare"].pid, signal.SIGKILL)
        with pytest.raises(ConnectionError):
            place.says(serving)

        def refused_at_once() -> bool:
            with pytest.raises(ConnectionError):
                place.says(serving)
            last = serving.connections("--closed", "--limit", "1")[0]
            return bool(last["reason"].startswith("no member of auto is alive: office: "))

        until(refused_at_once, "all workers know")


def test_a_member_that_is_stopped_is_left_and_comes_back(place: Place) -> None:
    """Its kernel goes on accepting, so it is by its silence that it is found."""
    test = f'test = "{place.origin.host}:{place.origin.port}"'
    more = place.tables(f'name = "auto"\ntype = "fallback"\n{ALL}\n{test}')
    with place.byway.serving("MATCH,auto", more=more, general=GENERAL) as serving:
        os.kill(place.members["office"].pid, signal.SIGSTOP)
        said = place.byway("group", "auto", "--test")
        assert said.returncode == 0, said.stderr
        head, office, home, _ = said.stdout.splitlines()[1:]
        assert head == "  auto: fallback, now home"
        assert "dead" in office
        assert office.endswith("the server did not answer in time")
        assert home.split()[:3] == ["*", "home", "alive"]
        assert place.used(serving) == {"home"}
        os.kill(place.members["office"].pid, signal.SIGCONT)
        assert place.byway("group", "auto", "--test").returncode == 0
        assert place.used(serving) == {"office"}


def test_choosing_holds_for_all_relays_and_after_a_restart(place: Place) -> None:
    more = place.tables(f'name = "mine"\ntype = "select"\n{ALL}')
    rules = ("MATCH,mine",)
    with place.byway.serving(*rules, more=more, general=GENERAL) as serving:
        lives = [place.says(serving) for _ in range(6)]
        said = place.byway("group", "mine", "home")
        assert (said.returncode, said.stderr) == (0, "")
        assert said.stdout == f"byway serve, process {serving.pid}: mine has home now\n"
        assert place.used(serving) == {"home"}
        for sock in lives:  # they keep their way
            sock.sendall(b"still there")
            assert exactly(sock, 11) == b"still there"
            sock.close()
        # A changed profile changes nothing of it.
        assert place.byway("reload").returncode == 0
        assert place.used(serving) == {"home"}
        for member, why in (("nobody", "'nobody' is no member of mine"), ("mine", "is no member")):
            said = place.byway("group", "mine", member)
            assert said.returncode == 1
            assert why in said.stderr
    said = place.byway("group", "--profile", str(place.byway.folder / "profile.toml"))
    assert said.stdout.splitlines()[0] == "  mine: select, now home"
    with place.byway.serving(*rules, more=more, general=GENERAL) as serving:
        assert place.used(serving) == {"home"}
    file = str(place.byway.folder / "profile.toml")
    said = place.byway("group", "mine", "spare", "--profile", file)
    assert said.stdout == f"{file}: mine has spare from the next start on\n"
    explained = place.byway("explain", "--profile", file, "a.test", "443").stdout
    assert "mine is a group of office, home, spare: spare is chosen" in explained
    with place.byway.serving(*rules, more=more, general=GENERAL) as serving:
        assert place.used(serving) == {"spare"}


def test_a_destination_keeps_its_member_in_all_relays(naming: Place) -> None:
    more = naming.tables(f'name = "both"\ntype = "load-balance"\n{ALL}')
    with naming.byway.serving("MATCH,both", more=more, general=GENERAL) as serving:
        members = {host: naming.used(serving, 6, host) for host in NAMES}
        assert all(len(found) == 1 for found in members.values())
        explained = naming.byway(
            "explain",
            "--json",
            "--profile",
            str(naming.byway.folder / "profile.toml"),
            NAMES[0],
            "1",
        )
        (sentence,) = json.loads(explained.stdout)["group"]
        first = sentence.rpartition(" of ")[2].partition(",")[0]
        assert {first} == members[NAMES[0]]
        gone = next(iter(members[NAMES[0]]))
        os.kill(naming.members[gone].pid, signal.SIGKILL)
        after = {host: naming.used(serving, 6, host) for host in NAMES}
        for host, found in members.items():
            assert (after[host] == found) is (found != {gone})
            assert len(after[host]) == 1


def test_everything_through_a_group(place: Place) -> None:
    more = place.tables(f'name = "auto"\ntype = "fallback"\n{ALL}')
    with place.byway.serving("MATCH,DIRECT", more=more, general=GENERAL) as serving:
        assert place.used(serving, 3) == {""}
        folder = Path(place.byway.environment["XDG_RUNTIME_DIR"]) / "byway"
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(folder / f"{serving.pid}.sock"))
            lines = control.makefile("rwb")
            lines.readline()
            lines.write(b'{"id":1,"method":"reload","params":{"everything":"auto"}}\n')
            lines.flush()
            assert json.loads(lines.readline())["result"]["taken"] is True
            lines.close()
        assert place.used(serving, 6) == {"office"}


def test_in_a_namespace_of_its_own(place: Place) -> None:
    """And the status has each member's bytes, by where they went."""
    with http_origin() as web:
        more = "[general]\nworkers = 2\n" + place.tables(f'name = "auto"\ntype = "fallback"\n{ALL}')
        profile = place.byway.profile("MATCH,auto", more=more)
        with inside(place.byway, profile) as run:
            os.kill(place.members["office"].pid, signal.SIGKILL)
            url = f"http://{web.host}:{web.port}/"
            done = run("curl", "--silent", "--show-error", "--max-time", "20", url)
            assert done.status == 0, done.err
            flow = run.flow(port=web.port)
            assert (flow["action"], flow["member"]) == ("auto", "home")
            assert flow["because"].startswith("home is the first of auto that is alive")
            actions = place.byway.status(run.pid)["actions"]
            assert actions["home"]["flows"] >= 1
            assert "auto" not in actions
