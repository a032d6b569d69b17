"""Words for upstreams: a row of their list, what their kinds are, what a test of one says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from byway_core.api.upstream_table import CheckedUpstream
from byway_core.model.errors import Problem
from byway_core.model.upstream import SecretSource, UdpWay, UpstreamKind
from byway_gui.words import full, tr, tr_n, translated


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


def udp_name(way: UdpWay) -> str:
    return {
        UdpWay.CARRY: tr("Goes there too"),
        UdpWay.REFUSE: tr("Is refused"),
        UdpWay.DIRECT: tr("Goes directly, past it"),
    }[way]


def udp_sentence(way: UdpWay, kind: UpstreamKind) -> str:
    """What becomes of UDP that a rule sends to an upstream of that kind."""
    if way is UdpWay.REFUSE:
        return tr("UDP, as of calls and games, is refused at once; browsers go on with TCP.")
    if way is UdpWay.DIRECT:
        return tr(
            "UDP, as of calls and games, does not go through it: where it goes, your own address "
            "is seen."
        )
    return {
        UpstreamKind.SOCKS5: tr(
            "Through the proxy, if it carries UDP. If not, UDP is refused, and browsers go on with "
            "TCP."
        ),
        UpstreamKind.SERVICE: tr("The server gets UDP as well, in place of where it was going."),
    }.get(
        kind,
        tr("This type of proxy carries no UDP: it is refused, and browsers go on with TCP."),
    )


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
