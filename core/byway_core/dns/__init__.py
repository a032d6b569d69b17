"""The programs' questions: answered, and remembered.

    memory      address -> the names it was given out for; what rules by name live on
    forwarder   intercepted questions, over UDP and TCP: local answers, or an exchange for each
    exchange      … one question on its way: which server when, and when to give up
    asking        … one question at one server over one socket
    poller        … all those sockets behind one descriptor of the host loop
    session       … one intercepted TCP connection to port 53
    servers     which servers: the profile's, or the system's resolv.conf as it is now
    hosts       what needs no asking
    resolver    the names that Byway itself must reach, by libc in threads
    server_resolver   … the same, from the profile's servers

It must not know how questions are intercepted (it is given callables for that), nor what the
rules do with a name.
"""
