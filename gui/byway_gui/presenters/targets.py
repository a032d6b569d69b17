"""Where a rule sends a connection, in a table's cell. The same word everywhere."""

from __future__ import annotations

from byway_core.model.decision import DIRECT, REJECT
from byway_gui.words import tr

_DIRECT, _REJECT = str(DIRECT), str(REJECT)


def target(name: str) -> str:
    """An upstream by its own name."""
    if name == _DIRECT:
        return tr("Directly")
    return tr("Refused") if name == _REJECT else name
