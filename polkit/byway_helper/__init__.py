"""The part of Byway that touches the kernel's network: small enough to be read in one sitting.

    contract   what may be asked for: a frozen, checked Plan              pure
    render     Plan -> nftables text, from the files in rules/            pure
    netfilter  text -> kernel, by libnftables inside this process
    routes     the Plan's routes and rules, by pyroute2
    sockets    the Plan's listeners, receivers and senders
    apply      a Plan in force: made in an order that keeps the machine online, undone in reverse

and for the whole machine, where root runs it (docs/internals/helper.md): `bus`, a connection that
no message can end; `protocol`, what crosses it; `authority`, polkit's answers; `service`, who has
the machine and since when not any more; `pool`, marked sockets for the engine's own traffic.

Nothing here knows profiles, flows or upstreams, and nothing of the rest of Byway is imported. No
payload, path, command or password ever comes here.
"""
