"""What does not work in a running engine, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from byway_core.api.wire import EngineStatus
from byway_core.model.errors import Area
from byway_gui.words import full, tr, translated


@dataclass(frozen=True, slots=True)
class TroubleWords:
    """`page`: the name of the page on which something can be done about it, "" for none, and the
    words on the button that leads there."""

    sentence: str
    advice: str = ""
    page: str = ""
    button: str = ""


def troubles(status: EngineStatus | None) -> tuple[TroubleWords, ...]:
    return tuple(_all(status)) if status is not None else ()


def _all(status: EngineStatus) -> Iterator[TroubleWords]:
    # An engine of another version may say of none what it is about, or something new.
    areas = [*status.areas, *[""] * len(status.problems)]
    for text, area in zip(status.problems, areas, strict=False):
        yield TroubleWords(full(translated(text)), *_advice(area))


def _advice(area: str) -> tuple[str, str, str]:
    match area:
        case Area.NAMES.value:
            advice = tr("It is tried again by itself. If it stays so, choose another server.")
            return advice, "dns", tr("Open DNS")
        case Area.FAKE_ADDRESSES.value:
            return "", "dns", tr("Open DNS")
        case Area.PROGRAMS.value:
            advice = tr("Rules by host, address and port work all the same.")
            return advice, "", ""
    return "", "", ""
