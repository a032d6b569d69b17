"""The first steps: what their user may choose, and the profile that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from enum import Enum

from byway_core.api.profiles import Draft, RuleLine
from byway_core.flatpak import is_here
from byway_core.model.errors import ProfileError
from byway_gui.presenters.standing import Reach
from byway_gui.presenters.upstream_changes import added, names
from byway_gui.words import tr

# Lines around a change, so that one sees where it is.
_AROUND = 1


class Start(Enum):
    """The rules to begin with."""

    KEEP = "keep"  # those that are there
    DIRECT = "direct"  # everything directly but what their user adds
    THROUGH = "through"  # everything through an upstream but the local network
    NONE = "none"  # but the last, which says that everything goes directly


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the steps begin with. `draft` is the profile, where it `is_new` what a first one starts
    from. `is_on`, `at_login`: as it is now."""

    draft: Draft
    starter: Draft
    is_new: bool
    is_on: bool = False
    at_login: bool = False

    def starts(self) -> tuple[Start, ...]:
        """The first of them is chosen at first."""
        offered = (Start.DIRECT, Start.THROUGH, Start.NONE)
        return offered if self.is_new else (Start.KEEP, *offered)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What its user has chosen. `table`: a new upstream's, None for none."""

    table: Mapping[str, object] | None = None
    start: Start = Start.KEEP
    turn_on: bool = False
    at_login: bool = False


def through(beginning: Beginning, table: Mapping[str, object] | None) -> str:
    """The upstream that everything could go through: the new one, else the first there is; ""
    where there is none."""
    if table is not None:
        return str(table["name"])
    return next(iter(names(beginning.draft)), "")


def profile_with(beginning: Beginning, wanted: Wanted) -> Draft:
    """The profile as it is wanted; nothing is written. ProfileError where the one that is there
    cannot be changed so."""
    draft = beginning.draft
    if wanted.table is not None:
        draft = added(draft, wanted.table)
    *own, last = beginning.starter.rules
    match wanted.start:
        case Start.KEEP:
            return draft
        case Start.NONE:
            own = []
        case Start.THROUGH:
            target = through(beginning, wanted.table)
            last = RuleLine(f"MATCH,{target}", above=last.above)
    return draft.with_rules([*own, last])


def shown(beginning: Beginning, wanted: Wanted) -> tuple[str, str]:
    """What would be written, as text before it is: of a new profile its rules, else the lines that
    differ. And why it cannot be, or ""."""
    try:
        draft = profile_with(beginning, wanted)
        if draft.text != beginning.draft.text:
            draft.check()
    except ProfileError as error:
        first = next(each for each in error.problems if not each.warning)
        return "", tr("The profile cannot be changed so: {why}", why=first.message)
    if beginning.is_new:
        return draft.rules_text(), ""
    before, after = beginning.draft.text.splitlines(), draft.text.splitlines()
    changes = [*unified_diff(before, after, lineterm="", n=_AROUND)][2:]  # without their names
    return "\n".join("…" if each.startswith("@@") else each for each in changes), ""


def start_words(start: Start, upstream: str) -> str:
    """With its mnemonic; `upstream` as `through` says."""
    if start is Start.THROUGH:
        if not upstream:
            return tr("Everything through an ups&tream (you have none yet)")
        name = upstream.replace("&", "&&")
        return tr("Everything &through {upstream}, except the local network", upstream=name)
    return {
        Start.KEEP: tr("Le&ave the rules as they are"),
        Start.DIRECT: tr("Everything &directly, except what I add later"),
        Start.NONE: tr("No ru&les yet: everything goes directly"),
    }[start]


def shown_words(beginning: Beginning, *, changes: bool) -> str:
    """What the text beneath it is."""
    if beginning.is_new:
        return tr("Your rules. The first one that fits a connection decides:")
    if not changes:
        return tr("Nothing is changed in {file}.", file=beginning.draft.path)
    return tr("This changes in {file}:", file=beginning.draft.path)


def turn_on_words(reach: Reach, port: object, *, sandboxed: bool = is_here()) -> str:
    """What follows when Byway is turned on."""
    if reach is Reach.MACHINE:
        return tr(
            "The traffic of every program on this computer goes by your rules then. You are asked "
            "for permission first."
        )
    if port is None:
        return tr("The helper is not in use and no local port is set: there is nothing to take.")
    if sandboxed:
        return tr("Programs that use the proxy 127.0.0.1:{port} go by your rules then.", port=port)
    return tr(
        "Programs that use the proxy 127.0.0.1:{port} go by your rules then, and those started "
        "with “Run a program…” in any case.",
        port=port,
    )
