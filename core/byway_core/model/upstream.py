"""Servers that traffic can be sent through, and the secrets they ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class UpstreamKind(Enum):
    SOCKS4 = "socks4"
    SOCKS4A = "socks4a"
    SOCKS5 = "socks5"
    HTTP = "http"
    SERVICE = "service"  # no proxy: it gets the connection in its destination's place


class UdpWay(Enum):
    """What becomes of the datagrams that a rule sends to an upstream."""

    CARRY = "carry"  # through it, where it can; else they are refused
    REFUSE = "refuse"  # they are refused, and programs come by TCP
    DIRECT = "direct"  # past it


class SecretSource(Enum):
    LITERAL = "literal"
    ENV = "env"
    FILE = "file"
    KEYRING = "keyring"


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a password is to be had; the password itself only for SecretSource.LITERAL."""

    source: SecretSource
    reference: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Upstream:
    """One server. `server` is a host name (normalised) or an address literal without brackets."""

    name: str
    kind: UpstreamKind
    server: str
    port: int
    username: str | None = None
    password: Secret | None = None
    udp: UdpWay = UdpWay.CARRY
