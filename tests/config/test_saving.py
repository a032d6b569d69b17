"""A profile's file is replaced whole, or stays as it was."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from byway_core.config.draft import Draft
from byway_core.model.errors import ChangedError

OLD = 'version = 1\nrules = ["MATCH,DIRECT"]\n'
NEW = 'version = 1\nrules = ["MATCH,REJECT"]\n'


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
