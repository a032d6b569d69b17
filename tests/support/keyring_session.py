"""A session bus of its own with a real gnome-keyring-daemon, and none of its user's keyrings."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import keyring
import secretstorage
from keyring.backends import SecretService
from keyring.backends.fail import Keyring as NoKeyring
from tests.support.byway import until
from tests.support.processes import program

# No service folder: the bus starts nothing, so that no daemon comes uninvited and no prompt opens.
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@contextmanager
def session_bus(folder: Path, before: Sequence[str] = ()) -> Iterator[str]:
    """Its address; DBUS_SESSION_BUS_ADDRESS is set meanwhile. `before`: words to put before its
    command line, as for another user."""
    config, address = folder / "session.conf", f"unix:path={folder}/bus"
    config.write_text(_CONFIG.format(folder=folder))
    argv = [program("dbus-daemon"), f"--config-file={config}", "--nofork", "--nopidfile"]
    argv += ["--nosyslog", "--print-address"]
    with _running(argv, before=before) as daemon, _environment(address):
        assert daemon.stdout is not None
        assert daemon.stdout.readline()
        yield address


@contextmanager
def unlocked_keyring(folder: Path) -> Iterator[None]:
    """`keyring` finds it: with an open keyring, and nothing in it."""
    home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")}
    argv = [program("gnome-keyring-daemon"), "--foreground", "--unlock", "--components=secrets"]
    with session_bus(folder) as address:
        environment = {**os.environ, **home, "DBUS_SESSION_BUS_ADDRESS": address}
        environment.pop("DISPLAY", None)
        with _running(argv, environment) as daemon, _backend(SecretService.Keyring()):
            assert daemon.stdin is not None
            daemon.stdin.write("of no importance")  # the password that opens it
            daemon.stdin.close()
            until(_is_there, "the keyring's daemon is on the bus")
            yield


def lock_keyring() -> None:
    """From now on a password is wanted, and nobody is there to be asked."""
    with closing(secretstorage.dbus_init()) as connection:
        secretstorage.get_default_collection(connection).lock()


@contextmanager
def no_keyring() -> Iterator[None]:
    """What `keyring` chooses where there is none (`test_secrets` holds it to that)."""
    with _backend(NoKeyring()):
        yield


@contextmanager
def _backend(backend: keyring.backend.KeyringBackend) -> Iterator[None]:
    """It looks for one once in a process."""
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield
    finally:
        keyring.set_keyring(before)


@contextmanager
def _environment(address: str) -> Iterator[None]:
    before = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = address
    try:
        yield
    finally:
        os.environ.pop("DBUS_SESSION_BUS_ADDRESS")
        if before is not None:
            os.environ["DBUS_SESSION_BUS_ADDRESS"] = before


def _is_there() -> bool:
    with closing(secretstorage.dbus_init()) as connection:
        return bool(secretstorage.check_service_availability(connection))


@contextmanager
def _running(
    argv: list[str], environment: dict[str, str] | None = None, before: Sequence[str] = ()
) -> Iterator[subprocess.Popen[str]]:
    daemon = subprocess.Popen(
        [*before, program("setpriv"), "--pdeathsig", "KILL", *argv],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with daemon:
        try:
            yield daemon
        finally:
            daemon.kill()
