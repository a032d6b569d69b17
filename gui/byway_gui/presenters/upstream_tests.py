"""Words for the test of an upstream: what it says, and about what."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_address

from byway_core.api.rules import Question, explain
from byway_core.model.decision import DIRECT, REJECT, Network
from byway_core.model.profile import Profile
from byway_core.model.upstream import Upstream
from byway_gui.presenters.standing import Phase, Reach, Standing, target_of
from byway_gui.presenters.upstreams import UpstreamRow, authority, kind_name
from byway_gui.probe import LIMIT, Failure, Outcome, Target
from byway_gui.words import full, joined, tr

# Where a test connects to, until its user says otherwise: a name that IANA keeps up for examples.
TARGET = Target("example.com", 443)


def in_test(made: UpstreamRow) -> UpstreamRow:
    return replace(made, test=tr("testing…"), meaning="muted", details="")


def tested(made: UpstreamRow, upstream: Upstream, outcome: Outcome, target: Target) -> UpstreamRow:
    """The row with what the test has said."""
    sentence = outcome_sentence(upstream, outcome, target)
    meaning = "bad" if outcome.failure is not None else "good"
    return replace(made, test=sentence, meaning=meaning, details=sentence)


def outcome_sentence(upstream: Upstream, outcome: Outcome, target: Target) -> str:
    """What it says, and where Byway had a hand in it, that. A connection that Byway takes is made
    with Byway: how long that takes says nothing of the server."""
    way = outcome.way
    if not way:
        return _outcome(upstream, outcome, target)
    if way == str(DIRECT):
        return _outcome(upstream, replace(outcome, connected=None), target)
    sentence = full(_outcome(upstream, replace(outcome, connected=None), target))
    server = authority(upstream.server, upstream.port)
    if way == str(REJECT):
        note = tr(
            "Byway has every program's traffic, and its rules refuse this test's connections to "
            "{server}.",
            server=server,
        )
    else:
        note = tr(
            "Byway has every program's traffic, and sent this test's connections to {server} "
            "through {upstream}.",
            server=server,
            upstream=way,
        )
    return joined(sentence, note)


def _outcome(upstream: Upstream, outcome: Outcome, target: Target) -> str:
    """`connected` is None where that was not measured."""
    if outcome.failure is not None:
        return _why(upstream, outcome, target)
    if outcome.connected is None:
        if outcome.answered is None:
            return tr("the connection stands")
        return tr("{through} through the proxy", through=milliseconds(outcome.answered))
    connected = milliseconds(outcome.connected)
    if outcome.answered is None:
        return tr("{time} to the server", time=connected)
    return tr(
        "{time} to the proxy, {through} through it",
        time=connected,
        through=milliseconds(outcome.answered),
    )


def way_of_test(standing: Standing, profile: Profile | None, upstream: Upstream) -> str:
    """Where Byway sends a connection of this app's own to that server, a target's name; "" where it
    leaves it alone. A test cannot go past it: only the helper marks sockets, and for engines."""
    if standing.phase is not Phase.ON or standing.reach is not Reach.MACHINE or profile is None:
        return ""
    with suppress(ValueError):
        address = ip_address(upstream.server)
        left_alone = profile.machine.bypass
        if address.is_loopback or any(address in network for network in left_alone or ()):
            return ""
    everything = target_of(standing)
    if everything:
        return everything
    try:
        asked = Question(upstream.server, "", upstream.port, Network.TCP)
        return explain(profile, asked).action
    except ValueError:
        return ""


def milliseconds(seconds: float) -> str:
    if seconds < 0.001:
        return tr("under 1 ms")
    return tr("{n} ms", n=round(seconds * 1000))


def _why(upstream: Upstream, outcome: Outcome, target: Target) -> str:
    """Why not, in one sentence; what to look at first, where there is such a thing."""
    server = authority(upstream.server, upstream.port)
    goal = authority(target.host, target.port)
    kind = kind_name(upstream.kind)
    said = f" ({outcome.detail})" if outcome.detail else ""
    match outcome.failure:
        case Failure.UNKNOWN_NAME:
            return tr("The name {server} was not found.", server=upstream.server)
        case Failure.REFUSED:
            return tr("Refused: nothing listens at {server}.", server=server)
        case Failure.UNREACHABLE:
            return tr("No way to {server}{said}.", server=server, said=said)
        case Failure.TIMEOUT:
            return tr("No answer from {server} within {n} s.", server=server, n=round(LIMIT))
        case Failure.FOREIGN:
            return tr("This is not a {kind} server: it answers in another way.", kind=kind)
        case Failure.HUNG_UP:
            return tr(
                "It hung up: not a {kind} server, or it cannot reach {goal}.",
                kind=kind,
                goal=goal,
            )
        case Failure.MUTE:
            return tr(
                "It takes the connection and says nothing: is it really a {kind} server?",
                kind=kind,
            )
    return _why_not_through(upstream, outcome, goal, said)


def _why_not_through(upstream: Upstream, outcome: Outcome, goal: str, said: str) -> str:
    match outcome.failure:
        case Failure.PASSWORD if upstream.username is None:
            return tr("It wants a user name and a password.")
        case Failure.PASSWORD:
            return tr("Wrong user name or password.")
        case Failure.LONG_PASSWORD:
            return tr("This test cannot send names and passwords of more than 127 bytes.")
        case Failure.FORBIDDEN:
            return tr("The proxy does not allow connections to {goal}{said}.", goal=goal, said=said)
        case Failure.TARGET_NAME:
            return tr(
                "SOCKS4 passes no names on, and this computer finds no IPv4 address for {goal}.",
                goal=goal,
            )
        case Failure.TARGET_CLOSED:
            return tr("The proxy said yes and hung up: it probably cannot reach {goal}.", goal=goal)
        case Failure.TARGET_MUTE:
            return tr("The proxy said yes, and then nothing came from {goal}.", goal=goal)
        case Failure.SECRET:
            return tr("No password: {why}.", why=outcome.detail)
    return tr("The proxy cannot reach {goal}{said}.", goal=goal, said=said)


_HOST_PORT = re.compile(
    r"(?:\[(?P<literal>[0-9a-fA-F:.]+)\]|(?P<name>[^\s:/@\[\]]+)):(?P<port>\d+)"
)


def read_target(text: str) -> Target | None:
    """host:port, as in example.com:443 or [2001:db8::1]:443; None where it is none."""
    match = _HOST_PORT.fullmatch(text.strip())
    if match is None or not 1 <= int(match["port"]) <= 65_535:
        return None
    host = match["literal"] or match["name"]
    try:
        host.encode("idna")  # empty labels, and ones that are too long
    except UnicodeError:
        return None
    return Target(host, int(match["port"]))
