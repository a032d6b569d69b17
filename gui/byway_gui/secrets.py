"""Passwords in the user's keyring: entries under the service "byway", named like profile and
upstream.

No Qt. The keyring may ask its user, so every call waits in a thread and its answer comes on the
loop.

An entry that no profile refers to any more is removed when the app ends and not before: until
then undo can bring the upstream back, and it must find its password.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import partial

from byway_core.api.upstream_table import KEYRING_SERVICE
from byway_gui.aside import aside

_log = logging.getLogger(__name__)

# Seconds that the app's end waits for entries to be removed: a keyring has done it in
# milliseconds, and one that wants to be unlocked for it asks a user who is leaving.
_FAREWELL = 3.0


class Access(Enum):
    DONE = "done"
    MISSING = "missing"  # there is no such entry
    LOCKED = "locked"  # and its user did not unlock it
    ABSENT = "absent"  # no keyring runs here
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """`detail` says what else is known of a failure, or ""."""

    access: Access
    password: str | None = None
    detail: str = ""


Then = Callable[[Answer], None]


class Secrets:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        # One call at a time: what is stored and then fetched comes in that order, and a user is
        # asked once for a keyring, not by each call.
        self._calls: deque[tuple[Callable[[], Answer], Then]] = deque()
        self._is_calling = False
        self._left: set[str] = set()

    def fetch(self, entry: str, then: Then) -> None:
        self._call(lambda: _fetch(entry), then)

    def store(self, entry: str, password: str, then: Then) -> None:
        self._call(lambda: _store(entry, password), then)

    def delete(self, entry: str, then: Then) -> None:
        """An entry that is not there is as good as deleted."""
        self._call(lambda: _delete(entry), then)

    def leave(self, entry: str) -> None:
        """The entry was an upstream's; where none has it in the end, `tidy` removes it."""
        self._left.add(entry)

    async def tidy(self, kept: Iterable[str]) -> None:
        """At the app's end: remove the entries that were left, but for those in `kept`."""
        gone = sorted(self._left.difference(kept))
        self._left.clear()
        waited = [asyncio.Event() for _ in gone]
        for entry, event in zip(gone, waited, strict=True):
            self.delete(entry, partial(_deleted, entry, event))
        try:
            async with asyncio.timeout(_FAREWELL):
                for event in waited:
                    await event.wait()
        except TimeoutError:
            _log.warning("the keyring did not answer; it may keep %s", ", ".join(gone))

    def _call(self, call: Callable[[], Answer], then: Then) -> None:
        self._calls.append((call, then))
        if not self._is_calling:
            self._next()

    def _next(self) -> None:
        call, then = self._calls.popleft()
        self._is_calling = True

        def answered(answer: Answer) -> None:
            self._is_calling = False
            if self._calls:
                self._next()
            then(answer)

        aside(self._loop, lambda: _guarded(call), answered, "byway-keyring")


def _deleted(entry: str, event: asyncio.Event, answer: Answer) -> None:
    if answer.access is not Access.DONE:
        _log.warning("the keyring's entry %s stays: %s", entry, answer.access.value)
    event.set()


def _guarded(call: Callable[[], Answer]) -> Answer:
    """The call's answer, whatever the keyring does."""
    import keyring.errors  # slow to import, and most users never come here

    try:
        return call()
    except keyring.errors.NoKeyringError:
        return Answer(Access.ABSENT)
    # The second: a keyring that is still to be made, and whose user did not choose a password.
    except (keyring.errors.KeyringLocked, keyring.errors.InitError):
        return Answer(Access.LOCKED)
    except keyring.errors.KeyringError as error:
        return Answer(Access.FAILED, detail=str(error))
    except Exception as error:  # a backend of somebody's own can raise anything
        _log.exception("the keyring failed")
        return Answer(Access.FAILED, detail=str(error))


def _fetch(entry: str) -> Answer:
    import keyring

    password = keyring.get_password(KEYRING_SERVICE, entry)
    return Answer(Access.MISSING if password is None else Access.DONE, password)


def _store(entry: str, password: str) -> Answer:
    import keyring

    keyring.set_password(KEYRING_SERVICE, entry, password)
    return Answer(Access.DONE)


def _delete(entry: str) -> Answer:
    import keyring
    import keyring.errors

    with suppress(keyring.errors.PasswordDeleteError):
        keyring.delete_password(KEYRING_SERVICE, entry)
    return Answer(Access.DONE)
