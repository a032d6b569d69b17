"""How the own engine and its profile stand, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from byway_core.model.errors import Problem


class Phase(Enum):
    NO_PROFILE = "no profile"
    INVALID = "invalid"  # the profile cannot be used
    NO_PORT = "no port"  # a valid profile that names no local port
    OFF = "off"
    STARTING = "starting"  # passwords are being fetched
    FAILED = "failed"
    ON = "on"


# The phases in which there are rules to run a program under.
USABLE = frozenset({Phase.NO_PORT, Phase.OFF, Phase.STARTING, Phase.FAILED, Phase.ON})


@dataclass(frozen=True, slots=True)
class Standing:
    """`port` is the profile's, or the open one when on; `sentence` says what went wrong, or "";
    `problems` are the profile's, warnings too."""

    phase: Phase
    profile: Path
    rules: int = 0
    port: int | None = None
    sentence: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def icon(self) -> str:
        """The name of the icon that shows it by its shape."""
        match self.phase:
            case Phase.ON if not self.sentence:
                return "on"
            case Phase.OFF | Phase.NO_PORT | Phase.STARTING | Phase.NO_PROFILE:
                return "off"
        return "problem"

    @property
    def can_toggle(self) -> bool:
        return self.phase in {Phase.OFF, Phase.FAILED, Phase.ON}

    @property
    def is_on(self) -> bool:
        return self.phase is Phase.ON


_HEADLINES = {
    Phase.NO_PROFILE: "No profile yet",
    Phase.INVALID: "The profile is not valid",
    Phase.NO_PORT: "Ready",
    Phase.OFF: "Off",
    Phase.STARTING: "Turning on…",
    Phase.FAILED: "Could not be turned on",
    Phase.ON: "On",
}


def headline(standing: Standing) -> str:
    return _HEADLINES[standing.phase]


def detail(standing: Standing) -> str:
    """What follows from it, in a sentence or two."""
    rules = f"{standing.rules} rule{'s' if standing.rules != 1 else ''} in {standing.profile}"
    match standing.phase:
        case Phase.NO_PROFILE:
            return f"The rules for what goes where belong in {standing.profile}."
        case Phase.INVALID:
            return f"Nothing runs under {standing.profile} until it is mended."
        case Phase.NO_PORT:
            return f"{rules}. It names no general.mixed_port, so there is no port to open."
        case Phase.STARTING:
            return "Waiting for the passwords that the profile refers to."
        case Phase.OFF:
            return f"The local proxy port {standing.port} is closed. {rules}."
        case Phase.FAILED:
            return f"{_sentence(standing.sentence)} {rules}."
    says = f" {_sentence(standing.sentence)}" if standing.sentence else ""
    return (
        f"Programs that use the proxy 127.0.0.1:{standing.port} go where the rules say: {rules}."
        + says
    )


def empty_hint(standing: Standing) -> str:
    """What to do while there are no connections to be seen."""
    run = "“Run a program…” starts one whose connections go where your rules say."
    match standing.phase:
        case Phase.NO_PROFILE:
            return "A starter profile is a text file with comments: a beginning for your own rules."
        case Phase.INVALID:
            return "Mend the profile, then reload it."
        case Phase.NO_PORT:
            return f"No connections yet. {run}"
        case Phase.ON:
            return (
                f"No connections yet. {run} “Copy proxy variables” is for programs in a terminal."
            )
    return f"No connections yet. {run} Turned on, Byway serves programs with a proxy setting too."


def tooltip(standing: Standing) -> str:
    """For the tray: short."""
    if standing.is_on:
        return f"Byway: on, port {standing.port}"
    return f"Byway: {headline(standing)[0].lower()}{headline(standing)[1:]}"


def problem_line(problem: Problem) -> str:
    """One problem of a profile, with its place."""
    place = f"line {problem.line}, column {problem.column}: " if problem.line else ""
    kind = "warning: " if problem.warning else ""
    expected = f"; expected {problem.expected}" if problem.expected else ""
    nearest = f"; nearest valid form: {problem.nearest}" if problem.nearest else ""
    return f"{place}{kind}{problem.message}{expected}{nearest}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
