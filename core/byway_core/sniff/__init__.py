"""The destination's name from a flow's first bytes. Pure: no sockets, no clocks.

    first_bytes   the door: `Sniffer.look(buffer) -> Verdict`; picks by the first byte
    http_host     the Host field of an HTTP/1 request
    quic_hello    the same door for a flow's first datagrams: `QuicSniffer.look(datagram)`

TLS is read by `protocols.tls_hello`, QUIC's packets by `protocols.quic_packet` and its neighbours.
The relay decides whether to sniff at all and for how long.
"""
