"""One thing that was recognised on the machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """In the order in which they are shown."""

    CONFLICT = "conflict"  # something does not work, or goes past the rules, until it is cured
    NOTE = "note"  # it works, with a limit that a user should know
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Finding:
    """`seen`: how it was recognised; `follows`: a sentence on what that means for Byway; `remedy`:
    the commands of a cure, one a line, a line that begins with # being words."""

    name: str
    seen: str
    follows: str
    severity: Severity = Severity.FINE
    remedy: tuple[str, ...] = ()
