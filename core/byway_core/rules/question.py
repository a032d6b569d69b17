"""A question to the rules as a user types it: texts to a Query, or words on what is wrong."""

from __future__ import annotations

from byway_core.model.decision import Address, Network, Process, Query
from byway_core.model.sentence import say
from byway_core.rules.names import parse_address, parse_destination
from byway_core.rules.payloads import MAX_USER


def read_question(
    host: str,
    address: str,
    port: str,
    network: str = "tcp",
    source: str = "",
    process: str = "",
    user: str = "",
) -> Query:
    """`host` is a name or an address, `address` what the name resolves to or "", `source` an
    address, one with a port, or ""; `process` and `user` as in `read_process`. ValueError, with
    words for the user, where one is not."""
    name, destination = parse_destination(host)
    if address:
        if destination is not None:
            raise ValueError(say("{host} is an address already", host=host))
        destination = parse_address(address)
        if destination is None:
            raise ValueError(say("{address} is no address", address=address))
    number = _port(port)
    origin, origin_port = _source(source)
    program = read_process(process, user)
    return Query(name, destination, number, _network(network), origin, origin_port, program)


def read_process(process: str, user: str) -> Process | None:
    """`process` is a program's name, its whole path, or "", `user` a number or "". None where
    both are ""; ValueError, with words for the user, where one cannot be."""
    if not process and not user:
        return None
    if "/" in process and (process[0] != "/" or process[-1] == "/"):
        raise ValueError(
            say("{process} is neither a program's name nor its whole path", process=process)
        )
    is_number = user.isascii() and user.isdigit() and len(user) <= 10
    if user and not (is_number and int(user) <= MAX_USER):
        raise ValueError(say("{user} is no user id: a number, as `id -u` tells it", user=user))
    path, name = (process, "") if "/" in process else ("", process)
    return Process(path, name, int(user) if user else -1)


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
