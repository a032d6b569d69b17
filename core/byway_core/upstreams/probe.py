"""What a test says to the host behind a member, so that it answers whoever it is.

That a proxy says the way is open proves little: some say so before they have tried (a tunnel's
local end, as a rule). An answer of the host itself does.
"""

from __future__ import annotations

from contextlib import suppress

from byway_core.protocols.host_name import authority

_HTTP, _HTTPS = 80, 443


def first_words(host: str, port: int) -> bytes:
    """For a web server, a question or the beginning of TLS, which any answer to will do; nothing
    for other ports, where the open way has to do."""
    if port == _HTTPS:
        return _client_hello(host)
    if port == _HTTP:
        where = authority(host, port).removesuffix(f":{port}")
        lines = ("HEAD / HTTP/1.0", f"Host: {where}", "", "")
        return "\r\n".join(lines).encode("ascii")
    return b""


def _client_hello(host: str) -> bytes:
    # Here, as it loads OpenSSL, for those who use it.
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nothing is believed that comes back
    outgoing = ssl.MemoryBIO()
    hello = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=host)
    with suppress(ssl.SSLWantReadError):
        hello.do_handshake()
    return outgoing.read()
