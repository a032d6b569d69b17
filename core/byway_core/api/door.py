"""What the control socket may do with an engine, and that for the real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from byway_core.api.wire import ActionStatus, EngineStatus
from byway_core.flatpak import own_number
from byway_core.model.decision import DIRECT, REJECT
from byway_core.model.events import EventKind
from byway_core.model.flow import FlowSnapshot
from byway_core.version import __version__

if TYPE_CHECKING:
    from byway_core.engine.engine import Engine

Follower = Callable[[EventKind, Callable[[], FlowSnapshot]], None]


class EnginePort(Protocol):
    """An engine, as far as those see it who are not in its process."""

    def status(self) -> EngineStatus: ...

    def snapshots(
        self, *, live: bool, closed: bool, limit: int | None = None
    ) -> Iterator[FlowSnapshot]:
        """Ended flows first, then live ones; of all these the last `limit`. May be taken slowly."""

    def rules(self) -> Iterator[tuple[int, str, int]]:
        """Each rule of the profile: its place from 0, its text, how many flows it decided."""

    def reset_hits(self) -> None:
        """Count from zero again how many flows each rule decides."""

    def close_flow(self, flow_id: str) -> bool:
        """End a live flow; False where there is none of that id."""

    def subscribe(self, follower: Follower) -> Callable[[], None]:
        """Tell `follower` of each flow that opens, changes or closes, until the returned function
        is called. `follower(kind, render)` must not raise; `render()` gives the flow as it is
        then."""


class EngineDoor:
    """The `EnginePort` of an `Engine`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.snapshots = engine.ledger.snapshots
        self.subscribe = engine.ledger.subscribe
        self.reset_hits = engine.ledger.reset_hits
        self.close_flow = engine.close_flow

    def status(self) -> EngineStatus:
        engine = self._engine
        totals = engine.ledger.totals()
        # All that the profile can choose, in its order; then what an earlier profile could.
        names = [str(DIRECT), str(REJECT), *(each.name for each in engine.profile.upstreams)]
        names += [name for name in totals.actions if name and name not in names]
        actions = {}
        for name in names:
            found = totals.actions.get(name)
            actions[name] = (
                ActionStatus(found.flows, found.live, found.up, found.down)
                if found
                else ActionStatus()
            )
        troubles = engine.troubles()
        return EngineStatus(
            pid=own_number(),
            version=__version__,
            kind=engine.identity.kind.value,
            since=engine.since,
            profile=engine.identity.profile_path,
            program=engine.identity.program,
            mixed_port=engine.mixed_port,
            everything=engine.everything,
            has_machine=engine.has_machine,
            kill_switch=engine.has_machine and engine.profile.machine.kill_switch,
            fake_addresses=engine.fake_addresses,
            workers=engine.workers,
            live=totals.live,
            flows=totals.flows,
            up=totals.up,
            down=totals.down,
            problems=tuple(trouble.text for trouble in troubles),
            areas=tuple(trouble.area.value for trouble in troubles),
            actions=actions,
            groups=tuple(engine.groups.standing()),
        )

    def rules(self) -> Iterator[tuple[int, str, int]]:
        rules = self._engine.profile.rules
        hits = self._engine.ledger.totals().hits
        for index, (rule, count) in enumerate(zip(rules, hits, strict=False)):
            yield index, rule.text, count
