"""The part of Byway that touches the kernel's network: small enough to be read in one sitting.

    contract   what may be asked for: a frozen, checked Plan              pure
    render     Plan -> nftables text                                      pure
    netfilter  text -> kernel, by libnftables inside this process
    apply      a Plan in force: made in an order that keeps the machine online, undone in reverse
    features   which parts of nftables a kernel lacks, when it refused
    routes     links, addresses, and the Plan's routes and rules, by pyroute2
    sockets    the Plan's listeners, receivers and senders

Nothing here knows profiles, flows or upstreams: the room imports only the standard library, so
that root (a helper of the whole machine) and an ordinary user's own namespace run the same code.
No payload, path, command or password ever comes here.
"""
