"""An engine as the control socket sees it: the real ledger, and flows that a test lets happen."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator

from tests.support.flows import OFFICE, end, flow, rules

from byway_core.accounting.ledger import Ledger
from byway_core.api.door import Follower
from byway_core.api.wire import ActionStatus, EngineStatus
from byway_core.model.decision import Decision
from byway_core.model.flow import Flow, FlowSnapshot
from byway_core.model.rule import Rule

RULES = rules("DOMAIN-SUFFIX,example.com,office", "MATCH,DIRECT")


class LedgerDoor:
    """An `EnginePort` without an engine behind it."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, rules: tuple[Rule, ...] = RULES, pid: int = 0
    ) -> None:
        self.pid = pid or os.getpid()
        self.ledger = Ledger(loop, self.pid, rules)
        self.live: dict[str, Flow] = {}
        self.listed = rules
        self._count = 0

    def happen(self, host: str = "www.example.com", decision: Decision | None = None) -> Flow:
        """A flow begins."""
        self._count += 1
        it = flow(self._count, host, decision or Decision(OFFICE, 0))
        self.live[f"{self.pid}.{it.id}"] = it
        self.ledger.decided(it)
        return it

    def finish(self, it: Flow, reason: str = "") -> None:
        """… and ends."""
        del self.live[f"{self.pid}.{it.id}"]
        self.ledger.closed(end(it, 1500, 2_500_000, reason))

    def status(self) -> EngineStatus:
        totals = self.ledger.totals()
        return EngineStatus(
            pid=self.pid,
            version="0",
            kind="run",
            since=1_700_000_000.0,
            profile="/home/me/profile.toml",
            program="curl https://www.example.com",
            live=totals.live,
            flows=totals.flows,
            up=totals.up,
            down=totals.down,
            actions={
                name: ActionStatus(found.flows, found.live, found.up, found.down)
                for name, found in totals.actions.items()
            },
        )

    def snapshots(
        self, *, live: bool, closed: bool, limit: int | None = None
    ) -> Iterator[FlowSnapshot]:
        return self.ledger.snapshots(live=live, closed=closed, limit=limit)

    def rules(self) -> Iterator[tuple[int, str, int]]:
        hits = self.ledger.totals().hits
        for index, rule in enumerate(self.listed):
            yield index, rule.text, hits[index]

    def reset_hits(self) -> None:
        self.ledger.reset_hits()

    def close_flow(self, flow_id: str) -> bool:
        it = self.live.get(flow_id)
        if it is not None:
            self.finish(it, "closed by the user")
        return it is not None

    def subscribe(self, follower: Follower) -> Callable[[], None]:
        return self.ledger.subscribe(follower)
