"""What the main process and its workers say to each other."""

from __future__ import annotations

from dataclasses import dataclass

from byway_core.relay.listener import Entrance
from byway_core.upstreams.standing import Doubt, Known

# -- to a worker ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listen:
    """Accept on the listening socket that comes along."""

    entrance: Entrance
    program: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Connect by the sockets that the channel which comes along gives."""


@dataclass(frozen=True, slots=True)
class LookInside:
    """Programs are those of an own namespace, which the socket that comes along asks about."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Names that were given out: (address, name, seconds to live)."""

    entries: tuple[tuple[str, str, int], ...]
    hearsay: bool


@dataclass(frozen=True, slots=True)
class FakesGiven:
    """Fake addresses that stand for names, (number, name), and the numbers that are refused where
    they stand for none."""

    given: tuple[tuple[int, str], ...]
    refused: range


@dataclass(frozen=True, slots=True)
class Silent:
    """What a relay has found out of a destination, for all others: see `SilentDestinations`. Goes
    both ways."""

    destination: tuple[str, int]
    is_silent: bool


@dataclass(frozen=True, slots=True)
class NewProfile:
    """As `composition.compose` has packed it. Answered by InUse, with the same number."""

    number: int
    packed: bytes


@dataclass(frozen=True, slots=True)
class GroupsKnown:
    """What is known of groups and their members."""

    known: Known


@dataclass(frozen=True, slots=True)
class CloseFlow:
    flow_id: int


@dataclass(frozen=True, slots=True)
class StopListening:
    pass


@dataclass(frozen=True, slots=True)
class Finish:
    """All programs have ended: see `Relay.finish`. Answered by Finished."""


# -- to the main process ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Flows:
    """A batch of the worker's ledger feed."""

    batch: bytes


@dataclass(frozen=True, slots=True)
class InUse:
    """Connections are decided by the profile of that number."""

    number: int


@dataclass(frozen=True, slots=True)
class GroupUsed:
    """A connection has asked this group for a member."""

    group: str


@dataclass(frozen=True, slots=True)
class MemberFailed:
    """See `Standing.fail`."""

    member: str
    words: str
    doubt: Doubt


@dataclass(frozen=True, slots=True)
class Finished:
    """Nothing that programs sent is on its way any more."""


@dataclass(frozen=True, slots=True)
class DnsConnection:
    """A program's connection to port 53, whose socket comes along."""
