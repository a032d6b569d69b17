"""How Byway stands on this machine, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from byway_core.api.wire import Reloaded
from byway_core.model.errors import HelperFault, Problem
from byway_gui.presenters.installer import works_meanwhile
from byway_gui.words import full, joined, tr, tr_n, translated

_DIRECT = "DIRECT"


class Phase(Enum):
    OFF = "off"
    STARTING = "starting"
    ON = "on"
    STOPPING = "stopping"
    FAILED = "failed"  # it was to be on, and is not
    RESTARTING = "restarting"  # it has ended by itself, and is tried again in some seconds


class Reach(Enum):
    """Whose traffic goes by the rules while it is on."""

    MACHINE = "machine"  # every program's
    PORT = "port"  # that of programs with a proxy setting


class Mode(Enum):
    RULES = "rules"
    DIRECT = "direct"
    THROUGH = "through"  # everything through one upstream


@dataclass(frozen=True, slots=True)
class Standing:
    """`sentence` says what went wrong, or ""; `fault` what of the helper's it was. `through` is the
    upstream of Mode.THROUGH; `paused_until` a Unix time, 0.0 where it is not paused. `guarded`: a
    kill switch refuses what is not taken. `foreign` is the profile that it goes by, where that is
    not the open one, else ""."""

    phase: Phase = Phase.OFF
    reach: Reach = Reach.PORT
    mode: Mode = Mode.RULES
    through: str = ""
    port: int | None = None
    rules: int = 0
    sentence: str = ""
    fault: HelperFault | None = None
    paused_until: float = 0.0
    guarded: bool = False
    foreign: str = ""

    @property
    def icon(self) -> str:
        """The name of the icon that shows it by its shape."""
        if self.phase in {Phase.FAILED, Phase.RESTARTING} or self.sentence:
            return "problem"
        if self.phase is not Phase.ON:
            return "off"
        return "paused" if self.mode is Mode.DIRECT else "on"

    @property
    def is_on(self) -> bool:
        """Whether the switch shows on: what the user wants."""
        return self.phase in {Phase.ON, Phase.STARTING, Phase.RESTARTING}

    def but(self, **changes: object) -> Standing:
        return replace(self, **changes)  # type: ignore[arg-type]


def headline(standing: Standing) -> str:
    match standing.phase:
        case Phase.OFF:
            return tr("Off")
        case Phase.STARTING:
            return tr("Turning on…")
        case Phase.STOPPING:
            return tr("Turning off…")
        case Phase.FAILED:
            return tr("Could not be turned on")
        case Phase.RESTARTING:
            return tr("Interrupted")
    if standing.paused_until:
        return tr("Paused")
    return tr("On")


def detail(standing: Standing) -> str:
    """What that means for the traffic, in a sentence or two."""
    if standing.phase in {Phase.FAILED, Phase.RESTARTING}:
        return joined(_sentence(standing.sentence), _meanwhile(standing))
    if standing.sentence:
        return _sentence(standing.sentence)
    match standing.phase:
        case Phase.OFF if standing.guarded:
            return tr("The kill switch refuses all traffic.")
        case Phase.OFF:
            return tr("All traffic goes its usual way.")
        case Phase.STARTING if standing.reach is Reach.MACHINE:
            return tr("Asking for permission to take this computer's traffic.")
        case Phase.STARTING:
            return tr("Opening the local port.")
        case Phase.STOPPING:
            return tr("Giving the traffic back.")
    return joined(_whose(standing), _where(standing))


def _meanwhile(standing: Standing) -> str:
    """What becomes of the traffic where no engine is that should be."""
    if standing.guarded:
        return tr("Meanwhile the kill switch refuses all traffic.")
    if standing.reach is Reach.MACHINE:
        return tr("All traffic goes its usual way meanwhile.")
    return tr("Byway's local port is closed meanwhile.")


def _whose(standing: Standing) -> str:
    if standing.reach is Reach.MACHINE:
        return tr("The traffic of every program on this computer is taken.")
    return tr("Programs that use the proxy 127.0.0.1:{port} are served.", port=standing.port)


def _where(standing: Standing) -> str:
    match standing.mode:
        case Mode.DIRECT:
            return tr("Everything goes directly for now.")
        case Mode.THROUGH:
            return tr("Everything goes through {upstream}.", upstream=standing.through)
    if standing.foreign:
        return tr("It goes by the rules of {file}.", file=standing.foreign)
    return tr_n("It goes by {n} rule.", "It goes by {n} rules.", standing.rules)


def _sentence(text: str) -> str:
    """The engine's own words begin small and end without a full stop."""
    return full(translated(text))


def tooltip(standing: Standing) -> str:
    """For the tray: short."""
    if standing.phase is not Phase.ON:
        return tr("Byway: {state}", state=headline(standing))
    if standing.mode is Mode.THROUGH:
        return tr("Byway: on, everything through {upstream}", upstream=standing.through)
    if standing.mode is Mode.DIRECT:
        return tr("Byway: on, everything directly")
    if standing.reach is Reach.MACHINE:
        return tr("Byway: on, for every program")
    return tr("Byway: on, port {port}", port=standing.port)


def fault_words(fault: HelperFault | None) -> tuple[str, str]:
    """What a user can do about it, and the words on the button for it; "" for none."""
    if fault is None:
        return "", ""
    install, again, repair = tr("How to install it"), tr("Try again"), tr("Repair the network")
    no_agent = tr(
        "Nothing on this desktop can ask for a password. Start a polkit agent, such as "
        "polkit-gnome or lxpolkit, and try again."
    )
    works = works_meanwhile()
    older = (
        joined(tr("The installed helper is older than this Byway: update it."), works),
        tr("How to update it"),
    )
    words = {
        HelperFault.MISSING: (
            tr("The helper that takes every program's traffic is not installed."),
            install,
        ),
        HelperFault.NO_BUS: (tr("There is no system bus (D-Bus), which the helper needs."), ""),
        HelperFault.NO_AGENT: (no_agent, again),
        HelperFault.DISMISSED: (tr("The question for a password was closed."), again),
        HelperFault.DENIED: (
            tr("You may not do that here. An administrator can allow it."),
            "",
        ),
        HelperFault.BUSY: (tr("Another Byway has the traffic already."), tr("Take it back")),
        HelperFault.OLD_HELPER: older,
        HelperFault.VERSION: older,
        HelperFault.OLD_BYWAY: (
            joined(tr("The installed helper is newer than this Byway. Update Byway."), works),
            "",
        ),
        HelperFault.BROKEN: (tr("The helper is installed and does not start."), install),
        HelperFault.SILENT: (tr("The helper does not answer."), repair),
        HelperFault.FAILED: (tr("The system refused what the helper asked for."), repair),
    }
    return words.get(fault, ("", again))


def remedy(standing: Standing) -> tuple[str, str]:
    """What can be done about how it stands, as `fault_words`."""
    advice, button = fault_words(standing.fault)
    if not button and standing.phase in {Phase.FAILED, Phase.OFF} and standing.guarded:
        button = tr("Repair the network")
    return advice, button


def problem_line(problem: Problem) -> str:
    """One problem of a profile, with its place."""
    parts = []
    if problem.line:
        parts.append(tr("line {line}, column {column}:", line=problem.line, column=problem.column))
    if problem.warning:
        parts.append(tr("warning:"))
    parts.append(translated(problem.message))
    text = joined(*parts)
    if problem.expected:
        what = tr("expected {what}", what=problem.expected)
        text = tr("{one}; {other}", one=text, other=what)
    if problem.nearest:
        what = tr("nearest valid form: {what}", what=problem.nearest)
        text = tr("{one}; {other}", one=text, other=what)
    return text


def crash_words(status: int, seconds: float) -> str:
    """Of an engine that has ended by itself, with that exit status (below 0: by a signal)."""
    how = tr("signal {n}", n=-status) if status < 0 else tr("status {n}", n=status)
    return tr(
        "The engine has ended unexpectedly ({how}). It is started again in {n} s.",
        how=how,
        n=round(seconds),
    )


def reload_words(answer: Reloaded) -> str:
    """What a user must know of an engine that was to read its profile again, or ""."""
    if not answer.taken:
        problem = next((each for each in answer.problems if not each.warning), None)
        return tr(
            "The changed profile could not be taken, the one before stays in force: {why}",
            why=problem.message if problem is not None else tr("it does not say why"),
        )
    if answer.restart:
        keys = ", ".join(answer.restart)
        return tr("Turn off and on again for {keys} to take effect.", keys=keys)
    return ""


def target_of(standing: Standing) -> str:
    """Where the engine is to send everything; "" for where the rules say."""
    match standing.mode:
        case Mode.DIRECT:
            return _DIRECT
        case Mode.THROUGH:
            return standing.through
    return ""


def mode_of(everything: str) -> tuple[Mode, str]:
    """The mode and its upstream, of where the engine sends everything."""
    if everything in {"", _DIRECT}:
        return (Mode.DIRECT if everything else Mode.RULES), ""
    return Mode.THROUGH, everything
