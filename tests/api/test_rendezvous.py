from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from byway_core.api.rendezvous import (
    connect,
    listen,
    peer_uid,
    socket_path,
    socket_paths,
    sweep,
)


def dead(folder: Path, pid: int) -> Path:
    """What an engine leaves that was killed."""
    listen(folder, pid).close()
    return socket_path(folder, pid)


def test_a_living_socket(tmp_path: Path) -> None:
    with listen(tmp_path, 4711) as listener:
        path = socket_path(tmp_path, 4711)
        assert list(tmp_path.iterdir()) == [path], "no half-made socket stays"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        client = connect(path, 5)
        assert client is not None
        server, _ = listener.accept()
        assert peer_uid(client) == peer_uid(server) == os.getuid()
        client.close()
        server.close()


def test_a_dead_one_is_removed_when_it_is_found(tmp_path: Path) -> None:
    path = dead(tmp_path, 4711)
    assert path.exists()
    assert connect(path, 5) is None
    assert not path.exists()


def test_one_that_is_gone(tmp_path: Path) -> None:
    assert connect(socket_path(tmp_path, 1), 5) is None


def test_sweeping_removes_the_dead_alone(tmp_path: Path) -> None:
    dead(tmp_path, 1)
    (tmp_path / "notes.txt").write_text("mine")
    with listen(tmp_path, 2):
        sweep(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == {"2.sock", "notes.txt"}


def test_what_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    """connect() to a plain file is refused like one to a dead engine's socket."""
    path = tmp_path / "7.sock"
    path.write_text("not a socket")
    sweep(tmp_path)
    assert path.exists()


def test_an_engine_takes_its_dead_predecessors_place(tmp_path: Path) -> None:
    (tmp_path / ".4711.new").write_text("left half-made")
    path = dead(tmp_path, 4711)
    with listen(tmp_path, 4711):
        client = connect(path, 5)
        assert client is not None
        client.close()


def fill(path: Path) -> list[socket.socket]:
    """As many connections as the backlog takes."""
    waiting: list[socket.socket] = []
    while len(waiting) < 1000:
        try:
            sock = connect(path, 0.1)
        except OSError:
            break
        assert sock is not None
        waiting.append(sock)
    assert len(waiting) < 1000
    return waiting


def test_a_busy_engine_is_not_taken_for_a_dead_one(tmp_path: Path) -> None:
    with listen(tmp_path, 4711) as listener:
        path = socket_path(tmp_path, 4711)
        waiting = fill(path)
        assert path.exists()
        assert listener.fileno() >= 0
        for sock in waiting:
            sock.close()


def test_long_paths(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    with listen(folder, 4711):
        client = connect(socket_path(folder, 4711), 5)
        assert client is not None
        client.close()
    assert connect(socket_path(folder, 4711), 5) is None
    assert socket_paths(folder) == []


def test_paths_come_by_process_id(tmp_path: Path) -> None:
    listeners: list[socket.socket] = [listen(tmp_path, pid) for pid in (100, 20, 3)]
    assert [path.stem for path in socket_paths(tmp_path)] == ["3", "20", "100"]
    assert socket_paths(tmp_path / "missing") == []
    for listener in listeners:
        listener.close()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        listen(tmp_path / "missing", 1)
