"""Host names and address literals, brought to the one form in which rules compare them.

Names become lower-case A-labels without trailing dots; addresses are read strictly (as inet_pton
does, so `0x7f.1` is a name) and IPv4-mapped ones are unmapped. Knows nothing of rules.
"""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv6Address

from byway_core.model.decision import Address
from byway_core.model.sentence import say

# DNS names have at most 253 characters (RFC 1035, 2.3.4, without the root's dot) and a label at
# most 63. Longer text is refused before the mapping tables see it: it can only be an attack.
MAX_NAME = 253
MAX_LABEL = 63
_MAX_UNMAPPED = 1024  # before mapping, which may shorten


def normalise_host(text: str) -> str:
    """The name as rules compare it; "" for an empty name or one of dots only.

    ASCII is taken as it comes (underscores and all), since programs do ask for odd names; the
    rest goes through the mapping of UTS #46, non-transitional, and Punycode (RFC 3492). Raises
    ValueError, with words for the user, where that mapping forbids a character.
    """
    if text.isascii():
        return text.rstrip(".").lower()
    return ".".join(_a_label(label) for label in map_unicode(text).rstrip(".").split("."))


def map_unicode(text: str) -> str:
    """UTS #46 mapping alone (section 4): case, width, composed forms; ValueError as above."""
    import idna  # 15 ms and some megabytes: only for those who use such names

    if len(text) > _MAX_UNMAPPED:
        raise ValueError(say("a name of {n} characters is longer than any can be", n=len(text)))
    try:
        return idna.uts46_remap(text, std3_rules=False)
    except idna.IDNAError as error:
        raise ValueError(say("not a host name: {error}", error=error)) from error


def _a_label(label: str) -> str:
    if label.isascii():
        return label
    return "xn--" + label.encode("punycode").decode("ascii")


def display_form(host: str) -> str:
    """A normalised name with its A-labels turned back to Unicode, where they can be."""
    if "xn--" not in host:
        return host
    return ".".join(_u_label(label) for label in host.split("."))


def _u_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def parse_address(text: str) -> Address | None:
    """The address that `text` spells, brackets around IPv6 allowed; None where it spells none.

    IPv4-mapped IPv6 (RFC 4291, 2.5.5.2) becomes IPv4, and a zone (`%eth0`) is dropped: no rule
    can name it.
    """
    try:
        if ":" in text:
            if text.startswith("[") and text.endswith("]"):
                text = text[1:-1]
            return unmapped(IPv6Address(text.partition("%")[0]))
        if text[-1:].isdigit():
            return IPv4Address(text)
    except AddressValueError:
        pass
    return None


def unmapped(address: Address) -> Address:
    """`address`, or the IPv4 one inside it where it is IPv4-mapped."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def parse_destination(text: str) -> tuple[str, Address | None]:
    """What a user or a proxy client names: ("", address) for a literal, (name, None) otherwise.

    Raises ValueError, with words for the user, for what can be neither.
    """
    address = parse_address(text)
    if address is not None:
        return "", address
    if ":" in text or "/" in text:
        raise ValueError(say("{text} is neither a host name nor an address", text=repr(text)))
    host = normalise_host(text)
    if not host:
        raise ValueError(say("the host is empty"))
    return host, None
