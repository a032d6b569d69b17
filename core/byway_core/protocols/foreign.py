"""What a server of the wrong kind looks like: users mix up ports, and the first bytes tell.

Knows a few greetings, and nothing of handshakes.
"""

from __future__ import annotations

_GREETINGS: tuple[tuple[bytes, str], ...] = (
    (b"HTTP/", "an HTTP server"),
    (b"SSH-", "an SSH server"),
    (b"220", "a mail or FTP server"),
    (b"RFB ", "a VNC server"),
    (b"<", "a web page"),
    (b"\x15\x03", "a TLS server"),
    (b"\x16\x03", "a TLS server"),
    (b"\x05", "a SOCKS5 server"),
    (b"\x00\x5a", "a SOCKS4 server"),
    (b"\x00\x5b", "a SOCKS4 server"),
    (b"\x00\x5c", "a SOCKS4 server"),
    (b"\x00\x5d", "a SOCKS4 server"),
)


def not_a(wanted: str, answer: bytes) -> str:
    """A sentence for a server that should be a `wanted` ("a SOCKS5 server") and answered so."""
    for greeting, kind in _GREETINGS:
        if answer.startswith(greeting) and kind != wanted:
            return f"this is not {wanted}: it answered like {kind}"
    shown = answer[:8].hex(" ")
    return f"this is not {wanted}: its answer makes no sense (it began with {shown})"
