"""A question to the rules as a user types it: texts to a Query, or words on what is wrong."""

from __future__ import annotations

from byway_core.model.decision import Address, Network, Query
from byway_core.model.sentence import say
from byway_core.rules.names import parse_address, parse_destination


def read_question(
    host: str, address: str, port: str, network: str = "tcp", source: str = ""
) -> Query:
    """`host` is a name or an address, `address` what the name resolves to or "", `source` an
    address, one with a port, or "". ValueError, with words for the user, where one is not."""
    name, destination = parse_destination(host)
    if address:
        if destination is not None:
            raise ValueError(say("{host} is an address already", host=host))
        destination = parse_address(address)
        if destination is None:
            raise ValueError(say("{address} is no address", address=address))
    number = _port(port)
    origin, origin_port = _source(source)
    return Query(name, destination, number, _network(network), origin, origin_port)


def _network(text: str) -> Network:
    try:
        return Network(text.lower())
    except ValueError:
        raise ValueError(say("{text} is no network: tcp or udp", text=text)) from None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 0xFFFF):
        raise ValueError(say("{text} is no port", text=text or say("nothing")))
    return int(text)


def _source(text: str) -> tuple[Address | None, int | None]:
    if not text:
        return None, None
    address = parse_address(text)
    if address is not None:
        return address, None
    host, _, port = text.rpartition(":")
    address = parse_address(host)
    if address is None:
        raise ValueError(say("{text} is no address, nor one with a port", text=text))
    return address, _port(port)
