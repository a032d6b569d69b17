"""What crosses the system bus: names, signatures, and a request as numbers. Pure; for both ends.

Networks come as bytes, everything that has a few forms as one of a few words, interfaces as names
that the kernel has; marks, ports, paths and texts do not come at all. What is not known is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from byway_helper.contract import MAX_BYPASS, VERSION, Family, Mode, Plan, Udp

BUS_NAME = "io.github.byway.Helper1"
PATH = "/io/github/byway/Helper1"
INTERFACE = "io.github.byway.Helper1"

# A system bus takes 16 descriptors in a message, and a worker has two listeners and a channel.
MAX_WORKERS = 4


class Verb(Enum):
    """The methods, with the signature of what each takes and gives.

    Start puts a plan into force and hands over its sockets: the listeners of each worker, UDP
    receivers, raw senders, and for each worker the channel of marked sockets. Update changes the
    bypassed networks, Stop takes everything back; both are the owner's. Status is everybody's.
    Repair takes back what nobody owns any more.
    """

    START = ("Start", "sa{sv}", "aahahahah")
    UPDATE = ("Update", "ay", "")
    STOP = ("Stop", "", "")
    STATUS = ("Status", "", "a{sv}")
    REPAIR = ("Repair", "", "")

    def __init__(self, member: str, takes: str, gives: str) -> None:
        self.member = member
        self.takes = takes
        self.gives = gives


class Action(Enum):
    """polkit's, as in the policy file."""

    INTERCEPT = "io.github.byway.intercept"
    GATEWAY = "io.github.byway.gateway"
    KILL_SWITCH = "io.github.byway.kill-switch"


ENDED = "Ended"  # the signal to an owner whose lease somebody's Repair has ended


class Fault(Enum):
    """Error names, below INTERFACE."""

    INVALID = "Invalid"  # the request is none
    VERSION = "Version"  # of another version of this contract
    BUSY = "Busy"  # somebody else has the machine
    NOT_OWNER = "NotOwner"
    DENIED = "Denied"
    DISMISSED = "Dismissed"  # the user closed the question
    NO_AGENT = "NoAgent"  # nobody could ask the user
    FAILED = "Failed"  # the kernel refused; the text says what
    OVERLOADED = "Overloaded"  # too many calls at once


class RefusedError(ValueError):
    """A request that is not taken, for a reason that the caller may read."""

    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


Network = IPv4Network | IPv6Network
Option = tuple[str, object]  # signature and value


@dataclass(frozen=True, slots=True)
class Request:
    """What Start asks for."""

    plan: Plan
    workers: int = 1
    kill_switch: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.workers <= MAX_WORKERS:
            raise ValueError(f"workers: 1 to {MAX_WORKERS}")

    @property
    def actions(self) -> tuple[Action, ...]:
        """What the caller must be allowed, the first question first."""
        gateway = self.plan.mode is Mode.GATEWAY
        first = Action.GATEWAY if gateway else Action.INTERCEPT
        return (first, Action.KILL_SWITCH) if self.kill_switch else (first,)


_SIGNATURES = {
    "version": "u",
    "families": "ay",
    "udp": "s",
    "bypass": "ay",
    "lan": "as",
    "workers": "u",
    "kill-switch": "b",
}


def decoded(mode: str, options: Mapping[str, Option]) -> Request:
    """The request that Start's arguments mean; RefusedError where they mean none."""
    values: dict[str, Any] = {name: value for name, (_, value) in options.items()}
    if options.get("version") != ("u", VERSION):  # before what another version may not know
        raise RefusedError(Fault.VERSION, f"this helper speaks version {VERSION} of the contract")
    for name, (signature, _) in options.items():
        if _SIGNATURES.get(name) != signature:
            known = ", ".join(f"{key} ({kind})" for key, kind in _SIGNATURES.items())
            raise RefusedError(Fault.INVALID, f"an unknown option; there are {known}")
    bypass = decoded_networks(values.get("bypass", b""))
    try:
        wanted, families = Mode(mode), tuple(map(Family, values["families"]))
        if wanted is Mode.NAMESPACE:
            raise ValueError("an own namespace needs no helper")
        plan = Plan(
            wanted, families, Udp(values["udp"]), bypass=bypass, lan=tuple(values.get("lan", ()))
        )
        return Request(plan, values["workers"], kill_switch=values.get("kill-switch", False))
    except (ValueError, KeyError) as error:
        raise RefusedError(Fault.INVALID, f"not a request: {error}") from None


def decoded_networks(networks: bytes) -> tuple[Network, ...]:
    """For each its version (4 or 6), its prefix's length, its address: one string of bytes and not
    an array of structures, which D-Bus libraries read at some 10,000 a second. RefusedError for
    what is no network, and for too many."""
    found: list[Network] = []
    rest = memoryview(networks)
    try:
        while rest:
            kind, size = _KINDS[rest[0]]
            found.append(kind((bytes(rest[2 : 2 + size]), rest[1])))
            rest = rest[2 + size :] if len(found) <= MAX_BYPASS else rest[:0]
    except (ValueError, KeyError, IndexError):
        raise RefusedError(Fault.INVALID, "not a network among the bypassed ones") from None
    if len(found) > MAX_BYPASS:
        raise RefusedError(Fault.INVALID, f"more than {MAX_BYPASS} bypassed networks")
    return tuple(found)


_KINDS: dict[int, tuple[type[Network], int]] = {4: (IPv4Network, 4), 6: (IPv6Network, 16)}
