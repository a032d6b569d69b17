"""Passwords from where the profile says they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import pytest

from byway_core.config.secrets import KEYRING_SERVICE, reveal
from byway_core.model.errors import SecretError
from byway_core.model.upstream import Secret, SecretSource


class OneEntry(keyring.backend.KeyringBackend):
    """A keyring with the entry "office" and, behind a lock, "vault"."""

    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        if username == "vault":
            raise keyring.errors.KeyringLocked("locked")
        if username == "broken":
            raise keyring.errors.KeyringError("no bus")
        return "s3cret" if (service, username) == (KEYRING_SERVICE, "office") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture
def a_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(OneEntry())
    yield
    keyring.set_keyring(before)


def revealed(source: SecretSource, reference: str, base: Path = Path("/")) -> str:
    return reveal(Secret(source, reference), base_dir=base)


def test_literal() -> None:
    assert revealed(SecretSource.LITERAL, "pässwörd") == "pässwörd"


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYWAY_TEST_PASSWORD", " with blanks ")
    assert revealed(SecretSource.ENV, "BYWAY_TEST_PASSWORD") == " with blanks "
    monkeypatch.delenv("BYWAY_TEST_PASSWORD")
    with pytest.raises(SecretError, match="BYWAY_TEST_PASSWORD, which"):
        revealed(SecretSource.ENV, "BYWAY_TEST_PASSWORD")


@pytest.mark.parametrize(
    ("written", "password"),
    [
        (b"s3cret", "s3cret"),
        (b"s3cret\n", "s3cret"),
        (b"s3cret\r\n", "s3cret"),
        (b" s3cret \n\n", " s3cret \n"),
        ("pässwörd\n".encode(), "pässwörd"),
        (b"", ""),
    ],
)
def test_file(tmp_path: Path, written: bytes, password: str) -> None:
    file = tmp_path / "secret"
    file.touch(mode=0o600)
    file.write_bytes(written)
    assert revealed(SecretSource.FILE, "secret", tmp_path) == password
    assert revealed(SecretSource.FILE, str(file), Path("/nowhere")) == password


def test_a_file_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / "secret"
    file.touch(mode=0o600)
    file.write_text("s3cret")
    assert revealed(SecretSource.FILE, "~/secret", Path("/nowhere")) == "s3cret"
    with pytest.raises(SecretError, match="whose home"):
        revealed(SecretSource.FILE, "~no-such-user/secret")


def test_a_file_that_others_can_read_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cret")
    file.chmod(0o644)
    assert revealed(SecretSource.FILE, "secret", tmp_path) == "s3cret"
    assert f"chmod 600 {file}" in caplog.text
    assert "s3cret" not in caplog.text


def test_files_that_are_no_passwords(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "big").write_bytes(b"x" * 100_000)
    for name, reason in (
        ("none", "No such file"),
        (".", "Is a directory"),
        ("binary", "not UTF-8"),
        ("big", "too big"),
    ):
        with pytest.raises(SecretError, match=reason):
            revealed(SecretSource.FILE, name, tmp_path)


@pytest.mark.usefixtures("a_keyring")
def test_keyring() -> None:
    assert revealed(SecretSource.KEYRING, "office") == "s3cret"
    for entry, reason in (
        ("vault", "the keyring is locked"),
        ("broken", "no bus"),
        ("other", "keyring set byway other"),
    ):
        with pytest.raises(SecretError, match=reason):
            revealed(SecretSource.KEYRING, entry)


@pytest.mark.usefixtures("a_keyring")
def test_no_keyring() -> None:
    keyring.set_keyring(keyring.backends.fail.Keyring())
    with pytest.raises(SecretError, match="no keyring runs here"):
        revealed(SecretSource.KEYRING, "office")
