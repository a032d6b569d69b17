"""All there is to know of one connection, for a panel, a tooltip, the clipboard."""

from __future__ import annotations

import time

from byway_core.model.decision import DIRECT, REJECT, Network, Process
from byway_core.model.flow import FlowSnapshot, FlowState, HostSource
from byway_gui.presenters.flows import (
    STILL,
    Rates,
    application,
    destination,
    duration,
    endpoint,
    goes,
    lasted,
    program,
    rate,
    rule,
    size,
    state,
)
from byway_gui.words import tr, translated

# What it is, and what is so.
Fact = tuple[str, str]


def facts(flow: FlowSnapshot, rates: Rates, now: float) -> list[Fact]:
    """In the order of a connection's life. How many there are, and their labels, depend on `flow`
    only where something has become known or it has ended."""
    ended = flow.state is FlowState.CLOSED
    lines = [
        (tr("Name"), flow.host or tr("not known: only the address is")),
        *([(tr("Learned from"), _source(flow))] if flow.host else []),
        (tr("Address"), flow.address or tr("not known: the upstream looks the name up")),
        (tr("Port"), f"{flow.port} {'UDP' if flow.network is Network.UDP else 'TCP'}"),
        (tr("From"), endpoint(flow.source, flow.source_port)),
        (tr("Program"), program(application(flow))),
        *([(tr("Process"), _process(flow.process))] if flow.process else []),
        (tr("Goes"), _way(flow)),
        *([(tr("Group"), _group(flow))] if flow.because else []),
        (tr("Rule"), rule(flow) or tr("not decided yet")),
        (tr("State"), tr("ended") if ended else state(flow)),
    ]
    if ended:
        lines.append((tr("Why it ended"), translated(flow.reason) or tr("closed by both sides")))
    lines.append((tr("Started"), moment(flow.opened)))
    if flow.closed:
        lines.append((tr("Ended"), moment(flow.closed)))
    lines += [
        (tr("Lasted") if ended else tr("Age"), duration(lasted(flow, now))),
        (tr("Received"), _bytes(flow.down, rates[1])),
        (tr("Sent"), _bytes(flow.up, rates[0])),
        (tr("Number"), flow.id),
    ]
    return lines


def brief(flow: FlowSnapshot) -> str:
    """The most telling ones, for a tooltip; a line each."""
    address = f" ({flow.address})" if flow.host and flow.address else ""
    lines = [
        application(flow),
        f"{destination(flow)}{address}",
        tr("from {source}", source=endpoint(flow.source, flow.source_port)),
        " · ".join(filter(None, (goes(flow), rule(flow)))) or tr("not decided yet"),
        tr("{up} sent, {down} received", up=size(flow.up), down=size(flow.down)),
        translated(flow.reason),
    ]
    return "\n".join(filter(None, lines))


def as_text(flow: FlowSnapshot, now: float) -> str:
    """`facts` as lines of text."""
    return "\n".join(f"{label}: {value}" for label, value in facts(flow, STILL, now))


def moment(when: float) -> str:
    """Date and time in the user's zone."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when))


def _process(process: Process) -> str:
    program = process.path or process.name or tr("not known")
    return tr("{program}, of user number {uid}", program=program, uid=process.uid)


def _way(flow: FlowSnapshot) -> str:
    way = flow.member or flow.action
    if way == str(DIRECT):
        return tr("directly, without an upstream")
    if way == str(REJECT):
        return tr("nowhere: refused")
    return tr("through the upstream {name}", name=way) if way else ""


def _group(flow: FlowSnapshot) -> str:
    """Which, and why it has this member."""
    return tr("{group}: {member}", group=flow.action, member=translated(flow.because))


def _source(flow: FlowSnapshot) -> str:
    return {
        HostSource.NONE: "",
        HostSource.DNS: tr("Byway's answer to the program's DNS question"),
        HostSource.SNI: tr("the server name in the TLS greeting"),
        HostSource.HTTP: tr("the Host line of the HTTP request"),
        HostSource.QUIC: tr("the server name in the first QUIC packets"),
        HostSource.REQUEST: tr("the program's request to the local port"),
        HostSource.FAKE: tr("the address, which Byway gave out in its place"),
    }[flow.host_source]


def _bytes(count: int, speed: float) -> str:
    exact = tr("{n} bytes", n=f"{count:,}")
    return "  ·  ".join(filter(None, (exact, size(count) if count > 999 else "", rate(speed))))
