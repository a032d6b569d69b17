"""One flow as a tuple of plain values, as it travels from a worker to the ledger. Pure.

Plain values because marshal takes them in a microsecond, and reads back nothing that could run.
"""

from __future__ import annotations

from typing import Final

from byway_core.model.decision import Action, Decision, Network, Process, Verdict
from byway_core.model.flow import Flow, FlowState, HostSource
from byway_core.model.sentence import Parts, put_together, taken_apart

# id, opened, closed, network, source, source port, address, port, host, how it was learned,
# verdict ("": none yet), upstream, rule index, state, up, down, reason (taken apart), program,
# process, member of a group, why that (taken apart)
Record = tuple[
    int,
    float,
    float,
    str,
    str,
    int,
    str,
    int,
    str,
    str,
    str,
    str,
    int | None,
    str,
    int,
    int,
    Parts,
    str,
    tuple[str, str, int] | None,
    str,
    Parts,
]

# Places in a record: the ledger reads these of every one, and the rest when somebody looks.
ID: Final = 0
ADDRESS: Final = 6
VERDICT: Final = 10
UPSTREAM: Final = 11
RULE: Final = 12
UP: Final = 14
DOWN: Final = 15
MEMBER: Final = 19

# Faster than calling the enums, which goes through Python code for each.
NETWORKS = {member.value: member for member in Network}
STATES = {member.value: member for member in FlowState}
_HOST_SOURCES = {member.value: member for member in HostSource}
_VERDICTS = {member.value: member for member in Verdict}


def pack(flow: Flow) -> Record:
    """`_value_` where `value` is meant: for enums the latter is a function in Python, and this runs
    once for every connection."""
    decision = flow.decision
    named, upstream, index = "", "", None
    if decision is not None:
        (verdict, upstream), index = decision
        named = verdict._value_
    return (
        flow.id,
        flow.opened,
        flow.closed,
        flow.network._value_,
        flow.source,
        flow.source_port,
        flow.asked_address,
        flow.port,
        flow.host,
        flow.host_source._value_,
        named,
        upstream,
        index,
        flow.state._value_,
        flow.up,
        flow.down,
        taken_apart(flow.reason),
        flow.program,
        packed_process(flow.process),
        flow.member,
        taken_apart(flow.because),
    )


def packed_process(process: Process | None) -> tuple[str, str, int] | None:
    """As marshal takes it, for which a named tuple is none."""
    return process and (process.path, process.name, process.uid)


def unpack(record: Record) -> Flow:
    """The flow of a record."""
    flow = Flow(record[0], record[4], record[5], record[6], record[7])
    flow.opened = record[1]
    flow.closed = record[2]
    flow.network = NETWORKS[record[3]]
    flow.host = record[8]
    flow.host_source = _HOST_SOURCES[record[9]]
    verdict = record[10]
    flow.decision = (
        Decision(Action(_VERDICTS[verdict], record[11]), record[12]) if verdict else None
    )
    flow.state = STATES[record[13]]
    flow.up = record[14]
    flow.down = record[15]
    flow.reason = put_together(record[16])
    flow.program = record[17]
    flow.process = record[18] and Process(*record[18])
    flow.member = record[19]
    flow.because = put_together(record[20])
    return flow
