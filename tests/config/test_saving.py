"""A profile's file is replaced whole, or stays as it was."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import byway_core
from byway_core.config.draft import Draft
from byway_core.model.errors import ChangedError

OLD = 'version = 1\nrules = ["MATCH,DIRECT"]\n'
NEW = 'version = 1\nrules = ["MATCH,REJECT"]\n'
# Two ids that no account has.
USER, GROUP = 61_234, 61_235


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "profile.toml"
    file.write_text(OLD)
    return file


def test_the_file_keeps_its_mode(path: Path) -> None:
    path.chmod(0o640)
    Draft.read(path).with_text(NEW).save()
    assert path.read_text() == NEW
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [each.name for each in path.parent.iterdir()] == ["profile.toml"]


def test_a_new_file_is_the_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "config" / "byway" / "profile.toml"
    Draft.of(path, NEW).save()
    assert path.read_text() == NEW
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.toml"
    link.parent.mkdir()
    link.symlink_to("../profile.toml")
    Draft.read(link).with_text(NEW).save()
    assert link.readlink() == Path("../profile.toml")
    assert path.read_text() == NEW


def test_anothers_change_is_not_overwritten(path: Path) -> None:
    draft = Draft.read(path).with_text(NEW)
    path.write_text(OLD + "# by hand\n")
    with pytest.raises(ChangedError):
        draft.save()
    assert path.read_text() == OLD + "# by hand\n"
    path.unlink()
    with pytest.raises(ChangedError):
        draft.save()
    assert not path.exists()


def test_what_was_saved_is_known(path: Path) -> None:
    first = Draft.read(path)
    second = first.with_text(NEW)
    second.save()
    second.with_text(NEW + "# more\n").save()
    first.save()  # undone
    assert path.read_text() == OLD


def test_a_link_to_nothing_gets_its_file(tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to("there.toml")
    Draft.of(link, NEW).save()
    assert (tmp_path / "there.toml").read_text() == NEW


def test_what_is_the_same_is_not_written(path: Path) -> None:
    before = path.stat()
    Draft.read(path).with_text(OLD).save()
    assert path.stat().st_ino == before.st_ino


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_file_keeps_its_owner(path: Path) -> None:
    os.chown(path, USER, GROUP)
    Draft.read(path).with_text(NEW).save()
    after = path.stat()
    assert (after.st_uid, after.st_gid) == (USER, GROUP)
    assert path.read_text() == NEW


@contextmanager
def somebody() -> Iterator[Path]:
    """A folder of a user's, and that user's rights alone, where the tests are root's."""
    with tempfile.TemporaryDirectory(prefix="byway-test-") as name:
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(name, USER, USER)
            os.seteuid(USER)
        try:
            yield Path(name)
        finally:
            if is_root:
                os.seteuid(0)
            Path(name).chmod(0o700)


def test_nothing_happens_in_a_folder_that_cannot_be_written() -> None:
    with somebody() as folder:
        path = folder / "profile.toml"
        path.write_text(OLD)
        folder.chmod(0o500)
        with pytest.raises(PermissionError):
            Draft.read(path).with_text(NEW).save()
        assert path.read_text() == OLD


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_another_group_does_not_get_what_was_the_old_ones() -> None:
    with somebody() as folder:
        path = folder / "profile.toml"
        path.write_text(OLD)
        path.chmod(0o664)
        os.seteuid(0)
        os.chown(path, USER, GROUP)
        os.seteuid(USER)
        Draft.read(path).with_text(NEW).save()
        assert stat.S_IMODE(path.stat().st_mode) == 0o604


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file grows beyond `size`; what fits of a write is written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def without_nameless_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """As some file systems are."""
    real = os.open

    def refusing(path: str, flags: int, *rest: int, **named: int) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        return real(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", refusing)


@pytest.mark.parametrize("nameless", [True, False])
def test_a_full_disk_leaves_the_old_file_alone(
    path: Path, nameless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not nameless:
        without_nameless_files(monkeypatch)
    with full_disk(len(OLD) - 5), pytest.raises(OSError, match="File too large"):
        Draft.read(path).with_text(NEW).save()
    assert path.read_text() == OLD
    assert list(path.parent.iterdir()) == [path]


def test_every_file_system_will_do(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_nameless_files(monkeypatch)
    Draft.read(path).with_text(NEW).save()
    assert path.read_text() == NEW
    assert list(path.parent.iterdir()) == [path]


def test_only_files_are_replaced(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in (fifo, tmp_path, Path("/dev/null"), fifo / "below"):
        with pytest.raises(OSError):  # noqa: PT011  which one differs
            Draft.of(path, NEW).save()
    assert stat.S_ISFIFO(fifo.stat().st_mode)


# A child of its own for each step of a save, killed at that step: at the call of each function and
# at its return, those that are system calls among them. Prints what is in the file afterwards.
DYING = """
import os, signal, sys
from itertools import count
from pathlib import Path
from byway_core.config.draft import Draft

path, old, new = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
for step in count():
    path.write_text(old)
    draft = Draft.read(path).with_text(new)
    child = os.fork()
    if child == 0:
        left = step
        def profile(frame, event, argument):
            global left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
        sys.setprofile(profile)
        draft.save()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print({old: "old", new: "new"}.get(path.read_text(), "broken"), flush=True)
    if not os.WIFSIGNALED(status):
        break
"""


def test_whenever_it_is_killed_the_file_is_whole(path: Path) -> None:
    core = str(Path(byway_core.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", DYING, str(path), OLD, NEW],
        env={**os.environ, "PYTHONPATH": core},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    states = done.stdout.split()
    changed = states.index("new")
    assert changed > 20  # it was killed on the way, and not only before and behind
    assert states == ["old"] * changed + ["new"] * (len(states) - changed)
