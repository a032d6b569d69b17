"""The programs' questions: answered, and remembered.

    known_names   what is known of addresses' names, and what is hearsay
    memory          … address -> the names it was given out for; what rules by name live on
    forwarder     intercepted questions, over UDP and TCP, to one of these:
    local_answers   … answered here: the profile's hosts, and hosts_file, the system's
    fake_answers    … and with addresses that only stand for names: fake_choice says for which,
                    fake_pool gives them out, fake_log keeps them, fake_names knows the way back
    recall          … given again, from the cache
    exchange        … asked: which server when, and when to give up
    choice        who is asked for which name
    servers       which servers: the profile's, or the system's resolv.conf as it is now
    health        how they fare, and what the user is told of it
    asking        one question at one server over one socket
    links         … over one connection for many questions: link, on it stack, in that tls_session
    poller        all those sockets behind one descriptor of the host loop
    session       one intercepted TCP connection to port 53
    hosts         what needs no asking, and what is of this machine or near it
    resolver      the names that Byway itself must reach, by libc in threads
    server_resolver  … the same, from the profile's servers

It must not know how questions are intercepted (it is given callables for that), nor what the
rules do with a name.
"""
