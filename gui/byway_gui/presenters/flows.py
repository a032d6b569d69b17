"""A connection's cells."""

from __future__ import annotations

import time
from enum import IntEnum

from byway_core.model.decision import Network
from byway_core.model.flow import FlowSnapshot, FlowState, HostSource


class Column(IntEnum):
    TIME = 0
    PROGRAM = 1
    DESTINATION = 2
    LEARNED = 3
    ACTION = 4
    RULE = 5
    STATE = 6
    BYTES = 7


HEADERS = {
    Column.TIME: "Time",
    Column.PROGRAM: "Program",
    Column.DESTINATION: "Destination",
    Column.LEARNED: "Name known by",
    Column.ACTION: "Goes",
    Column.RULE: "Rule",
    Column.STATE: "State",
    Column.BYTES: "Sent / received",
}
_LEARNED = {
    HostSource.NONE: "address only",
    HostSource.DNS: "DNS",
    HostSource.SNI: "TLS name",
    HostSource.HTTP: "HTTP Host",
    HostSource.REQUEST: "proxy request",
}
_STATES = {
    FlowState.SNIFFING: "looking for a name",
    FlowState.CONNECTING: "connecting",
    FlowState.OPEN: "open",
    FlowState.CLOSED: "closed",
}
_UNITS = ("B", "kB", "MB", "GB", "TB")


def cell(flow: FlowSnapshot, column: int) -> str:
    """The text of one cell."""
    match column:
        case Column.TIME:
            return time.strftime("%H:%M:%S", time.localtime(flow.opened))
        case Column.PROGRAM:
            return flow.program or "local port"
        case Column.DESTINATION:
            return destination(flow)
        case Column.LEARNED:
            return _LEARNED[flow.host_source]
        case Column.ACTION:
            return flow.action
        case Column.RULE:
            return _rule(flow)
        case Column.STATE:
            return flow.reason or _STATES[flow.state]
    return f"{size(flow.up)} / {size(flow.down)}"


def destination(flow: FlowSnapshot) -> str:
    """`host:port`, or `address:port` where no name is known."""
    host = flow.host or flow.address
    udp = " udp" if flow.network is Network.UDP else ""
    return f"[{host}]:{flow.port}{udp}" if ":" in host else f"{host}:{flow.port}{udp}"


def details(flow: FlowSnapshot) -> str:
    """All there is to know, for a tooltip; a line each."""
    address = f" ({flow.address})" if flow.host and flow.address else ""
    lines = [
        f"{destination(flow)}{address}",
        f"from {flow.source} port {flow.source_port}",
        f"{flow.action or 'not decided'}, by {_rule(flow) or 'no rule yet'}",
        f"{flow.up:,} bytes sent, {flow.down:,} received",
    ]
    if flow.program:
        lines.insert(0, flow.program)
    if flow.reason:
        lines.append(flow.reason)
    return "\n".join(lines)


def size(count: int) -> str:
    """Bytes as people say them: three digits and a decimal unit."""
    value = float(count)
    for unit in _UNITS:
        if value < 999.5 or unit == _UNITS[-1]:
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" or value >= 99.95 else f"{value:.1f} {unit}"


def _rule(flow: FlowSnapshot) -> str:
    if flow.rule_index is None:
        return "no rule matched" if flow.action else ""
    return f"{flow.rule_index + 1}: {flow.rule}"
