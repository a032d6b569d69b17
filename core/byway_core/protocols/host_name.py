"""What may stand where a host is named, and the one form it takes inside Byway.

A host is a name (lower case, A-labels, no trailing dot) or an address literal in its shortest
text. Whatever is neither is refused here: in particular the old spellings of addresses that
getaddrinfo() understands ("127.1", "0x7f.0.0.1", "2130706433"), with which a program could get
past rules about addresses. Knows nothing of who named the host.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address

# RFC 1035 2.3.4: 63 octets a label, 255 on the wire, which leaves 253 characters of text.
_LENGTH = 253
# No name of 253 characters is longer in UTF-8, of four bytes at most for each.
_MOST_BYTES = 1024
# Underscores and hyphens at either end of a label are not letters of the law but of the Web.
# The last label is not a number in any base: WHATWG URL, "ends in a number".
_NAME = re.compile(rb"(?:[a-z0-9_-]{1,63}\.)*(?!(?:[0-9]+|0x[0-9a-f]*)\Z)[a-z0-9_-]{1,63}")
# "[v6]:port", "name:port", "v4:port", each with or without the port; RFC 3986 3.2.2 and 3.2.3.
_AUTHORITY = re.compile(
    rb"(?:\[([0-9A-Fa-f:.]{2,45})\]|([^\[\]:/?#@\s]{1,1024}))(?::([0-9]{0,5}))?"
)


def normal_name(raw: bytes) -> str:
    """A host name in its normal form, or "" for what is none (address literals too)."""
    return _normal_name(raw) if len(raw) <= _MOST_BYTES else ""


@lru_cache(maxsize=1024)  # the same names again and again; at most a megabyte of long ones
def _normal_name(raw: bytes) -> str:
    name = raw.lower()
    if name[-1:] == b".":
        name = name[:-1]
    if len(name) <= _LENGTH and _NAME.fullmatch(name):
        return name.decode("ascii")
    return "" if name.isascii() else _international(name)


def _international(name: bytes) -> str:
    """A name with non-ASCII letters as its A-labels, or "".

    The mapping of UTS #46, non-transitional, and Punycode, as browsers do and the rules room too;
    without the registries' strictness of IDNA 2008, which forbids names that are in use.
    """
    import idna  # here, not above: 2 MB of tables that nearly nobody needs

    try:
        text = idna.uts46_remap(name.decode("utf-8"), std3_rules=False)
        encoded = b".".join(_a_label(label) for label in text.rstrip(".").split("."))
    except UnicodeError:  # idna.IDNAError is one
        return ""
    if len(encoded) > _LENGTH or not _NAME.fullmatch(encoded):
        return ""
    return encoded.decode("ascii")


def _a_label(label: str) -> bytes:
    if len(label) > 63:  # no shorter as Punycode, which takes quadratic time
        raise UnicodeError("a label is too long")
    return label.encode("ascii") if label.isascii() else b"xn--" + label.encode("punycode")


def packed_address(host: str) -> bytes:
    """The 4 or 16 bytes of an address literal (no brackets, no zone), b"" for anything else."""
    try:
        if ":" in host:
            return b"" if "%" in host else IPv6Address(host).packed
        if host[-1:] in "0123456789":
            return IPv4Address(host).packed
    except AddressValueError:
        pass
    return b""


def address_text(packed: bytes) -> str:
    """The text of 4 or 16 bytes as inet_ntop(3) writes it, so that it can be compared with what
    getsockname() says."""
    if len(packed) == 4:
        return _dotted(packed)
    if packed[:10] == b"\0\0\0\0\0\0\0\0\0\0":
        # inet_ntop writes these with a dotted tail; ipaddress does so from Python 3.13 on only.
        if packed[10:12] == b"\xff\xff":
            return "::ffff:" + _dotted(packed[12:])
        if packed[10:12] == b"\0\0" and packed[12:14] != b"\0\0":
            return "::" + _dotted(packed[12:])
    return str(IPv6Address(packed))


def _dotted(packed: bytes) -> str:
    return f"{packed[0]}.{packed[1]}.{packed[2]}.{packed[3]}"


def unmapped(packed: bytes) -> bytes:
    """A v4-mapped IPv6 address as the IPv4 address that it is; anything else as it was."""
    if len(packed) == 16 and packed[:12] == b"\0\0\0\0\0\0\0\0\0\0\xff\xff":
        return packed[12:]
    return packed


def split_host(raw: bytes) -> tuple[str, str]:
    """(name, "") or ("", address text) for what a peer wrote, ("", "") where it is neither.

    Takes a bare IPv6 literal, as SOCKS sends it; v4-mapped addresses come out as IPv4.
    """
    name = normal_name(raw)
    if name:
        return name, ""
    if not raw.isascii():
        return "", ""
    packed = packed_address(raw.decode("ascii"))
    return ("", address_text(unmapped(packed))) if packed else ("", "")


def split_authority(raw: bytes) -> tuple[bytes, int] | None:
    """The host (brackets taken off) and the port of "host:port"; the port is 0 where none is
    written. None for what is no authority, for a port out of range, and for user names in it."""
    match = _AUTHORITY.fullmatch(raw)
    if match is None:
        return None
    literal, host, port = match.groups()
    number = int(port) if port else 0
    if number > 0xFFFF or (port and not number) or (literal is not None and b":" not in literal):
        return None
    return literal if literal is not None else host, number


def authority(host: str, port: int) -> str:
    """ "host:port", with brackets round an IPv6 literal."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
