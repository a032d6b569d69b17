"""Words for upstreams: a row of their list, what their kinds are, what a test of one says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from byway_core.api.upstream_table import CheckedUpstream
from byway_core.model.errors import Problem
from byway_core.model.upstream import SecretSource, Upstream, UpstreamKind
from byway_gui.probe import LIMIT, Failure, Outcome, Target
from byway_gui.words import full, tr, tr_n, translated

# Where a test connects to, until its user says otherwise: a name that IANA keeps up for examples.
TARGET = Target("example.com", 443)


class Column(IntEnum):
    NAME = 0
    KIND = 1
    SERVER = 2
    ACCOUNT = 3
    USED = 4
    TEST = 5


def header(column: Column) -> str:
    return {
        Column.NAME: tr("Name"),
        Column.KIND: tr("Type"),
        Column.SERVER: tr("Server"),
        Column.ACCOUNT: tr("Account"),
        Column.USED: tr("Used by"),
        Column.TEST: tr("Last test"),
    }[column]


def kind_name(kind: UpstreamKind) -> str:
    return {
        UpstreamKind.SOCKS5: tr("SOCKS5"),
        UpstreamKind.SOCKS4A: tr("SOCKS4a"),
        UpstreamKind.SOCKS4: tr("SOCKS4"),
        UpstreamKind.HTTP: tr("HTTP"),
        UpstreamKind.SERVICE: tr("Service"),
    }[kind]


def kind_sentence(kind: UpstreamKind) -> str:
    """What it is, for who has to choose."""
    return {
        UpstreamKind.SOCKS5: tr(
            "The usual choice: passes names on, so they are looked up at the proxy, and may ask "
            "for a user name and password."
        ),
        UpstreamKind.SOCKS4A: tr("An older proxy that passes names on and asks for no password."),
        UpstreamKind.SOCKS4: tr(
            "The oldest: takes IPv4 addresses only, so names are looked up on this computer."
        ),
        UpstreamKind.HTTP: tr(
            "A web proxy that opens connections of any kind (CONNECT); may ask for a user name "
            "and password."
        ),
        UpstreamKind.SERVICE: tr(
            "No proxy: one server that gets the connections in place of where they were going."
        ),
    }[kind]


@dataclass(frozen=True, slots=True)
class UpstreamRow:
    """`used` are the places of the rules that name it. `meaning` is the colour of `test`."""

    name: str
    kind: str
    server: str
    account: str
    used: tuple[int, ...] = ()
    test: str = ""
    meaning: str = "muted"
    details: str = ""

    def cell(self, column: Column) -> str:
        match column:
            case Column.NAME:
                return self.name
            case Column.KIND:
                return self.kind
            case Column.SERVER:
                return self.server
            case Column.ACCOUNT:
                return self.account
            case Column.USED:
                return used_by(len(self.used))
        return self.test


def used_by(rules: int) -> str:
    return tr_n("{n} rule", "{n} rules", rules) if rules else tr("no rule")


def row(
    table: Mapping[str, object], checked: CheckedUpstream, used: tuple[int, ...]
) -> UpstreamRow:
    """The row of a table as it is written, whether it is right or not; without a test's result."""
    try:
        kind = kind_name(UpstreamKind(table.get("type")))
    except ValueError:
        kind = str(table.get("type", ""))
    made = UpstreamRow(
        name=str(table.get("name", "")),
        kind=kind,
        server=authority(str(table.get("server", "")), table.get("port", "")),
        account=_account(table),
        used=used,
        test=tr("not tested yet"),
    )
    wrong = [problem for found in checked.errors.values() for problem in found]
    if not wrong:
        return made
    return replace(
        made,
        test=tr("Not valid: {why}", why=wrong[0].message),
        meaning="bad",
        details="\n".join(problem_text(problem) for problem in wrong),
    )


def authority(host: str, port: object) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _account(table: Mapping[str, object]) -> str:
    user, password = table.get("username"), table.get("password")
    if user is None and password is None:
        return ""
    if password is None:
        return str(user)
    return tr("{user} ({place})", user=user, place=_place(password))


def _place(password: object) -> str:
    if isinstance(password, Mapping):
        sources = {source.value: source for source in SecretSource}
        match next((sources[key] for key in password if key in sources), None):
            case SecretSource.KEYRING:
                return tr("password in the keyring")
            case SecretSource.FILE:
                return tr("password in a file")
            case SecretSource.ENV:
                return tr("password in a variable")
    return tr("password readable") if password else tr("password not kept")


def problem_text(problem: Problem) -> str:
    """The engine's words, as a sentence beside a field."""
    expected = tr("; expected {what}", what=problem.expected) if problem.expected else ""
    return full(f"{translated(problem.message)}{expected}")


# -- tests


def in_test(made: UpstreamRow) -> UpstreamRow:
    return replace(made, test=tr("testing…"), meaning="muted", details="")


def tested(made: UpstreamRow, upstream: Upstream, outcome: Outcome, target: Target) -> UpstreamRow:
    """The row with what the test has said."""
    sentence = outcome_sentence(upstream, outcome, target)
    meaning = "bad" if outcome.failure is not None else "good"
    return replace(made, test=sentence, meaning=meaning, details=sentence)


def outcome_sentence(upstream: Upstream, outcome: Outcome, target: Target) -> str:
    if outcome.failure is not None:
        return _why(upstream, outcome, target)
    connected = milliseconds(outcome.connected or 0)
    if outcome.answered is None:
        return tr("{time} to the server", time=connected)
    return tr(
        "{time} to the proxy, {through} through it",
        time=connected,
        through=milliseconds(outcome.answered),
    )


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
