"""TLS over bytes: what came in the clear, and what to send. The library is OpenSSL, by the
standard library; certificates are checked against the system's authorities, always.
"""

from __future__ import annotations

import ssl
from functools import cache

from byway_core.authorities import client_context
from byway_core.model.sentence import say

_READ_AT_ONCE = 65_536


class TlsSession:
    """The client's side of one session."""

    def __init__(self, name: str, protocol: str = "") -> None:
        """`name`, or address, is what the server's certificate must have; `protocol` is what must
        be spoken inside, by ALPN (RFC 7301), "" where nothing need be said of that."""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = _context(protocol)
        self._session = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        self._protocol = protocol
        self.established = False
        self.ended = False

    def start(self) -> bytes:
        """The first bytes to send."""
        return self.feed(b"")[1]

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """What came in the clear, and what to send; `ended` is set with its last bytes. OSError,
        with words, where the server is not who it should be or breaks the protocol."""
        self._incoming.write(data)
        try:
            clear = self._clear()
        except ssl.SSLCertVerificationError as error:
            why = error.verify_message.rstrip(".")
            raise OSError(say("its certificate is not accepted: {why}", why=why)) from error
        except ssl.SSLError as error:
            words = (error.reason or str(error)).replace("_", " ").lower()
            raise OSError(say("no TLS with it: {why}", why=words)) from error
        return clear, self._outgoing.read()

    def wrap(self, data: bytes) -> bytes:
        """What to send for bytes in the clear, once it is established."""
        self._session.write(data)
        return self._outgoing.read()

    def _clear(self) -> bytes:
        found = bytearray()
        try:
            if not self.established:
                self._session.do_handshake()
                self.established = True
                chosen = self._session.selected_alpn_protocol()
                if self._protocol and chosen != self._protocol:
                    raise OSError(
                        say(
                            "it does not speak {protocol}, which is needed", protocol=self._protocol
                        )
                    )
            while data := self._session.read(_READ_AT_ONCE):
                found += data
            self.ended = True
        except ssl.SSLWantReadError:
            pass
        return bytes(found)


@cache
def _context(protocol: str) -> ssl.SSLContext:
    """The system's authorities take 20 ms to read: once in a process."""
    context = client_context()
    if protocol:
        context.set_alpn_protocols([protocol])
    return context
