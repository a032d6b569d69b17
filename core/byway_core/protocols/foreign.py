"""What a server of the wrong kind looks like: users mix up ports, and the first bytes tell.

Knows a few greetings, and nothing of handshakes.
"""

from __future__ import annotations

from byway_core.model.sentence import say

_GREETINGS: tuple[tuple[bytes, str], ...] = (
    (b"HTTP/", say("an HTTP server")),
    (b"SSH-", say("an SSH server")),
    (b"220", say("a mail or FTP server")),
    (b"RFB ", say("a VNC server")),
    (b"<", say("a web page")),
    (b"\x15\x03", say("a TLS server")),
    (b"\x16\x03", say("a TLS server")),
    (b"\x05", say("a SOCKS5 server")),
    (b"\x00\x5a", say("a SOCKS4 server")),
    (b"\x00\x5b", say("a SOCKS4 server")),
    (b"\x00\x5c", say("a SOCKS4 server")),
    (b"\x00\x5d", say("a SOCKS4 server")),
)


def not_a(wanted: str, answer: bytes) -> str:
    """A sentence for a server that should be a `wanted` ("a SOCKS5 server") and answered so."""
    for greeting, kind in _GREETINGS:
        if answer.startswith(greeting) and kind != wanted:
            return say("this is not {wanted}: it answered like {kind}", wanted=wanted, kind=kind)
    shown = answer[:8].hex(" ")
    return say(
        "this is not {wanted}: its answer makes no sense (it began with {shown})",
        wanted=wanted,
        shown=shown,
    )
