"""Byway's core: from an intercepted connection to a relayed one.

The house, from the door down (each floor imports only what is below it):

    cli           the command `byway`
    api           the one door for a front end: Engine, the control socket and its client
    engine        wires the rooms together; workers, tasks
    relay         the data plane: one epoll state machine
    intercept     where connections come in    upstreams   where they go out
    dns           the programs' questions      accounting  the ledger
    plan, config  a profile's file and what it asks of the kernel
    rules         flow -> decision             sniff       first bytes -> host
    protocols     wire formats, sans-IO
    ports         what the edges implement     model       the words
    flatpak       whether this is one          authorities TLS as this system trusts it
"""
