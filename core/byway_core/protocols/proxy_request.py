"""What the server sides share: what a program asked for, and why it may not have it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """Where a program wants to go. Either `host` (a normalised name) or `address` (the text of an
    address literal, never v4-mapped) is set, the other is "". `first` are the bytes to send to the
    destination before anything else: a rewritten request, or what the program sent early."""

    host: str
    address: str
    port: int
    first: bytes = b""


class Failure(Enum):
    """Why a request that was understood cannot be had; each protocol has its own words for it."""

    REJECTED = "refused by a rule"
    UNREACHABLE = "the destination cannot be reached"
    REFUSED = "the destination refused the connection"
    UPSTREAM = "the upstream failed"
    TIMEOUT = "the destination did not answer in time"


class ServerSide(Protocol):
    """One protocol's half of `mixed_server.ServerHandshake`, which has the meaning of each."""

    request: ProxyRequest | None
    failed: str

    def feed(self, data: bytes) -> bytes: ...

    def success(self) -> bytes: ...

    def failure(self, kind: Failure, reason: str) -> bytes: ...


class Account:
    """The one user name and password that a port accepts."""

    __slots__ = ("_password", "_username")

    def __init__(self, username: str, password: str) -> None:
        self._username = username.encode(errors="surrogateescape")
        self._password = password.encode(errors="surrogateescape")

    def admits(self, username: bytes, password: bytes) -> bool:
        """In a time that does not tell how much of either was right."""
        from hmac import compare_digest  # here: most ports have no account, and OpenSSL is large

        return compare_digest(self._username, username) & compare_digest(self._password, password)
