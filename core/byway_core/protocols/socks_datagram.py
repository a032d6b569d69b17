"""What stands before each datagram between a client and a SOCKS5 server: RFC 1928 section 7.

    +-----+------+------+----------+----------+----------+
    | RSV | FRAG | ATYP | DST.ADDR | DST.PORT |   DATA   |
    +-----+------+------+----------+----------+----------+
    |  2  |  1   |  1   | variable |    2     | variable |

An endpoint is packed here as the intercepted datagrams' is: two bytes of port, then the address.
"""

from __future__ import annotations

from byway_core.model.errors import ProtocolError
from byway_core.protocols.host_name import packed_address, unmapped

_ATYP_IPV4 = 1
_ATYP_NAME = 3
_ATYP_IPV6 = 4


class FragmentError(ProtocolError):
    """A part of a datagram. To put them together is a choice of the RFC's ("implementation of
    fragmentation is optional"), no server in use sends any, and who does not must drop them."""


def header(endpoint: bytes) -> bytes:
    """What goes before a datagram to that endpoint, of 6 or 18 bytes."""
    kind = _ATYP_IPV4 if len(endpoint) == 6 else _ATYP_IPV6
    return b"\0\0\0%c%b%b" % (kind, endpoint[2:], endpoint[:2])


def read_header(datagram: memoryview) -> tuple[bytes, int]:
    """(the endpoint that it comes from, where its data begins). An IPv4-mapped address, and one
    that is written as a name, come out as what they are; the endpoint is b"" for any other name.

    ProtocolError where the header is wrong or cut short, FragmentError for a part of a datagram.
    """
    if len(datagram) < 5:
        raise ProtocolError("shorter than a header")
    if datagram[2]:
        raise FragmentError("a fragment")
    kind = datagram[3]
    if kind == _ATYP_IPV4:  # nearly all
        if len(datagram) < 10:
            raise ProtocolError("cut short in its header")
        return bytes(datagram[8:10]) + bytes(datagram[4:8]), 10
    if kind == _ATYP_IPV6:
        begin, end = 4, 20
    elif kind == _ATYP_NAME:
        begin, end = 5, 5 + datagram[4]
    else:
        raise ProtocolError(f"an unknown type of address ({kind})")
    if len(datagram) < end + 2:
        raise ProtocolError("cut short in its header")
    address = bytes(datagram[begin:end])
    if kind == _ATYP_NAME:
        address = packed_address(address.decode("ascii", "replace"))
        if not address:
            return b"", end + 2
    return bytes(datagram[end : end + 2]) + unmapped(address), end + 2
