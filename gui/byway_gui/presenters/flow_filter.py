"""Which connections are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from byway_core.model.flow import FlowSnapshot
from byway_gui.presenters.flows import application, destination, goes, rule


class Stand(Enum):
    ALL = "all"
    LIVE = "live"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Filter:
    """`words` as `words_of` reads them, all of which must be found; `program` as `application` has
    it, None for any. Which stand is looked at is told apart, as how many of each
    there are is always shown."""

    words: tuple[str, ...] = ()
    program: str | None = None

    @property
    def takes_all(self) -> bool:
        return not self.words and self.program is None


def words_of(text: str) -> tuple[str, ...]:
    return tuple(text.casefold().split())


def haystack(flow: FlowSnapshot) -> str:
    """What words are looked for in: host, address, program, rule and action, as they are shown and
    as rules write them."""
    parts = (
        destination(flow),
        flow.address,
        application(flow),
        rule(flow),
        flow.action,
        goes(flow),
    )
    return "\n".join(parts).casefold()
