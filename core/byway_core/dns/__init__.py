"""The programs' questions: answered, and remembered.

    memory      address -> the names it was given out for; what rules by name live on
    forwarder   intercepted questions, over UDP and TCP, asked of real servers and answered
    exchange      … one question on its way: which server when, and when to give up
    sockets       … the sockets to the servers, how many at most, and one descriptor for them all
    session       … one intercepted TCP connection to port 53
    servers     which servers: the profile's, or the system's resolv.conf as it is now
    hosts       names whose addresses the profile gives
    resolver    the names that Byway itself must reach, looked up in threads

It must not know how questions are intercepted (it is given callables for that), nor what the
rules do with a name.
"""
