"""The part of Byway that touches the kernel's network: small enough to be read in one sitting.

    contract   what may be asked for: a frozen, checked Plan              pure
    render     Plan -> nftables text                                      pure
    netfilter  text -> kernel, by libnftables inside this process
    legacy_rules   the same for x_tables, as iptables-restore text        pure
    legacy         … -> kernel, where there is no nftables
    apply      a Plan in force: made in an order that keeps the machine online, undone in reverse
    routes     the Plan's routes and rules, by pyroute2
    sockets    the Plan's listeners, receivers and senders

and for the whole machine, where root runs it (docs/internals/helper.md):

    protocol   what crosses the system bus                                pure
    service    the verbs: who has the machine, and since when not any more
    authority  … may this caller? polkit is asked
    pool       … marked sockets for the engine's own traffic

Nothing here knows profiles, flows or upstreams, and nothing of the rest of Byway is imported: root
(for the whole machine) and an ordinary user's own namespace run the same code. No payload, path,
command or password ever comes here.
"""
