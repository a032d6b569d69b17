"""The engine in this process: the local proxy port under the user's profile, on and off.

Every way it can stand is a `Standing`; whoever shows it is told of each change.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from byway_core.api import ControlServer, Engine, Identity, Kind
from byway_core.api.profiles import (
    ReadProfile,
    create_profile,
    default_profile,
    read_profile,
    reveal_passwords,
)
from byway_core.api.proxy_variables import set_commands
from byway_core.model.errors import BywayError, Problem, ProfileError, SecretError
from byway_core.model.events import EventKind
from byway_core.model.flow import FlowSnapshot
from byway_core.model.profile import Passwords
from byway_gui.engine_link.inbox import Inbox
from byway_gui.presenters.standing import Phase, Standing

__all__ = ["OwnEngine", "default_profile"]

_log = logging.getLogger(__name__)

# Changes kept until the next batch is made. With more, all flows of the ledger (some 1,000 ended
# ones and the live ones) are looked at instead, which is no more work.
_MOST_CHANGES = 2000

Revealed = Callable[[ReadProfile, Passwords], None]


class OwnEngine:
    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        profile: Path,
        inbox: Inbox,
        changed: Callable[[Standing], None],
    ) -> None:
        """Reads the profile; nothing is opened yet."""
        self._loop = loop
        self._inbox = inbox
        self._changed = changed
        self._read: ReadProfile | None = None
        self._passwords = Passwords()
        self._engine: Engine | None = None
        self._control: ControlServer | None = None
        self._waiting: object = None  # the answer to this fetching of passwords is awaited
        self._source = 0
        self._changes: list[Callable[[], FlowSnapshot]] = []
        inbox.filled_by(self._fill)
        self.standing = Standing(Phase.NO_PROFILE, profile)
        self.reload()

    # -- what a user can do

    def reload(self) -> None:
        """Read the profile again. While on, new connections follow its rules at once, and a
        profile that cannot be used leaves those of before in force."""
        self._waiting = None
        if self._look() and self._engine is not None:
            self._reveal(self._use)

    def create(self, text: str) -> None:
        """Make the profile, for a user who has none, and read it. OSError where that fails."""
        with suppress(FileExistsError):  # made meanwhile by somebody else: it is read
            create_profile(self.standing.profile, text)
        self.reload()

    def toggle(self) -> None:
        """On, under the profile as its file is now; or off: live connections are reset."""
        if self._engine is not None:
            self.close()
            self._look()
        elif self._look() and self.standing.port is not None:
            self._become(Phase.STARTING)
            self._reveal(self._start)

    def proxy_commands(self) -> str:
        """Shell commands that point programs to the open port; "" where it is not open."""
        engine = self._engine
        if engine is None or engine.mixed_port is None:
            return ""
        return set_commands(engine.mixed_port, engine.profile, self._passwords)

    def close(self) -> None:
        """End the engine, if there is one; `standing` is left to the caller."""
        self._waiting = None
        if self._engine is None:
            return
        self._engine.close()
        if self._control is not None:
            self._control.close()  # after it: whoever follows is told what the end ends
        self._fill()  # what the ending itself has changed
        self._inbox.end(self._source)
        self._engine = self._control = None

    # -- the profile

    def _look(self) -> bool:
        """Read the file; True where it is valid."""
        path = self.standing.profile
        try:
            self._read = read_profile(path)
        except ProfileError as error:
            if self._engine is not None:
                sentence = "the profile cannot be used any more; the rules of before stay in force"
                self._become(Phase.ON, sentence, error.problems)
            elif _missing(path):
                self._become(Phase.NO_PROFILE)
            else:
                self._become(Phase.INVALID, problems=error.problems)
            return False
        if self._engine is None:
            has_port = self._read.value.general.mixed_port is not None
            self._become(Phase.OFF if has_port else Phase.NO_PORT, problems=self._read.warnings)
        return True

    def _reveal(self, then: Revealed) -> None:
        """Fetch the profile's passwords in a thread, as a keyring may ask its user, and go on with
        `then`, or with what went wrong."""
        read = self._read
        assert read is not None  # noqa: S101 - only called after it was read
        ticket = self._waiting = object()

        def work() -> None:
            try:
                answer: Passwords | SecretError = reveal_passwords(read)
            except SecretError as error:
                answer = error
            except Exception as error:  # a keyring's backend, which can be anything
                _log.exception("the passwords could not be fetched")
                answer = SecretError(f"the passwords could not be fetched: {error}")
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(settle, answer)

        def settle(answer: Passwords | SecretError) -> None:
            if self._waiting is not ticket:
                return
            self._waiting = None
            if isinstance(answer, SecretError):
                self._fail(str(answer))
            else:
                then(read, answer)

        threading.Thread(target=work, name="byway-passwords", daemon=True).start()

    # -- the engine

    def _start(self, read: ReadProfile, passwords: Passwords) -> None:
        port = read.value.general.mixed_port
        assert port is not None  # noqa: S101 - `toggle` has looked
        # One worker: more would be forked, and this process has threads.
        engine = Engine(read.value, passwords, Identity(Kind.DESKTOP, str(read.path)), workers=1)
        engine.start(self._loop)
        try:
            engine.open_mixed_port(port)
        except (BywayError, OSError) as error:
            engine.close()
            self._fail(getattr(error, "strerror", None) or str(error))
            return
        self._engine, self._passwords = engine, passwords
        self._source = self._inbox.new_source()
        engine.ledger.subscribe(self._happened)
        try:
            self._control = ControlServer.open(self._loop, engine)
        except (BywayError, OSError) as error:
            _log.warning("other programs cannot see this engine: %s", error)
        self._become(Phase.ON, problems=read.warnings)

    def _use(self, read: ReadProfile, passwords: Passwords) -> None:
        engine = self._engine
        assert engine is not None  # noqa: S101 - turning off cancels what is waited for
        engine.use(read.value, passwords)
        self._passwords = passwords
        moved = read.value.general.mixed_port != engine.mixed_port
        sentence = "the port changes when it is turned off and on" if moved else ""
        self._become(Phase.ON, sentence, read.warnings)

    def _fail(self, sentence: str) -> None:
        if self._engine is None:
            self._become(Phase.FAILED, sentence)
        else:
            self._become(Phase.ON, f"{sentence}; the rules of before stay in force")

    def _become(self, phase: Phase, sentence: str = "", problems: tuple[Problem, ...] = ()) -> None:
        engine, rules, port = self._engine, 0, None
        if engine is not None:
            rules, port = len(engine.profile.rules), engine.mixed_port
        elif self._read is not None:
            rules, port = len(self._read.value.rules), self._read.value.general.mixed_port
        path = self.standing.profile
        self.standing = Standing(phase, path, rules, port, sentence, problems)
        self._changed(self.standing)

    # -- its flows

    def _happened(self, kind: EventKind, render: Callable[[], FlowSnapshot]) -> None:
        """On the way of a connection: no more than an append."""
        if len(self._changes) <= _MOST_CHANGES:
            self._changes.append(render)
            self._inbox.wake()

    def _fill(self) -> None:
        changes, self._changes = self._changes, []
        if len(changes) > _MOST_CHANGES and self._engine is not None:
            self._inbox.void(self._source)
            for flow in self._engine.ledger.snapshots():
                self._inbox.put(self._source, flow)
            return
        for render in changes:
            self._inbox.put(self._source, render())


def _missing(path: Path) -> bool:
    """Whether there is no file, as opposed to one that cannot be read."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
