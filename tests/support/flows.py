"""Flows and rules as the relay and a profile make them."""

from __future__ import annotations

from byway_core.model.decision import DIRECT, REJECT, Action, Decision, Verdict
from byway_core.model.flow import Flow, FlowState, HostSource
from byway_core.model.rule import Always, Rule

OFFICE = Action(Verdict.UPSTREAM, "office")


def rules(*texts: str) -> tuple[Rule, ...]:
    return tuple(Rule(Always(), OFFICE, text) for text in texts)


def flow(
    number: int,
    host: str = "www.example.com",
    decision: Decision | None = None,
    *,
    address: str = "192.0.2.1",
    program: str = "curl",
) -> Flow:
    """A flow that is about to be decided (DIRECT by no rule, if not said)."""
    made = Flow(number, "10.0.0.2", 40_000 + number, address, 443)
    made.host = host
    made.host_source = HostSource.DNS if host else HostSource.NONE
    made.decision = decision or Decision(DIRECT, None)
    made.state = FlowState.CONNECTING
    made.program = program
    return made


def end(flow: Flow, up: int = 0, down: int = 0, reason: str = "") -> Flow:
    flow.up, flow.down, flow.reason = up, down, reason
    flow.state = FlowState.CLOSED
    flow.closed = flow.opened + 1.5
    return flow


__all__ = ["DIRECT", "OFFICE", "REJECT", "end", "flow", "rules"]
