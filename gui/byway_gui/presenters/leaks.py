"""What `byway leaktest --json` found, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from byway_gui.words import tr, tr_n


class Judgement(Enum):
    """In the order in which they are shown."""

    LEAK = "leak"
    STUCK = "stuck"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Trial:
    """`mode` is "run" or "up"; `kind` "names", "tcp", "udp" or "quic"; `family` 4 or 6, 0 for names
    and for what is alike in both."""

    mode: str
    target: str
    kind: str
    family: int
    rules: str
    way: str
    through: str
    error: str
    judgement: Judgement


def read(output: bytes) -> list[Trial]:
    """Its lines. ValueError for what are none."""
    try:
        tables = [json.loads(line) for line in output.splitlines()]
        return [Trial(**table | {"judgement": Judgement(table["judgement"])}) for table in tables]
    except (TypeError, KeyError) as error:
        raise ValueError(str(error)) from error


def summary(trials: Sequence[Trial]) -> tuple[str, str]:
    """A sentence, and "good", "warn" or "bad"."""
    leaks = [trial for trial in trials if trial.judgement is Judgement.LEAK]
    names = [trial for trial in leaks if trial.kind == "names"]
    if names:
        said = tr(
            "Names that a rule sends elsewhere were asked in clear: everybody on the way reads "
            "them. Let the profile ask servers of your own choice through an upstream, or use fake "
            "addresses."
        )
        count = tr_n("{n} of the trials leaks.", "{n} of the trials leak.", len(leaks))
        return f"{count} {said}", "bad"
    if leaks:
        return tr_n("{n} of the trials leaks.", "{n} of the trials leak.", len(leaks)), "bad"
    if any(trial.judgement is Judgement.STUCK for trial in trials):
        return tr("No leak. But not everything came through that should have."), "warn"
    return tr("No leak: everything went as the rules say."), "good"


def lines(trials: Iterable[Trial]) -> list[tuple[str, Judgement]]:
    """A line for each; leaks first."""
    order = list(Judgement)
    merged = sorted(_merged(trials), key=lambda trial: order.index(trial.judgement))
    return [(_line(trial), trial.judgement) for trial in merged]


def _merged(trials: Iterable[Trial]) -> list[Trial]:
    """IPv4 and IPv6 as one where they are alike."""
    found: list[Trial] = []
    for trial in trials:
        if found and replace(found[-1], family=0) == replace(trial, family=0):
            found[-1] = replace(trial, family=0)
        else:
            found.append(trial)
    return found


def _line(trial: Trial) -> str:
    text = tr(
        "{mode}: {target}, {kind}: {way}. By the rules: {rules}.",
        mode=f"byway {trial.mode}",
        target=trial.target,
        kind=_kind(trial),
        way=_way(trial),
        rules=_rules(trial.rules),
    )
    word = {Judgement.LEAK: tr("Leak"), Judgement.STUCK: tr("Not through")}.get(trial.judgement)
    return text if word is None else tr("{word}: {text}", word=word, text=text)


def _kind(trial: Trial) -> str:
    name = tr("name") if trial.kind == "names" else trial.kind.upper()
    return f"{name} IPv{trial.family}" if trial.family else name


def _way(trial: Trial) -> str:
    match trial.way:
        case "direct":
            return tr("directly")
        case "upstream":
            return tr("through {name}", name=trial.through)
        case "in-clear":
            return tr("asked in clear of {servers}", servers=trial.through)
        case "not-seen":
            return tr("asked of nobody in clear")
        case _ if trial.error and trial.judgement is Judgement.STUCK:
            return tr("refused ({why})", why=trial.error)
        case _:
            return tr("refused")


def _rules(action: str) -> str:
    return {"DIRECT": tr("directly"), "REJECT": tr("refused")}.get(action, action)
