"""From a profile's reference to the password itself: a variable, a file, the keyring.

Called when an engine starts, never while connections wait: a keyring may ask its user.
"""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

from byway_core.model.errors import SecretError
from byway_core.model.sentence import say
from byway_core.model.upstream import Secret, SecretSource

_log = logging.getLogger(__name__)

# The name under which entries are kept: `keyring set byway office`.
KEYRING_SERVICE = "byway"
# The longest password that any upstream takes is some kilobytes (HTTP); a bigger file is a mistake.
_MAX_FILE = 64 * 1024


def reveal(secret: Secret, *, base_dir: Path) -> str:
    """The password. `base_dir` is the folder that a relative file name starts from: the profile's.

    Raises SecretError with a sentence for the user where it cannot be had.
    """
    match secret.source:
        case SecretSource.LITERAL:
            return secret.reference
        case SecretSource.ENV:
            return _from_environment(secret.reference)
        case SecretSource.FILE:
            return _from_file(base_dir, secret.reference)
        case SecretSource.KEYRING:
            return _from_keyring(secret.reference)


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise SecretError(
            say("the variable {name}, which should hold a password, is not set", name=name)
        )
    return value


def _from_file(base_dir: Path, name: str) -> str:
    """The whole file but for the line's end that editors add."""
    try:
        path = base_dir / Path(name).expanduser()
    except RuntimeError as error:
        raise SecretError(
            say("the password file {name}: nobody knows whose home that is", name=name)
        ) from error
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_MAX_FILE + 1)
    except OSError as error:
        raise SecretError(
            say("the password file {path}: {strerror}", path=path, strerror=error.strerror)
        ) from error
    if stat.S_ISREG(mode) and stat.S_IMODE(mode) & 0o077:
        _log.warning("others can read the password file %s; chmod 600 %s", path, path)
    if len(data) > _MAX_FILE:
        raise SecretError(say("the password file {path} is too big to hold a password", path=path))
    try:
        return data.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise SecretError(say("the password file {path} is not UTF-8 text", path=path)) from error


def _from_keyring(entry: str) -> str:
    import keyring  # slow to import, and most profiles have none
    import keyring.errors

    where = say("the keyring's entry {entry}", entry=entry)
    try:
        password = keyring.get_password(KEYRING_SERVICE, entry)
    except keyring.errors.KeyringLocked as error:
        raise SecretError(say("{where}: the keyring is locked", where=where)) from error
    except keyring.errors.NoKeyringError as error:
        raise SecretError(
            say("{where}: no keyring runs here; use { env = … } or { file = … }", where=where)
        ) from error
    except keyring.errors.KeyringError as error:
        why = error if str(error) else say("the keyring failed")
        raise SecretError(say("{where}: {why}", where=where, why=why)) from error
    if password is None:
        raise SecretError(
            say(
                "{where} does not exist; make it with: keyring set {keyring_service} {entry}",
                where=where,
                keyring_service=KEYRING_SERVICE,
                entry=entry,
            )
        )
    return password
