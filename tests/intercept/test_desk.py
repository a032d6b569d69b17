"""The desk: questions in, answers out on the asker's thread, and never anybody in line."""

from __future__ import annotations

import os
import select
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from tests.support.connectors import Connector, connector, copied_python, listening

from byway_core.intercept import desk as desk_module
from byway_core.intercept.desk import MOST_IDLE, Desk
from byway_core.intercept.diagnosis import Diagnosis, open_socket
from byway_core.model.decision import Network, Process

# Generous: only a test that fails waits this long.
DEADLINE = 20.0


class Asked:
    """A question and its answers."""

    def __init__(self, near, far, network=Network.TCP) -> None:
        self.near, self.far, self.network = near, far, network
        self.wanted = True
        self.answers: list[Process | None] = []

    def answered(self, process: Process | None) -> None:
        self.answers.append(process)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with closing(Desk()) as made:
        assert not made.obstacle
        yield made


def until(desk: Desk, true: Callable[[], object]) -> None:
    end = time.monotonic() + DEADLINE
    while not true():
        assert select.select([desk.fd], [], [], max(0.0, end - time.monotonic()))[0], "too late"
        desk.step(None, select.EPOLLIN)


def answer(desk: Desk, asked: Asked) -> Process | None:
    desk.ask(asked)
    until(desk, lambda: asked.answers)
    return asked.answers[0]


@pytest.fixture
def tool(tmp_path) -> Iterator[Connector]:
    with connector(copied_python(tmp_path, "sonderling")) as made:
        yield made


def test_pressing_and_idle_questions_have_the_same_answer(desk, tool):
    expected = Process(str(tool.path), "sonderling", os.geteuid())
    with listening() as far:
        near = ("127.0.0.1", tool.opens(far))
        assert answer(desk, Asked(near, far)) == expected
        idle = Asked(near, far)
        desk.ask_idly(idle)
        until(desk, lambda: idle.answers)
        assert idle.answers == [expected]


def test_udp_too(desk, tool):
    for how in "connect", "send":
        port = tool.opens(("127.0.0.1", 9), kind="SOCK_DGRAM", how=how)
        asked = Asked(("127.0.0.1", port), ("127.0.0.1", 9), Network.UDP)
        process = answer(desk, asked)
        assert process is not None
        assert process.name == "sonderling"


def test_no_such_connection_is_not_known(desk):
    assert answer(desk, Asked(("127.0.0.1", 1), ("127.0.0.1", 2))) is None
    assert answer(desk, Asked(("192.0.2.1", 1), ("192.0.2.2", 2))) is None  # another machine's
    assert answer(desk, Asked(("::1", 1), ("::1", 2))) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="needs two users, so root")
def test_of_anothers_process_an_ordinary_user_knows_the_user(monkeypatch):
    with ExitStack() as stack:
        far = stack.enter_context(listening())
        other = stack.enter_context(
            connector("/usr/bin/python3", ["setpriv", "--reuid=61234", "--clear-groups"])
        )
        near = ("127.0.0.1", other.opens(far))
        process = answer(stack.enter_context(closing(Desk())), Asked(near, far))
        assert process is not None  # root sees all
        assert process.name.startswith("python")
        assert process.uid == 61234
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        ordinary = stack.enter_context(closing(Desk()))
        monkeypatch.undo()
        assert answer(ordinary, Asked(near, far)) == Process("", "", 61234)


def test_a_program_that_ends_while_it_is_asked_for(desk, tool, monkeypatch):
    """Its socket is found, and then it is gone."""
    holder = Diagnosis.holder

    def and_then_it_ends(self, *ends):
        found = holder(self, *ends)
        tool.process.kill()
        os.waitid(os.P_PID, tool.process.pid, os.WEXITED | os.WNOWAIT)
        return found

    with listening() as far:
        near = ("127.0.0.1", tool.opens(far))
        monkeypatch.setattr(Diagnosis, "holder", and_then_it_ends)
        assert answer(desk, Asked(near, far)) == Process("", "", os.geteuid())
        monkeypatch.undo()
        assert answer(desk, Asked(near, far)) is None


def test_a_thousand_at_once(desk, tool, tmp_path, capsys):
    with listening() as far, connector(sys.executable) as other:
        asked = [Asked(("127.0.0.1", each.opens(far)), far) for each in (tool, other) * 500]
        began = time.monotonic()
        for each in asked:
            desk.ask(each)
        until(desk, lambda: all(each.answers for each in asked))
        took = time.monotonic() - began
    names = [each.answers[0].name for each in asked]
    assert names[0::2] == ["sonderling"] * 500
    assert "sonderling" not in names[1::2]
    with capsys.disabled():
        print(f" (a thousand processes looked for in {took * 1000:.0f} ms)", end="")


def test_idle_questions_are_bounded_and_do_not_keep_pressing_ones_waiting(desk, tool, monkeypatch):
    monkeypatch.setattr(desk_module, "LEAST_REST", 3600.0)
    with listening() as far:
        near = ("127.0.0.1", tool.opens(far))
        first = Asked(near, far)
        desk.ask_idly(first)
        until(desk, lambda: first.answers)
        # Now it rests.
        waiting = [Asked(near, far) for _ in range(MOST_IDLE + 10)]
        for each in waiting:
            desk.ask_idly(each)
        assert answer(desk, Asked(near, far)) is not None
        assert not any(each.answers for each in waiting)
        assert len(desk._idle) == MOST_IDLE


def test_what_nobody_wants_any_more_is_not_looked_for(desk, tool, monkeypatch):
    monkeypatch.setattr(desk_module, "LEAST_REST", 0.0)
    with listening() as far:
        near = ("127.0.0.1", tool.opens(far))
        given_up, wanted = Asked(near, far), Asked(near, far)
        given_up.wanted = False
        desk.ask_idly(given_up)
        desk.ask_idly(wanted)
        until(desk, lambda: wanted.answers)
        assert not given_up.answers


def test_an_error_of_ours_costs_an_answer_and_not_the_desk(desk, tool, monkeypatch, caplog):
    with listening() as far:
        near = ("127.0.0.1", tool.opens(far))
        monkeypatch.setattr(desk._finder, "find", lambda inodes: 1 / 0)
        assert answer(desk, Asked(near, far)) is None
        monkeypatch.undo()
        assert "An error in Byway itself" in caplog.text
        assert answer(desk, Asked(near, far)) is not None


def test_an_answer_that_goes_wrong_is_not_the_others_fault(desk, tool):
    class Bad(Asked):
        def answered(self, process):
            super().answered(process)
            raise ZeroDivisionError

    with listening() as far:
        near = ("127.0.0.1", tool.opens(far))
        bad, good = Bad(near, far), Asked(near, far)
        desk.ask(bad)
        desk.ask(good)
        with pytest.raises(ZeroDivisionError):
            until(desk, lambda: bad.answers and good.answers)
        until(desk, lambda: good.answers)


def test_where_the_kernel_cannot_be_asked_it_is_said(monkeypatch):
    def refused() -> socket.socket:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("byway_core.intercept.diagnosis.open_socket", refused)
    with closing(Desk()) as desk:
        assert desk.obstacle == "the kernel cannot be asked (Operation not permitted)"
        asked = Asked(("127.0.0.1", 1), ("127.0.0.1", 2))
        desk.ask(asked)
        desk.ask_idly(asked)
        assert not select.select([desk.fd], [], [], 0)[0]
        assert desk._thread is None


def test_a_thread_comes_with_the_first_question(desk):
    assert desk._thread is None
    desk.look_inside(open_socket())
    assert desk._thread is None
    assert answer(desk, Asked(("127.0.0.1", 1), ("127.0.0.1", 2))) is None
    assert desk._thread is not None
