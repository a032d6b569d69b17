"""Rules that a connection suggests."""

from __future__ import annotations

from dataclasses import dataclass

from byway_core.api.rules import How, suggestions
from byway_core.model.decision import DIRECT, REJECT
from byway_core.model.flow import FlowSnapshot
from byway_gui.words import tr


@dataclass(frozen=True, slots=True)
class Offer:
    """`label` says which connections the rule is for; `condition` is a rule without its target."""

    label: str
    condition: str

    def rule(self, target: str) -> str:
        return f"{self.condition},{target}"


def offers(flow: FlowSnapshot) -> list[Offer]:
    """In the order in which to show them."""
    found = suggestions(flow.host, flow.address, flow.process)
    return [Offer(_label(each.how, each.what), each.condition) for each in found]


def target_label(target: str) -> str:
    """A target as a menu names it."""
    named = {str(DIRECT): tr("Directly"), str(REJECT): tr("Nowhere: refuse it")}
    return named.get(target) or tr("Through {name}", name=target)


def _label(how: How, what: str) -> str:
    match how:
        case How.PROGRAM:
            return tr("The application {program}", program=what)
        case How.SITE | How.SUFFIX:
            return tr("{name} and all names below it", name=what)
        case How.EXACT:
            return tr("Exactly {name}", name=what)
        case How.ADDRESS:
            return tr("The address {address}", address=what)
        case How.NETWORK:
            return tr("The network {network}", network=what)
