"""Rules by process against mihomo's own reading: real programs under several names, and where we
may, several users, connect through it.

Left out is what differs on purpose: mihomo knows a process by its executable alone, not by the
kernel's word for it, so that a script is its interpreter there; PROCESS-NAME and PROCESS-PATH with
a `*` match nothing there; `?` is a byte there, not a letter; and UID,0 never matches there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.rules.mihomo_oracle import DEADLINE, Oracle, running
from tests.rules.test_against_mihomo import LABELS, Lists

from byway_core.model.decision import Process, Query
from byway_core.rules.compile import RuleSet, compile_rules
from byway_core.rules.parse import parse_rule

# Short ones: of a long list, only the first rules would ever be asked.
LISTS = 150
NAMES = ("curl", "Firefox", "firefox2", "a b", "bungü.exe")
USERS = (1000, 1001, 65534) if os.getuid() == 0 else (os.getuid(),)
# Now and then mihomo does not find a process that is there, and decides without.
TRIES = 50

# Reads "address port host" lines, and writes the name of the upstream that each connection got.
CLIENT = """
import socket, struct, sys
for line in sys.stdin:
    address, port, host = line.split()
    with socket.create_connection((address, int(port)), 10) as stream:
        stream.sendall(b"\\5\\1\\0")
        answer = stream.recv(2)
        name = host.encode()
        stream.sendall(b"\\5\\1\\0\\3" + bytes([len(name)]) + name + struct.pack("!H", 443))
        said = b"".join(iter(lambda: stream.recv(64), b""))
    print(said[10:].decode(), flush=True)
"""


class Program:
    """A process of that name, which connects on demand."""

    def __init__(self, path: Path, user: int) -> None:
        shutil.copy(os.path.realpath(sys.executable), path)
        self.process = Process(str(path), path.name, user)
        self._child = subprocess.Popen(
            [str(path), "-I", "-c", CLIENT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            user=user if os.getuid() == 0 else None,
        )

    def ask(self, mihomo: Oracle, host: str) -> str:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(f"{mihomo.address} {mihomo.port} {host}\n")
        self._child.stdin.flush()
        return self._child.stdout.readline().strip()

    def close(self) -> None:
        self._child.communicate(timeout=DEADLINE)


@pytest.fixture(scope="module")
def mihomo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    with running(tmp_path_factory.mktemp("mihomo"), of_processes=True) as oracle:
        yield oracle


@pytest.fixture(scope="module")
def programs() -> Iterator[list[Program]]:
    """In a folder that their users may enter."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        found = []
        for number, name in enumerate(NAMES):
            found.append(Program(folder / name, USERS[number % len(USERS)]))
            stack.callback(found[-1].close)
        yield found


class ProcessLists(Lists):
    def __init__(self, seed: int, folder: str) -> None:
        super().__init__(seed)
        self._folder = folder

    def text(self) -> str:
        return self.pick("curl", "FIRE", "fox", "b", "bung", "2", "a ")

    def users(self) -> str:
        first = self.random.choice((1, 999, 1000, 1001, 65534, os.getuid() or 1))
        last = self.random.choice((1000, 1001, 70_000))
        return self.pick(str(first), f"{min(first, last)}-{max(first, last)}", f"{first}/{last}")

    def simple(self) -> str:
        wildcard = self.pick("", "*", "?") + self.text() + self.pick("", "*", "??x")
        start = self.pick("", self.folder_part(), "*")
        return self.random.choice(
            (
                lambda: f"PROCESS-NAME,{self.pick(*NAMES, 'CURL', 'url', 'BUNGÜ.exe')}",
                lambda: f"PROCESS-PATH,{self._folder}/{self.pick(*NAMES, 'Curl')}",
                lambda: f"PROCESS-NAME-WILDCARD,{wildcard}",
                lambda: f"PROCESS-PATH-WILDCARD,{start}{wildcard}",
                lambda: f"process-name-regex,{self.pick('', '^')}{self.text()}{self.pick('', '$')}",
                lambda: f"PROCESS-PATH-REGEX,{self.pick('', '/', '[^/]')}{self.text()}",
                lambda: f"UID,{self.users()}",
                lambda: f"DOMAIN-KEYWORD,{self.pick(*LABELS)}",
            )
        )()

    def rules(self) -> list[str]:
        return [*(f"{self.condition()},u{index}" for index in range(3)), "MATCH,u3"]

    def folder_part(self) -> str:
        return self._folder[: self.random.randrange(len(self._folder))]


def ours(rules: RuleSet, process: Process, host: str) -> str:
    return str(rules.decide(Query(host, None, 443, process=process)).action)


def test_random_lists_are_read_as_mihomo_reads_them(
    mihomo: Oracle, programs: list[Program]
) -> None:
    lists = ProcessLists(2026, str(Path(programs[0].process.path).parent))
    for _ in range(LISTS):
        rules = lists.rules()
        mihomo.load(rules)
        compiled = compile_rules([parse_rule(rule) for rule in rules])
        for program in programs:
            host = lists.name()
            expected = ours(compiled, program.process, host)
            answers = (program.ask(mihomo, host) for _ in range(TRIES))
            assert expected in answers, (program.process, host, rules)


@pytest.mark.parametrize("rule", ["UID,root,u0", "UID,-5,u0", "UID,5-,u0", "UID,*,u0"])
def test_what_mihomo_refuses(mihomo: Oracle, rule: str) -> None:
    with pytest.raises(ValueError, match="payloadRule"):
        mihomo.load([rule, "MATCH,u1"])
    with pytest.raises(ValueError, match="user id"):
        parse_rule(rule)
