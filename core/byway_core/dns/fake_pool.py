"""Fake addresses being given out: each name has one, for as long as it is used.

A new number is drawn at random: one who sees such an address on a wire learns nothing of the name,
and where the log is lost, an address that some program still holds is refused rather than taken for
another name's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence

from byway_core.dns.fake_log import FakeLog
from byway_core.dns.fake_names import Given
from byway_core.model.fake_addresses import fake_number
from byway_core.model.sentence import say
from byway_core.rules.names import parse_address

# So much of the numbers is in use at most: a free one is found in a few steps, and one that was
# taken away is not at once another name's.
_USED = 3 / 4
# Names that lose theirs at a time; looking for the longest unused of them is a walk.
_EVICT_AT_ONCE = 16


class FakePool:
    """Numbers out of `slots`. Belongs to one loop."""

    def __init__(
        self,
        slots: range,
        log_: FakeLog | None,
        on_give: Callable[[Sequence[Given]], None],
        in_use: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        """`log_` has what was given out before; None: nothing outlives this process. `on_give` is
        told of each new one before anybody else is. `in_use`: addresses that connections are made
        to, asked for when some must go."""
        self._slots = slots
        self._most = max(1, int(len(slots) * _USED))
        self._log = log_
        self._on_give = on_give
        self._in_use = in_use
        self._numbers: dict[str, int] = dict(log_.known) if log_ else {}
        self._taken = set(self._numbers.values())
        self.problem = ""

    def __len__(self) -> int:
        return len(self._numbers)

    def given(self) -> list[Given]:
        """All of them."""
        return [(number, name) for name, number in self._numbers.items()]

    def give(self, name: str) -> int | None:
        """The name's number; None where all are in use. The use keeps it from being taken away."""
        number = self._numbers.pop(name, None)
        if number is not None:
            self._numbers[name] = number
            return number
        if len(self._numbers) >= self._most:
            self._evict()
        if len(self._numbers) >= self._most:
            return None
        number = self._free()
        self._numbers[name] = number
        self._taken.add(number)
        self._write(name, number)
        self._on_give([(number, name)])
        return number

    def close(self) -> None:
        if self._log is not None:
            self._log.close()

    def _free(self) -> int:
        slots = self._slots
        at = random.randrange(len(slots))  # noqa: S311 - no secret
        while slots[at] in self._taken:
            at = (at + 1) % len(slots)
        return slots[at]

    def _evict(self) -> None:
        """Forget a part of the names, the longest unused."""
        busy = {fake_number(parsed) for each in self._in_use() if (parsed := parse_address(each))}
        # After a restart there may be more than this, for the log does not say who has lost theirs.
        wanted = len(self._numbers) - self._most + max(1, self._most // _EVICT_AT_ONCE)
        for name, number in list(self._numbers.items()):
            if number not in busy:
                del self._numbers[name]
                self._taken.discard(number)
                wanted -= 1
                if not wanted:
                    return

    def _write(self, name: str, number: int) -> None:
        """A disk that is full costs the memory of it after a restart, and no more."""
        if self._log is None:
            return
        try:
            if self._log.lines >= 2 * self._most:
                self._log.rewrite(self._numbers)
            else:
                self._log.append(name, number)
        except OSError as error:
            self.problem = say(
                "fake addresses will not outlive this engine: {why}", why=error.strerror or error
            )
        else:
            self.problem = ""
