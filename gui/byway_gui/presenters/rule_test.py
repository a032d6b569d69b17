"""The tester's question as a user types it, and its answer as sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass

from byway_core.api.rules import Explanation, Question
from byway_core.model.decision import Network
from byway_gui.words import tr, translated

# Where a URL names none (IANA's registry of service names).
_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443, "ftp": 21, "ssh": 22}
_NO_PORT = 443
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_BRACKETED = re.compile(r"\[([^\]]*)\](?::(\d*))?")
# Rules that nearly decided and are told of; the rest is a number.
_NEAR_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """`question` is None while there is none to answer; `problem` says what is wrong with it."""

    question: Question | None = None
    problem: str = ""


def read_question(place: str, port: str, network: Network, program: str = "") -> Asked:
    """`place` is a host, an address or a URL, with or without a port, which goes before `port`;
    where neither says one, it is the web's. `program` is a name, a whole path, or "" for any."""
    place = place.strip()
    if not place:
        return Asked()
    host, own_port = _split(place)
    wanted = own_port or port.strip() or str(_NO_PORT)
    if not (wanted.isascii() and wanted.isdigit() and 0 < int(wanted[:6]) <= 0xFFFF):
        return Asked(problem=tr("{port} is no port: they go from 1 to 65535.", port=wanted))
    if not host:
        return Asked(problem=tr("There is no host in {place}.", place=place))
    return Asked(Question(host, "", int(wanted), network, process=program.strip()))


def _split(place: str) -> tuple[str, str]:
    """Host and port, "" where it names none."""
    if _URL.match(place):
        scheme, _, rest = place.partition("://")
        authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2]
        host, port = _split(authority)
        return host, port or str(_PORTS.get(scheme.lower(), ""))
    place = place.split("/", 1)[0]
    bracketed = _BRACKETED.fullmatch(place)
    if bracketed:
        return bracketed[1], bracketed[2] or ""
    if place.count(":") == 1:
        host, _, port = place.partition(":")
        return host, port
    return place, ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`sentence` says where it goes, `rule` is the place of the rule that decides, `why` what else
    mattered, `near` the rules that nearly did, by their places; `more` of them are left out."""

    sentence: str
    rule: int | None = None
    why: tuple[str, ...] = ()
    near: tuple[tuple[int, str], ...] = ()
    more: int = 0


def answer(asked: Question, found: Explanation) -> Answer:
    """The first of the reasons is the sentence itself."""
    place = f"[{asked.host}]:{asked.port}" if ":" in asked.host else f"{asked.host}:{asked.port}"
    near = tuple(
        (index, tr("Rule {n} nearly: {rule} ({why})", n=index + 1, rule=rule, why=why))
        for index, rule, why in found.near[:_NEAR_SHOWN]
    )
    sentence = _sentence(place, found)
    more = max(len(found.near) - _NEAR_SHOWN, 0)
    return Answer(sentence, found.rule_index, tuple(map(translated, found.reasons[1:])), near, more)


def _sentence(place: str, found: Explanation) -> str:
    if found.rule_index is None:
        return tr("{place} goes directly: no rule matches.", place=place)
    values = {"place": place, "n": found.rule_index + 1, "rule": found.rule}
    match found.action:
        case "DIRECT":
            return tr("{place} goes directly, by rule {n}: {rule}", **values)
        case "REJECT":
            return tr("{place} is refused, by rule {n}: {rule}", **values)
    return tr(
        "{place} goes through {upstream}, by rule {n}: {rule}", upstream=found.action, **values
    )
