"""What protects a client's Initial packets, which anybody on the way can open (RFC 9001 5, RFC 9369
3.3): the keys follow from the connection id in their own header.

`cryptography` comes with this module: 10 to 20 ms and 10 MB, so nobody imports it before there is
such a packet. Its HKDF is no faster than HMAC by hand, which one block of output makes simple.
"""

from __future__ import annotations

import hmac
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from byway_core.protocols.quic_packet import V1, V2, Initial

# A sample of the ciphertext is taken as if the packet number had its full four bytes (5.4.2).
_NUMBER = 4
_SAMPLE = 16


def _label(text: bytes, length: int) -> bytes:
    """HKDF-Expand-Label's info for the first and only block (RFC 8446 7.1, RFC 5869 2.3)."""
    full = b"tls13 " + text
    return length.to_bytes(2) + bytes([len(full)]) + full + b"\0\1"


class _Derivation(NamedTuple):
    salt: bytes
    key: bytes
    iv: bytes
    protection: bytes


_CLIENT = _label(b"client in", 32)
_DERIVATIONS = {
    V1: _Derivation(
        bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"),
        _label(b"quic key", 16),
        _label(b"quic iv", 12),
        _label(b"quic hp", 16),
    ),
    V2: _Derivation(
        bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9"),
        _label(b"quicv2 key", 16),
        _label(b"quicv2 iv", 12),
        _label(b"quicv2 hp", 16),
    ),
}


class InitialKeys:
    """A client's, for one version and one connection id."""

    __slots__ = ("_aead", "_iv", "_mask")

    def __init__(self, version: int, connection: bytes) -> None:
        how = _DERIVATIONS[version]
        secret = _hmac(_hmac(how.salt, connection), _CLIENT)
        self._aead = AESGCM(_hmac(secret, how.key)[:16])
        self._iv = int.from_bytes(_hmac(secret, how.iv)[:12])
        protection = algorithms.AES(_hmac(secret, how.protection)[:16])
        # One block at a time is what header protection is (5.4.3).
        self._mask = Cipher(protection, modes.ECB()).encryptor().update  # noqa: S305

    def payload(self, datagram: bytes, packet: Initial) -> bytes | None:
        """The frames of the packet; None for one that was not made with these keys."""
        sample = packet.number + _NUMBER
        if sample + _SAMPLE > packet.end:
            return None
        mask = self._mask(datagram[sample : sample + _SAMPLE])
        first = datagram[packet.start] ^ (mask[0] & 0x0F)
        size = (first & 3) + 1
        body = packet.number + size
        # Packet numbers begin at 0: what comes before any answer is not cut (RFC 9000 A.3).
        number = int.from_bytes(datagram[packet.number : body]) ^ int.from_bytes(mask[1 : 1 + size])
        header = bytes([first]) + datagram[packet.start + 1 : packet.number] + number.to_bytes(size)
        nonce = (self._iv ^ number).to_bytes(12)
        try:
            return self._aead.decrypt(nonce, datagram[body : packet.end], header)
        except InvalidTag:
            return None

    def sealed(self, header: bytes, payload: bytes) -> bytes:
        """The packet with number 0, written in four bytes as the header has to say; `header` ends
        before it. The payload has 4 bytes at least (5.4.2)."""
        whole = header + bytes(_NUMBER)
        body = self._aead.encrypt(self._iv.to_bytes(12), payload, whole)
        mask = self._mask(body[:_SAMPLE])
        return bytes((header[0] ^ mask[0] & 0x0F,)) + header[1:] + mask[1 : 1 + _NUMBER] + body


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
