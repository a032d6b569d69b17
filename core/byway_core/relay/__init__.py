"""The data plane: one edge-triggered epoll state machine, no task and no callback object per
connection.

    machine       Relay: the epoll, the table of descriptors, the turn
    selector      an asyncio loop upon the relay's epoll
    listener      where connections are accepted, and what happens when descriptors run out
    connection    the way of one connection: learn - decide - dial - handshake - stream - end
    intercepted     … one that TPROXY brought: its name comes from DNS or from sniffing
    requested       … one on the local proxy port: the client says where to
    naming        which name an intercepted flow goes by; whether to listen for one
    first_datagrams … what is listened to, where datagrams begin a flow
    locating      a name's addresses, where the rules or the way need them
    dialing       several addresses of one destination, beside each other (Happy Eyeballs)
    attempts      … by the members of a group, one after the other
    handshaking   the upstream's handshake
    call          a connection of our own to an upstream's server
    timing        … to see how a group's member is
    pipelining    which upstreams take greeting and request at once
    stream        two sockets copied into each other, half-closes, resets, splice
    pipes         the bounded pool of pipes that splice needs
    inquiry       which process it comes from: asked for, and waited for where a rule needs it
    held          … first datagrams meanwhile
    datagrams     the flows of UDP
    course          … where the rules send one
    exchange        … one that goes straight: a connected socket
    outside         … the port that a program's socket has out there
    association     … those that go through a SOCKS5 upstream
    associating     … how that is asked to take them
    deadlines     time limits, a queue for each duration
    routing       what a connection is decided by; swapped whole when the profile changes
    reasons       errno -> words

The relay's epoll descriptor is itself readable, so any asyncio loop hosts the whole of it with one
`loop.add_reader(relay.fileno(), relay.turn)`; in processes of its own it carries the loop instead.
It must not know what a profile's file, a namespace or a control socket is.
"""
