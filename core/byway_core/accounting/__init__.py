"""What went where: the ledger of flows, in the main process, and its feeds in the workers.

    ledger    live and closed flows, totals, rule hits, and events for those who follow
    rulebook  rule numbers -> the texts that held when a flow was decided; hit counts
    feed      a worker's side: batches of records on their way to the ledger
    record    one flow as plain values, between feed and ledger

It must not know sockets, nor how records travel between processes.
"""
