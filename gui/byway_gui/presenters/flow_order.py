"""What connections are sorted by."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from byway_core.model.flow import FlowSnapshot, FlowState
from byway_gui.presenters.flows import Column, Rates, application, goes, lasted, learned, state

# Of one column, comparable among themselves.
Value = float | str | tuple[int | str, int | str]

# These change while a connection lives, and an order by them is only renewed now and then.
CHANGING = frozenset(
    {
        Column.STATE,
        Column.DOWN_RATE,
        Column.UP_RATE,
        Column.RECEIVED,
        Column.SENT,
        Column.BYTES,
        Column.AGE,
    }
)

_LIFE = (FlowState.SNIFFING, FlowState.CONNECTING, FlowState.OPEN, FlowState.CLOSED)


def value(column: int) -> Callable[[FlowSnapshot, Rates, float], Value]:
    """From a flow, its rates and the time that it is: what a column sorts it by. The same within a
    column means the same cell, nearly; who asks breaks the tie."""
    return _VALUES[column]


def _address(text: str) -> tuple[int, int]:
    """As numbers go, the families apart; what is no address first."""
    try:
        parsed = ip_address(text)
    except ValueError:
        return 0, 0
    return parsed.version, int(parsed)


_VALUES: dict[int, Callable[[FlowSnapshot, Rates, float], Value]] = {
    Column.TIME: lambda flow, rates, now: flow.opened,
    Column.PROGRAM: lambda flow, rates, now: application(flow).casefold(),
    Column.DESTINATION: lambda flow, rates, now: (flow.host or flow.address, flow.port),
    Column.ADDRESS: lambda flow, rates, now: _address(flow.address),
    Column.SOURCE: lambda flow, rates, now: (flow.source, flow.source_port),
    Column.LEARNED: lambda flow, rates, now: learned(flow).casefold(),
    Column.ACTION: lambda flow, rates, now: goes(flow).casefold(),
    Column.RULE: lambda flow, rates, now: -1 if flow.rule_index is None else flow.rule_index,
    Column.STATE: lambda flow, rates, now: (_LIFE.index(flow.state), state(flow)),
    Column.DOWN_RATE: lambda flow, rates, now: rates[1],
    Column.UP_RATE: lambda flow, rates, now: rates[0],
    Column.RECEIVED: lambda flow, rates, now: flow.down,
    Column.SENT: lambda flow, rates, now: flow.up,
    Column.BYTES: lambda flow, rates, now: flow.up + flow.down,
    Column.AGE: lambda flow, rates, now: lasted(flow, now),
}
