"""Rules of the shape that a form can show: any of these programs, any of these hosts and networks,
that port, TCP or UDP.

    AND,((OR,((DOMAIN,a.example),(IP-CIDR,192.0.2.0/24))),(DST-PORT,443),(NETWORK,TCP)),office
    AND,((OR,((PROCESS-NAME,curl),(PROCESS-PATH,/opt/*))),(DOMAIN-SUFFIX,example.com)),office
    DOMAIN-SUFFIX,example.com,DIRECT            MATCH,office

What a form would lose (NOT, sources, users, AND within AND) has no such shape, and is edited as
text.
"""

from __future__ import annotations

from dataclasses import dataclass

from byway_core.model.rule import Condition
from byway_core.rules.grammar import Clause
from byway_core.rules.parse import MATCH_KINDS, cut_rule, read_rule

HOST_KINDS = ("DOMAIN", "DOMAIN-SUFFIX", "DOMAIN-KEYWORD", "DOMAIN-WILDCARD", "DOMAIN-REGEX")
_ADDRESS_KINDS = ("IP-CIDR", "IP-CIDR6")
_PROGRAM_KINDS = ("PROCESS-NAME", "PROCESS-PATH", "PROCESS-NAME-WILDCARD", "PROCESS-PATH-WILDCARD")
_RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class RuleFields:
    """`programs` are names and paths, with `*` and `?` where need be; `hosts` are pairs of a kind
    (HOST_KINDS) and what stands behind it; `ports` is as in "22/80/1000-2000", "" for any;
    `network` "TCP", "UDP", or "" for both; `resolve` asks for a name's address, for `networks`.
    Without any, the rule always holds."""

    hosts: tuple[tuple[str, str], ...] = ()
    networks: tuple[str, ...] = ()
    ports: str = ""
    network: str = ""
    target: str = ""
    resolve: bool = False
    programs: tuple[str, ...] = ()


def fields_of(text: str) -> RuleFields | None:
    """The fields of a rule; None where it has another shape, or cannot be read."""
    if text.lstrip().startswith("#") or read_rule(text).faults:
        return None
    clause, target = cut_rule(text)
    form = _Form()
    if _kind(clause) not in MATCH_KINDS and not form.takes(clause):
        return None
    if len(form.resolves) > 1:
        return None
    return RuleFields(
        hosts=tuple(form.hosts),
        networks=tuple(form.networks),
        ports=form.ports,
        network=form.network,
        target=target.text,
        resolve=True in form.resolves,
        programs=tuple(form.programs),
    )


def text_of(fields: RuleFields) -> str:
    """The rule with these fields. What is wrong in them is wrong in it."""
    option = f",{_RESOLVE}" if fields.resolve else ""
    places = [(f"{kind},{payload}", "") for kind, payload in fields.hosts]
    places += [
        (f"{'IP-CIDR6' if ':' in network else 'IP-CIDR'},{network}", option)
        for network in fields.networks
    ]
    parts = _any_of([(_on_program(program), "") for program in fields.programs])
    parts += _any_of(places)
    if fields.ports:
        parts.append((f"DST-PORT,{fields.ports}", ""))
    if fields.network:
        parts.append((f"NETWORK,{fields.network}", ""))
    if not parts:
        return f"MATCH,{fields.target}"
    if len(parts) > 1:
        return f"{_joined('AND', parts)},{fields.target}"
    ((condition, option),) = parts
    return f"{condition},{fields.target}{option}"


def _on_program(program: str) -> str:
    return f"{'PROCESS-PATH' if '/' in program else 'PROCESS-NAME'},{program}"


def _any_of(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(_joined("OR", parts), "")] if len(parts) > 1 else parts


def _joined(kind: str, parts: list[tuple[str, str]]) -> str:
    return f"{kind},({','.join(f'({condition}{option})' for condition, option in parts)})"


def _means(condition: str) -> Condition:
    return read_rule(f"{condition},DIRECT").rule.condition


def _kind(clause: Clause) -> str:
    return clause.kind.text.upper()


class _Form:
    """What a rule fills in."""

    def __init__(self) -> None:
        self.programs: list[str] = []
        self.hosts: list[tuple[str, str]] = []
        self.networks: list[str] = []
        self.ports = ""
        self.network = ""
        self.resolves: set[bool] = set()

    def takes(self, clause: Clause) -> bool:
        """Whether the whole condition fits."""
        if _kind(clause) != "AND":
            return self._takes_part(clause)
        return all(self._takes_part(part) for part in clause.parts)

    def _takes_part(self, clause: Clause) -> bool:
        """One of those that must all hold: each at most once."""
        kind, payload = _kind(clause), clause.payload.text
        if kind == "DST-PORT" and not self.ports:
            self.ports = payload
            return True
        if kind == "NETWORK" and not self.network:
            self.network = payload.upper()
            return True
        parts = clause.parts if kind == "OR" else (clause,)
        if _kind(parts[0]) in _PROGRAM_KINDS:
            return not self.programs and all(map(self._takes_program, parts))
        return not (self.hosts or self.networks) and all(map(self._takes_place, parts))

    def _takes_program(self, clause: Clause) -> bool:
        kind, payload = _kind(clause), clause.payload.text
        if kind not in _PROGRAM_KINDS:
            return False
        self.programs.append(payload)
        # A pattern without a slash is one of names in the form, whatever its kind says here.
        return _means(_on_program(payload)) == _means(f"{kind},{payload}")

    def _takes_place(self, clause: Clause) -> bool:
        kind, payload = _kind(clause), clause.payload.text
        if kind in HOST_KINDS:
            self.hosts.append((kind, payload))
            return True
        if kind in _ADDRESS_KINDS:
            self.networks.append(payload)
            options = [option.text.lower() for option in clause.options]
            self.resolves.add(_RESOLVE in options)
            return True
        return False
