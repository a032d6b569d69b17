"""The few errors of the domain. Each has a builtin parent, so that callers may be general."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class BywayError(Exception):
    """The parent of all that Byway raises on purpose; its text is fit for a user to read."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong (or, as a warning, unwise) in a profile.

    `line` and `column` count from 1 and are 0 where the whole file is meant. `expected` says what
    would have been right, `nearest` is the closest valid form or "".
    """

    line: int
    column: int
    message: str
    expected: str = ""
    nearest: str = ""
    warning: bool = False


class Area(Enum):
    """What of an engine a trouble is about."""

    NAMES = "names"  # a DNS server
    FAKE_ADDRESSES = "fake addresses"
    PROGRAMS = "programs"  # which of them a connection is of


@dataclass(frozen=True, slots=True)
class Trouble:
    """What does not work in a running engine at present: a sentence without a full stop."""

    area: Area
    text: str


class RuleError(BywayError, ValueError):
    """A rule's text that cannot be read.

    `offset` is the position within the text, from 0, where it went wrong.
    """

    def __init__(self, message: str, *, offset: int = 0, expected: str = "", nearest: str = ""):
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.expected = expected
        self.nearest = nearest


class ProfileError(BywayError, ValueError):
    """A profile that is not valid; `problems` has every reason at once, in file order."""

    def __init__(self, path: str, problems: tuple[Problem, ...]):
        super().__init__(f"{path}: {len(problems)} problem(s)")
        self.path = path
        self.problems = problems


class ChangedError(BywayError, OSError):
    """A profile's file is not any more what was read: somebody else has changed or removed it."""


class SecretError(BywayError, LookupError):
    """A password that the profile refers to cannot be had (variable unset, file unreadable, …)."""


class ProtocolError(BywayError, ValueError):
    """A peer's bytes break the protocol it is expected to speak."""


class Refusal(Enum):
    """Why an upstream said no, and so what that says about the upstream itself."""

    AUTHENTICATION = "authentication"  # it will say no to everything until the password is right
    FORBIDDEN = "forbidden"  # its rules forbid this destination; the upstream is well
    UNREACHABLE = "unreachable"  # the destination could not be reached; the upstream is well
    UNSUITABLE = "unsuitable"  # this kind of server cannot carry this; the profile is wrong
    FAILED = "failed"  # it gave no reason, or hung up


class RefusedError(BywayError, ConnectionRefusedError):
    """An upstream understood the request and said no; the text says why in the user's words."""

    def __init__(self, message: str, kind: Refusal = Refusal.FAILED) -> None:
        super().__init__(message)
        self.kind = kind


class InterceptError(BywayError, OSError):
    """Interception could not be set up; the text says what the machine forbids and the cure."""


class HelperFault(Enum):
    """Why the privileged helper did not do what was asked; all but the last six are its own words
    (`byway_helper.protocol.Fault`)."""

    INVALID = "Invalid"
    VERSION = "Version"
    BUSY = "Busy"
    NOT_OWNER = "NotOwner"
    DENIED = "Denied"
    DISMISSED = "Dismissed"
    NO_AGENT = "NoAgent"
    FAILED = "Failed"
    OVERLOADED = "Overloaded"
    MISSING = "missing"  # it is not installed
    BROKEN = "broken"  # or it is, and does not start
    SILENT = "silent"  # or it does not answer
    NO_BUS = "no bus"  # there is no system bus, or not any more
    OLD_HELPER = "old helper"  # its contract is of a version before ours
    OLD_BYWAY = "old byway"  # or of a later one


class HelperError(BywayError, OSError):
    """The privileged helper said no, or could not be asked; the text says why."""

    def __init__(self, fault: HelperFault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


class NotTakenError(BywayError, RuntimeError):
    """The file is right, and cannot be taken; the text says why."""
