"""Rules that a connection suggests."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network

from byway_core.api.rules import program_of
from byway_core.model.decision import DIRECT, REJECT
from byway_core.model.flow import FlowSnapshot
from byway_gui.words import tr

# What one provider or one site usually has, and a router one subnet of.
_NETWORK_V4 = 24
_NETWORK_V6 = 64


@dataclass(frozen=True, slots=True)
class Offer:
    """`label` says which connections the rule is for; `condition` is a rule without its target."""

    label: str
    condition: str

    def rule(self, target: str) -> str:
        return f"{self.condition},{target}"


def offers(flow: FlowSnapshot) -> list[Offer]:
    """From the widest by name to the widest by address; before them, the application."""
    program = program_of(flow.process)
    found = []
    if program:
        label = tr("The application {program}", program=program)
        found.append(Offer(label, f"PROCESS-NAME,{program}"))
    found += [
        Offer(tr("{name} and all names below it", name=name), f"DOMAIN-SUFFIX,{name}")
        for name in _sites(flow.host)
    ]
    if flow.host and not _is_address(flow.host):
        found.append(Offer(tr("Exactly {name}", name=flow.host), f"DOMAIN,{flow.host}"))
    if _is_address(flow.address):
        address = ip_address(flow.address)
        bits = _NETWORK_V4 if isinstance(address, IPv4Address) else _NETWORK_V6
        network = ip_network((address, bits), strict=False)
        single = f"{address}/{address.max_prefixlen}"
        found += [
            Offer(tr("The address {address}", address=address), f"IP-CIDR,{single}"),
            Offer(tr("The network {network}", network=network), f"IP-CIDR,{network}"),
        ]
    return found


def target_label(target: str) -> str:
    """A target as a menu names it."""
    named = {str(DIRECT): tr("Directly"), str(REJECT): tr("Nowhere: refuse it")}
    return named.get(target) or tr("Through {name}", name=target)


def _sites(host: str) -> list[str]:
    """The site that a name is probably of, and the name itself."""
    if not host or _is_address(host):
        return []
    labels = host.split(".")
    # Under a country's domain, names of three letters or less are mostly such as co.uk, where
    # everybody has theirs.
    shared = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    site = ".".join(labels[-3:] if shared else labels[-2:])
    return [site, host] if site != host else [host]


def _is_address(text: str) -> bool:
    """One that a rule can name: without a zone."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text
