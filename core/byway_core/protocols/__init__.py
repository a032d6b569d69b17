"""Wire formats, sans-IO: bytes in, bytes and values out. Nothing here opens, waits or logs.

Toward an upstream (a `ClientHandshake` each: `start`, `feed`, `done`, `leftover`):

    handshake      the shape they share         socks, socks4  SOCKS 5; SOCKS 4 and 4a
    http_connect   HTTP CONNECT                 foreign        how a wrong kind of server answers
    socks_datagram SOCKS 5's header of datagrams

Toward programs that use Byway's own port (`ServerHandshake`: `feed`, `request`, `failed`):

    mixed_server   one port for all, by the first byte
    socks_server   SOCKS 4, 4a and 5            http_server    CONNECT and absolute-form requests
    proxy_request  what a program asked for, and why it may not have it

Read in passing:

    tls_hello      the server name of a ClientHello
    quic_packet    where a QUIC client's Initial packets are   quic_initial   opens them
    quic_crypto    the handshake's bytes in their frames, put in order
    dns_message    questions, answers, replies, framing
    host_name      what may be a host name or an address, and their one normal form

Peers are not trusted: whatever bytes they send, only `ProtocolError` and `RefusedError` come out,
and no peer can make a parser hold more than the limits written beside it.
"""
