"""The kernel's lists of links, routing rules and routes, read with a deadline.

Not pyroute2: it needs 200 ms to load and reads some 1,500 links a second, without a way to stop; a
machine with 10,000 containers must not keep `byway up` waiting. Reads only (rtnetlink(7)), which
needs no privilege.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address

from byway_core.coexistence.facts import Action, Link, RoutingRule, Table, Way

FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}

_HEADER = struct.Struct("=IHHII")  # nlmsghdr
_ATTRIBUTE = struct.Struct("=HH")  # rtattr
_LINK = struct.Struct("=BxHiII")  # ifinfomsg
_RULE = struct.Struct("=BBBBBxxBI")  # fib_rule_hdr
_ROUTE = struct.Struct("=BBBBBBBBI")  # rtmsg
_NUMBER = struct.Struct("=I")
_REQUEST, _DUMP = 0x1, 0x300
_ERROR, _DONE = 2, 3
_GET_LINK, _GET_ROUTE, _GET_RULE = 18, 26, 34
_SOL_NETLINK, _STRICT = 270, 12
# The kernel fills at most 32 kB at a time.
_BUFFER = 1 << 16

_UP = 0x1
_ARPHRD_NONE = 65534
_INVERT = 0x2
# What a rule may ask for beside what RoutingRule has: a tunnel's id, users, and from 22 on
# protocol, ports, and whatever later kernels know.
_NARROW = {12, 20, *range(22, 64)}
_LOOPBACK = 1
# Far away in both halves of the address space, so that neither half alone is mistaken for all.
_FAR = {4: ("1.1.1.1", "192.88.99.1"), 6: ("2600::1", "a000::1")}

Attributes = dict[int, bytes]
Message = tuple[bytes, Attributes]


class LateError(TimeoutError):
    """The deadline has come before the end of a list."""


class Netlink:
    """One socket. Methods raise OSError, of which LateError is one; what has been given until then
    is true. `deadline` is of time.monotonic()."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
        # Lists of one table come from the kernel as such. Linux 4.20.
        self._socket.setsockopt(_SOL_NETLINK, _STRICT, 1)

    def close(self) -> None:
        self._socket.close()

    def links(self) -> Iterator[tuple[int, Link]]:
        """Each link with its index."""
        for body, found in self._ask(_GET_LINK, _DUMP, _LINK.pack(0, 0, 0, 0, 0), _LINK.size):
            _, kind_of_frames, index, flags, _ = _LINK.unpack_from(body)
            kind = _text(dict(_attributes(found.get(18, b""))).get(1, b""))
            if kind == "tun" and kind_of_frames != _ARPHRD_NONE:
                kind = "tap"
            yield index, Link(_text(found.get(3, b"")), kind, bool(flags & _UP))

    def rules(self, family: int) -> Iterator[RoutingRule]:
        """In the order in which the kernel asks them."""
        header = _RULE.pack(FAMILIES[family], 0, 0, 0, 0, 0, 0)
        for body, found in self._ask(_GET_RULE, _DUMP, header, _RULE.size):
            kind, to_length, from_length, tos, table, action, flags = _RULE.unpack_from(body)
            if kind != FAMILIES[family]:
                continue  # a kernel without this family gives all that it has
            mark, mask = _number(found, 10), _number(found, 16, 0)
            yield RoutingRule(
                family=family,
                preference=_number(found, 6, 0) or 0,
                table=_number(found, 15, table) or 0,
                action=_ACTIONS.get(action, Action.NOP),
                mark=(mark or 0) if mark or mask else None,
                mask=mask or 0xFFFFFFFF,
                inverted=bool(flags & _INVERT),
                interface=_text(found.get(3, b"")),
                outgoing=_text(found.get(17, b"")),
                source=_network(found.get(2), from_length),
                destination=_network(found.get(1), to_length),
                suppressed=_signed(found.get(14)),
                narrow=bool(tos or _NARROW & found.keys()),
                vrf=found.get(19, b"\0") != b"\0",
            )

    def table(self, family: int, number: int) -> Table:
        """How much a routing table covers; one that does not exist, nothing."""
        header = _ROUTE.pack(FAMILIES[family], 0, 0, 0, 0, 0, 0, 0, 0)
        header += _attribute(15, _NUMBER.pack(number))
        everything, halves, strange = False, set(), 0
        with _refusals():
            for body, found in self._ask(_GET_ROUTE, _DUMP, header, _ROUTE.size):
                asked, length, _, _, table, _, _, kind, _ = _ROUTE.unpack_from(body)
                if asked != FAMILIES[family] or _number(found, 15, table) != number:
                    continue  # a kernel that does not choose for us
                everything |= length == 0
                if length == 1:
                    halves.add(found.get(1, b"\0")[0] >> 7)
                ours = length == 0 and kind == _RTN_LOCAL and _number(found, 4) == _LOOPBACK
                strange += not ours
        return Table(family, number, everything, halves == {0, 1}, strange)

    def ways(self, family: int, mark: int, names: dict[int, str]) -> list[Way]:
        """Where packets to places far away would go; nothing is sent."""
        found = []
        for address in _FAR[family]:
            packed = socket.inet_pton(FAMILIES[family], address)
            header = _ROUTE.pack(FAMILIES[family], len(packed) * 8, 0, 0, 0, 0, 0, 0, 0)
            header += _attribute(1, packed) + _attribute(16, _NUMBER.pack(mark))
            way = Way(family, mark)
            with _refusals():  # no route
                for body, each in self._ask(_GET_ROUTE, 0, header, _ROUTE.size):
                    kind = _ROUTE.unpack_from(body)[7]
                    link = names.get(_number(each, 4, 0) or 0, "?")
                    way = Way(family, mark, link, kind == _RTN_LOCAL)
            found.append(way)
        return found

    def _ask(self, kind: int, flags: int, body: bytes, size: int) -> Iterator[Message]:
        """The messages of the answer; `size` is that of their fixed parts."""
        length = _HEADER.size + len(body)
        self._socket.send(_HEADER.pack(length, kind, _REQUEST | flags, 0, 0) + body)
        while True:
            data = self._received()
            while len(data) >= _HEADER.size:
                length, what, _, _, _ = _HEADER.unpack_from(data)
                content, data = data[_HEADER.size : length], data[(length + 3) & ~3 :]
                if what == _DONE:
                    return
                if what == _ERROR:
                    raise OSError(-struct.unpack_from("=i", content)[0], "the kernel refuses")
                if len(content) >= size:
                    yield content, dict(_attributes(content[size:]))
            if not flags & _DUMP:
                return

    def _received(self) -> bytes:
        left = self._deadline - time.monotonic()
        poller = select.poll()
        poller.register(self._socket, select.POLLIN)
        if left <= 0 or not poller.poll(left * 1000):
            raise LateError("the kernel's lists are too long for the time there was")
        return self._socket.recv(_BUFFER)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """What the kernel refuses is an empty answer; that there is no time left is not."""
    try:
        yield
    except LateError:
        raise
    except OSError:
        pass


_RTN_LOCAL = 2
_ACTIONS = {action.value: action for action in Action}


def _attributes(data: bytes) -> Iterable[tuple[int, bytes]]:
    while len(data) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(data)
        if length < _ATTRIBUTE.size:
            return
        yield kind & 0x3FFF, data[_ATTRIBUTE.size : length]
        data = data[(length + 3) & ~3 :]


def _attribute(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode("utf-8", "replace")


def _number(found: Attributes, kind: int, otherwise: int | None = None) -> int | None:
    value = found.get(kind, b"")
    return _NUMBER.unpack(value)[0] if len(value) == _NUMBER.size else otherwise


def _signed(value: bytes | None) -> int:
    return struct.unpack("=i", value)[0] if value and len(value) == 4 else -1


def _network(address: bytes | None, length: int) -> str:
    if not address or not length:
        return ""
    return f"{IPv4Address(address) if len(address) == 4 else IPv6Address(address)}/{length}"
