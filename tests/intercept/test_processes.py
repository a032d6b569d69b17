"""Which process has a socket: found among the real ones of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.support.connectors import connector, copied_python, listening

from byway_core.intercept import processes
from byway_core.intercept.diagnosis import Diagnosis
from byway_core.intercept.processes import RECENT, ProcessFinder, Program
from byway_core.model.decision import Network


@pytest.fixture
def inode_of():
    diagnosis = Diagnosis.here()

    def ask(port: int, far) -> int:
        holder = diagnosis.holder(Network.TCP, ("127.0.0.1", port), far)
        assert holder is not None
        return holder.inode

    yield ask
    diagnosis.close()


def test_the_program_is_found_by_its_socket(tmp_path, inode_of):
    tool = copied_python(tmp_path, "sonderling")
    with listening() as far, connector(tool) as made, connector(sys.executable) as other:
        sockets = {inode_of(made.opens(far), far), inode_of(made.opens(far), far)}
        another = inode_of(other.opens(far), far)
        found = dict(ProcessFinder().find([*sockets, another]))
        assert {found[each] for each in sockets} == {Program(str(tool), "sonderling")}
        assert found[another].path == str(Path(sys.executable).resolve())


def test_nobodys_socket_is_not_found():
    with socket.socket() as own:  # this process's are not looked at
        assert not dict(ProcessFinder().find([os.fstat(own.fileno()).st_ino, 0]))
    assert not dict(ProcessFinder().find([]))


def test_a_replaced_program_is_still_that(tmp_path, inode_of):
    tool = copied_python(tmp_path, "sonderling")
    with listening() as far, connector(tool) as made:
        inode = inode_of(made.opens(far), far)
        tool.unlink()
        assert os.readlink(f"/proc/{made.process.pid}/exe").endswith(" (deleted)")
        assert dict(ProcessFinder().find([inode])) == {inode: Program(str(tool), "sonderling")}


def test_exec_makes_another_program_of_a_process(tmp_path, inode_of):
    """One process id, one start time, one socket, two programs."""
    one, two = copied_python(tmp_path, "one"), copied_python(tmp_path, "two")
    code = f"""
import os, socket, sys
sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
sock.set_inheritable(True)
print(sock.getsockname()[1], flush=True)
sys.stdin.readline()
os.execv({str(two)!r}, ["two", "-ISc", "print('there', flush=True); input()"])
"""
    finder = ProcessFinder()
    with listening() as far:
        process = subprocess.Popen(
            [one, "-ISc", code, str(far[1])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            inode = inode_of(int(process.stdout.readline()), far)
            assert dict(finder.find([inode]))[inode].name == "one"
            print(file=process.stdin, flush=True)
            assert process.stdout.readline() == "there\n"
            assert dict(finder.find([inode])) == {inode: Program(str(two), "two")}
            process.kill()


def test_who_was_found_is_looked_at_first(inode_of, monkeypatch):
    finder = ProcessFinder()
    with listening() as far, connector(sys.executable) as made:
        first = inode_of(made.opens(far), far)
        assert dict(finder.find([first]))
        second = inode_of(made.opens(far), far)
        monkeypatch.setattr(processes.os, "listdir", _but_not_proc(os.listdir))
        assert dict(finder.find([second]))
        monkeypatch.undo()
    with listening() as far, connector(sys.executable) as made:  # that one has ended
        assert dict(finder.find([inode_of(made.opens(far), far)]))


def _but_not_proc(listdir):
    def listed(path):
        assert path != "/proc", "all processes were looked at"
        return listdir(path)

    return listed


def test_what_is_remembered_is_bounded(inode_of):
    finder = ProcessFinder()
    with listening() as far, ExitStack() as stack:
        for _ in range(RECENT + 3):
            made = stack.enter_context(connector(sys.executable))
            assert dict(finder.find([inode_of(made.opens(far), far)]))
        assert len(finder._recent) == RECENT


@pytest.mark.skipif(os.geteuid() != 0, reason="needs two users, so root")
def test_others_processes_are_not_to_be_seen(inode_of):
    """Which is no error: that user's number is known by other means."""
    source = Path(processes.__file__).read_text()
    code = f"{source}\nimport sys\nprint(dict(ProcessFinder().find([int(sys.argv[1])])))"
    with listening() as far, connector(sys.executable) as made:
        inode = inode_of(made.opens(far), far)
        command = ["setpriv", "--reuid=61234", "--regid=61234", "--clear-groups"]
        command += ["/usr/bin/python3", "-c", code, str(inode)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ended.stdout == "{}\n", ended.stderr
        assert dict(ProcessFinder().find([inode]))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to mount /proc anew, and a second user")
def test_where_proc_hides_others_ones_own_are_found():
    """hidepid, proc(5)."""
    source = Path(processes.__file__).read_text()
    code = f"""{source}
import subprocess, sys
assert not os.path.exists("/proc/1")
child = "import os, socket; s = socket.socket(); print(os.fstat(s.fileno()).st_ino, flush=True)"
command = [sys.executable, "-c", child + "; input()"]
with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as made:
    found = dict(ProcessFinder().find([int(made.stdout.readline())]))
    print(*(program.name for program in found.values()))
    made.kill()
"""
    hidden = 'mount -t proc -o hidepid=invisible proc /proc && exec "$@"'
    user = ["setpriv", "--reuid=61234", "--regid=61234", "--clear-groups"]
    command = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        hidden,
        "sh",
        *user,
        "/usr/bin/python3",
        "-c",
        code,
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stdout == "python3\n", ended.stderr
