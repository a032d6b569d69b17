"""A connection as front ends are told of it."""

from __future__ import annotations

from byway_core.model.decision import Network
from byway_core.model.flow import FlowSnapshot, FlowState, HostSource

FLOW = FlowSnapshot(
    id="4711.3",
    opened=1_700_000_000.0,
    closed=0.0,
    network=Network.TCP,
    source="192.0.0.8",
    source_port=40000,
    address="198.51.100.7",
    port=443,
    host="www.example.com",
    host_source=HostSource.SNI,
    action="office",
    rule="DOMAIN-SUFFIX,example.com,office",
    rule_index=2,
    state=FlowState.OPEN,
    up=1234,
    down=5_678_901,
    reason="",
    program="curl https://www.example.com",
)
