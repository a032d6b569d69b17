"""A connection's words: its cells, and all there is to know of it."""

from __future__ import annotations

import time
from enum import Enum, IntEnum, auto

from byway_core.api.rules import program_of
from byway_core.model.decision import REJECT, Network
from byway_core.model.flow import FlowSnapshot, FlowState, HostSource
from byway_gui.presenters.targets import target
from byway_gui.words import tr, translated

# Bytes a second from the program, and to it.
Rates = tuple[float, float]
STILL: Rates = (0.0, 0.0)

_REJECT = str(REJECT)


class Column(IntEnum):
    """In the order in which they stand at first. What changes while a connection lives comes last,
    so that a change is one span of cells."""

    TIME = 0
    PROGRAM = auto()
    DESTINATION = auto()
    ADDRESS = auto()
    SOURCE = auto()
    LEARNED = auto()
    ACTION = auto()
    RULE = auto()
    STATE = auto()
    DOWN_RATE = auto()
    UP_RATE = auto()
    RECEIVED = auto()
    SENT = auto()
    BYTES = auto()
    AGE = auto()


# Cells that change with a connection's byte counts and with time alone: from the first to the last.
COUNTERS = (Column.DOWN_RATE, Column.AGE)
# Told apart by their last digits, so these stand below each other.
NUMBERS = frozenset(range(Column.DOWN_RATE, Column.AGE + 1))


class Mark(Enum):
    """What a row is, beside its words."""

    LIVE = auto()
    ENDED = auto()
    REFUSED = auto()  # by a rule


def mark(flow: FlowSnapshot) -> Mark:
    if flow.action == _REJECT:
        return Mark.REFUSED
    return Mark.ENDED if flow.state is FlowState.CLOSED else Mark.LIVE


def header(column: int) -> str:
    return {
        Column.TIME: tr("Started"),
        Column.PROGRAM: tr("Program"),
        Column.DESTINATION: tr("Destination"),
        Column.ADDRESS: tr("Address"),
        Column.SOURCE: tr("From"),
        Column.LEARNED: tr("Name known by"),
        Column.ACTION: tr("Goes"),
        Column.RULE: tr("Rule"),
        Column.STATE: tr("State"),
        Column.DOWN_RATE: tr("Down/s"),
        Column.UP_RATE: tr("Up/s"),
        Column.RECEIVED: tr("Received"),
        Column.SENT: tr("Sent"),
        Column.BYTES: tr("Total"),
        Column.AGE: tr("Age"),
    }[Column(column)]


def cell(flow: FlowSnapshot, column: int, rates: Rates = STILL, now: float = 0.0) -> str:
    """The text of one cell. `now` as time.time() gives it."""
    match column:
        case Column.TIME:
            return time.strftime("%H:%M:%S", time.localtime(flow.opened))
        case Column.DESTINATION:
            return destination(flow)
        case Column.AGE:
            return duration(lasted(flow, now))
        case Column.UP_RATE:
            return rate(rates[0])
        case Column.DOWN_RATE:
            return rate(rates[1])
        case Column.SENT:
            return size(flow.up)
        case Column.RECEIVED:
            return size(flow.down)
        case Column.BYTES:
            return size(flow.up + flow.down)
    return _word(flow, column)


def _word(flow: FlowSnapshot, column: int) -> str:
    match column:
        case Column.PROGRAM:
            return program(application(flow))
        case Column.ADDRESS:
            return flow.address
        case Column.SOURCE:
            return endpoint(flow.source, flow.source_port)
        case Column.LEARNED:
            return learned(flow)
        case Column.ACTION:
            return goes(flow)
        case Column.RULE:
            return rule(flow)
    return state(flow)


def goes(flow: FlowSnapshot) -> str:
    """Where it goes: a group with the member that it has."""
    if not flow.member:
        return target(flow.action)
    return tr("{member} ({group})", member=target(flow.member), group=flow.action)


def application(flow: FlowSnapshot) -> str:
    """What a connection comes from: the command that was started for it, else its process as rules
    name it; "" where neither is known."""
    return flow.program or program_of(flow.process)


def program(command: str) -> str:
    """What a program is called, which may not be known."""
    return command or tr("not known")


def destination(flow: FlowSnapshot) -> str:
    """`host:port`, or `address:port` where no name is known."""
    udp = " udp" if flow.network is Network.UDP else ""
    return f"{endpoint(flow.host or flow.address, flow.port)}{udp}"


def endpoint(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def rule(flow: FlowSnapshot) -> str:
    """The one that decided, with its number as a list of rules counts them."""
    if flow.rule_index is None:
        return tr("no rule matched") if flow.action else ""
    return f"{flow.rule_index + 1}: {flow.rule}"


def learned(flow: FlowSnapshot) -> str:
    """How its name came to be known, in two words."""
    return {
        HostSource.NONE: tr("address only"),
        HostSource.DNS: tr("DNS"),
        HostSource.SNI: tr("TLS name"),
        HostSource.HTTP: tr("HTTP Host"),
        HostSource.QUIC: tr("QUIC name"),
        HostSource.REQUEST: tr("proxy request"),
        HostSource.FAKE: tr("fake address"),
    }[flow.host_source]


def state(flow: FlowSnapshot) -> str:
    """How it stands, or why it ended."""
    return (
        translated(flow.reason)
        or {
            FlowState.SNIFFING: tr("looking for a name"),
            FlowState.CONNECTING: tr("connecting"),
            FlowState.OPEN: tr("open"),
            FlowState.CLOSED: tr("closed"),
        }[flow.state]
    )


def lasted(flow: FlowSnapshot, now: float) -> float:
    """Seconds from its beginning to its end, or to now."""
    return max(0.0, (flow.closed or now) - flow.opened)


_UNITS = ("B", "kB", "MB", "GB", "TB")


def size(count: float) -> str:
    """Bytes as people say them: three digits and a decimal unit."""
    value = float(count)
    for unit in _UNITS:
        if value < 999.5 or unit == _UNITS[-1]:
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" or value >= 99.95 else f"{value:.1f} {unit}"


def rate(speed: float) -> str:
    """Bytes a second; nothing where nothing moves, so that what does is seen."""
    return tr("{size}/s", size=size(speed)) if speed >= 0.5 else ""


def duration(seconds: float) -> str:
    """As exactly as it is looked at: seconds for ten minutes, minutes for a day."""
    whole = int(seconds)
    if whole < 60:
        return tr("{s} s", s=whole)
    if whole < 600:
        return tr("{min} min {s} s", min=whole // 60, s=whole % 60)
    if whole < 3600:
        return tr("{min} min", min=whole // 60)
    if whole < 86400:
        return tr("{h} h {min} min", h=whole // 3600, min=whole // 60 % 60)
    return tr("{d} d {h} h", d=whole // 86400, h=whole // 3600 % 24)
