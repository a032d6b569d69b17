"""What a Flatpak's sandbox changes: numbers of engines, and how the helper is installed. What a
real one does is tests/packaging/flatpak_in_use's to see."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.byway import Byway

from byway_core.api.client import ControlClient
from byway_core.api.helper_script import install_by_hand
from byway_core.api.rendezvous import connect, socket_paths
from byway_core.api.wire import ControlError
from byway_core.flatpak import instance, number_of, own_number, pid_of

INFO = "[Application]\nname=io.github.byway.Byway\n\n[Instance]\ninstance-id=1926774039\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [(INFO, 1926774039), ("[Instance]\n", 1), ("instance-id=x\n", 1), (None, 0)],
)
def test_the_sandboxs_number(tmp_path: Path, text: str | None, expected: int) -> None:
    info = tmp_path / ".flatpak-info"
    if text is not None:
        info.write_text(text)
    assert instance(info) == expected


def test_process_ids_of_two_sandboxes_keep_apart() -> None:
    one, other = number_of(2, 1926774039), number_of(2, 1926774040)
    assert one != other
    assert pid_of(one, 1926774039) == 2
    assert pid_of(other, 1926774039) is None
    assert pid_of(4194303, 1926774039) is None  # of no sandbox
    assert pid_of(4194303, 0) == 4194303
    assert pid_of(own_number()) is not None


def test_an_engine_ends_by_its_control_socket(tmp_path: Path) -> None:
    with Byway(tmp_path).serving("MATCH,DIRECT") as serving:
        (path,) = socket_paths(tmp_path / "runtime/byway")
        sock = connect(path, 5)
        assert sock is not None
        with ControlClient(sock) as client:
            with pytest.raises(ControlError, match="SIGINT, SIGTERM, SIGKILL"):
                client.request("signal", name="SIGSTOP")
            client.end(20)
        assert serving.process.wait(20) == 0


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    file = tmp_path / "app/share/byway/install-helper.sh"
    file.parent.mkdir(parents=True)
    file.write_text("echo one\n")
    return file


def test_the_installer_is_put_where_its_user_finds_it(packed: Path, tmp_path: Path) -> None:
    place = {"XDG_DATA_HOME": str(tmp_path / "my data")}
    made = tmp_path / "my data/byway/install-helper.sh"
    prefix = str(tmp_path / "app")
    for text in ("echo one\n", "echo another\n"):
        packed.write_text(text)
        assert install_by_hand(prefix=prefix, environment=place) == f"sudo sh '{made}'"
        assert made.read_text() == text
    before = made.stat()
    assert install_by_hand("--uninstall", prefix=prefix, environment=place).endswith("--uninstall")
    assert made.stat() == before
    packed.unlink()
    with pytest.raises(FileNotFoundError):
        install_by_hand(prefix=prefix, environment=place)
