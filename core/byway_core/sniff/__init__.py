"""The destination's name from a connection's first bytes. Pure: no sockets, no clocks.

    first_bytes   the door: `Sniffer.look(buffer) -> Verdict`; picks by the first byte
    http_host     the Host field of an HTTP/1 request

TLS is read by `protocols.tls_hello`. The relay decides whether to sniff at all and for how long.
"""
