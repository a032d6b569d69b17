"""Passwords in a real keyring: open, locked, and none."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from tests.support.keyring_session import lock_keyring, no_keyring, session_bus, unlocked_keyring
from tests.support.loops import any_loop, until  # noqa: F401

from byway_gui.secrets import Access, Answer, Secrets, Then

# SecretStorage does not close its connection where the keyring is locked.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

SECRET = "corrêct horse, 電池"


@pytest.fixture
def loop(any_loop: asyncio.AbstractEventLoop) -> asyncio.AbstractEventLoop:  # noqa: F811
    return any_loop


@pytest.fixture
def open_keyring(tmp_path: Path) -> Iterator[None]:
    with unlocked_keyring(tmp_path):
        yield


def answer(loop: asyncio.AbstractEventLoop, call: Callable[[Then], None]) -> Answer:
    got: list[Answer] = []
    call(got.append)
    assert got == []  # never at once, while its caller is not done
    until(loop, lambda: got)
    return got[0]


@pytest.mark.usefixtures("open_keyring")
def test_what_is_stored_is_fetched_and_deleted(loop: asyncio.AbstractEventLoop) -> None:
    secrets = Secrets(loop)
    assert answer(loop, lambda then: secrets.fetch("office", then)) == Answer(Access.MISSING)
    for password in (SECRET, "another"):
        stored = answer(loop, lambda then, p=password: secrets.store("office", p, then))
        assert stored == Answer(Access.DONE)
        found = answer(loop, lambda then: secrets.fetch("office", then))
        assert found == Answer(Access.DONE, password)
    # Where the engine looks for it.
    assert keyring.get_password("byway", "office") == "another"
    for _ in range(2):
        gone = answer(loop, lambda then: secrets.delete("office", then))
        assert gone == Answer(Access.DONE)
    assert keyring.get_password("byway", "office") is None


@pytest.mark.usefixtures("open_keyring")
def test_calls_keep_their_order(loop: asyncio.AbstractEventLoop) -> None:
    secrets = Secrets(loop)
    got: list[Answer] = []
    for number in range(5):
        secrets.store("office", str(number), got.append)
        secrets.fetch("office", got.append)
    until(loop, lambda: len(got) == 10)
    assert [each.password for each in got] == [
        None,
        "0",
        None,
        "1",
        None,
        "2",
        None,
        "3",
        None,
        "4",
    ]


@pytest.mark.usefixtures("open_keyring")
def test_in_the_end_what_nobody_has_is_removed(loop: asyncio.AbstractEventLoop) -> None:
    secrets = Secrets(loop)
    for entry in ("kept", "left", "not mine"):
        keyring.set_password("byway", entry, SECRET)
    for entry in ("kept", "left", "never was"):
        secrets.leave(entry)
    loop.run_until_complete(secrets.tidy({"kept", "another"}))
    there = [keyring.get_password("byway", entry) for entry in ("kept", "left", "not mine")]
    assert there == [SECRET, None, SECRET]


@pytest.mark.usefixtures("open_keyring")
def test_a_locked_keyring_is_said(
    loop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = Secrets(loop)
    keyring.set_password("byway", "office", SECRET)
    lock_keyring()
    for call in (
        lambda then: secrets.fetch("office", then),
        lambda then: secrets.store("office", "another", then),
        lambda then: secrets.delete("office", then),
    ):
        assert answer(loop, call) == Answer(Access.LOCKED)
    secrets.leave("office")
    loop.run_until_complete(secrets.tidy(()))
    assert "office stays: locked" in caplog.text


def test_no_keyring_is_said(loop: asyncio.AbstractEventLoop) -> None:
    secrets = Secrets(loop)
    with no_keyring():
        for call in (
            lambda then: secrets.fetch("office", then),
            lambda then: secrets.store("office", "another", then),
            lambda then: secrets.delete("office", then),
        ):
            assert answer(loop, call) == Answer(Access.ABSENT)


class _Broken(keyring.backend.KeyringBackend):
    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        raise ZeroDivisionError("of all things")

    set_password = delete_password = get_password


def test_a_backend_that_fails_is_said(loop: asyncio.AbstractEventLoop) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(_Broken())
    try:
        got = answer(loop, lambda then: Secrets(loop).fetch("office", then))
    finally:
        keyring.set_keyring(before)
    assert got == Answer(Access.FAILED, detail="of all things")


def test_nobody_waits_for_a_closed_loop() -> None:
    loop = asyncio.new_event_loop()
    got: list[Answer] = []
    with no_keyring():
        Secrets(loop).fetch("office", got.append)
        loop.close()
    assert got == []


ASK = """
import asyncio
from byway_gui.secrets import Secrets
loop = asyncio.new_event_loop()
answered = loop.create_future()
Secrets(loop).fetch("office", answered.set_result)
print(loop.run_until_complete(answered).access.name)
loop.close()
"""


@pytest.mark.parametrize("bus", [True, False], ids=["a bus without a keyring", "no bus"])
def test_a_process_that_finds_no_keyring(tmp_path: Path, bus: bool) -> None:
    def ask(address: str) -> str:
        environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}
        argv = [sys.executable, "-c", ASK]
        done = subprocess.run(
            argv, env=environment, capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout.strip()

    if not bus:
        assert ask("unix:path=/nonexistent") == "ABSENT"
        return
    with session_bus(tmp_path) as address:
        assert ask(address) == "ABSENT"
