"""The open profile: its text, what it means, and what is wrong with it.

The file is the truth. Others may change it (an editor, `byway`), which is noticed; what a page
changes is checked, saved, and then told like any other change.
"""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from byway_core.api.profiles import ChangedError, Draft, create_profile
from byway_core.model.errors import Problem, ProfileError
from byway_core.model.profile import Profile
from byway_gui.words import tr

# Milliseconds after the last of several changes: editors write in steps.
_SETTLES = 100


class ProfileStore(QObject):
    """`changed`: draft, profile or problems are others now. `failed(sentence)`: what was to be
    saved is not. `profile` is the last valid one."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.draft: Draft | None = None
        self.profile: Profile | None = None
        self.problems: tuple[Problem, ...] = ()
        self.is_valid = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.read)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._stirred)
        self._watcher.directoryChanged.connect(self._stirred)
        self.read()

    @property
    def is_missing(self) -> bool:
        """Whether there is no file yet, as opposed to one that cannot be read."""
        return self.draft is None and not self.problems

    def open(self, path: Path) -> None:
        """Another file, from here on."""
        self.path = path
        self.profile = None  # the former's
        self.read()

    def copy(self, path: Path) -> bool:
        """Make the open profile's text another file's, and open that."""
        if self.draft is None:
            return False
        former, text = self.path, self.draft.text
        self.open(path)
        if self.create(text):
            return True
        self.open(former)
        return False

    def close(self) -> None:
        """Nothing is told any more."""
        self._timer.stop()
        self._watcher.blockSignals(True)
        self._watcher.deleteLater()  # a user has 128 of what the kernel gives it (inotify(7))
        self.blockSignals(True)

    def read(self) -> None:
        """The file as it is now."""
        before = self.draft, self.problems, self.is_valid
        self.draft, self.problems, self.is_valid = None, (), False
        if os.path.lexists(self.path):
            try:
                self.draft = Draft.read(self.path)
                self._check()
            except ProfileError as error:
                self.problems = error.problems
        self._watch()
        if (self.draft, self.problems, self.is_valid) != before:
            self.changed.emit()

    def commit(self, draft: Draft) -> bool:
        """Check it, save it, and tell of it; False where that could not be, which `failed` says.
        One that is not valid is not saved: it would keep Byway from being turned on."""
        if self.draft is not None and draft.text == self.draft.text:
            return True
        try:
            draft.check()
            draft.save()
        except ProfileError as error:
            first = next(each for each in error.problems if not each.warning)
            self.failed.emit(tr("Not saved: {why}", why=first.message))
            return False
        except ChangedError:
            self.failed.emit(
                tr("Not saved: another program has changed the profile meanwhile. Here it is now.")
            )
            self.read()
            return False
        except OSError as error:
            self.failed.emit(
                tr("Not saved: {file}: {why}", file=self.path, why=error.strerror or error)
            )
            return False
        self.read()
        return True

    def create(self, text: str) -> bool:
        """A first profile."""
        try:
            create_profile(self.path, text)
        except FileExistsError:
            pass  # made meanwhile by somebody else: it is read
        except OSError as error:
            self.failed.emit(
                tr("Not saved: {file}: {why}", file=self.path, why=error.strerror or error)
            )
            return False
        self.read()
        return True

    def targets(self) -> list[str]:
        """Where a rule may send what it matches."""
        draft = self.draft
        tables = (*draft.upstreams, *draft.groups) if draft else ()
        names = [str(each.get("name", "")) for each in tables]
        return ["DIRECT", "REJECT", *filter(None, names)]

    def _check(self) -> None:
        assert self.draft is not None  # noqa: S101 - it has just been read
        read = self.draft.check()
        self.profile, self.problems, self.is_valid = read.value, read.warnings, True

    def _stirred(self) -> None:
        self._timer.start(_SETTLES)

    def _watch(self) -> None:
        """The file anew each time: one that another has taken the place of is not told of any
        more. And its folder, or the next above it that is there, for what comes and goes."""
        folder = next(each for each in self.path.parents if os.path.isdir(each))
        watched = {*self._watcher.files(), *self._watcher.directories()} - {str(folder)}
        if watched:
            self._watcher.removePaths(list(watched))
        self._watcher.addPaths([str(each) for each in (folder, self.path) if os.path.exists(each)])
