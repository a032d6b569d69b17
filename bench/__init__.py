"""Side by side with real peers: the numbers that Byway is held to.

    client namespace        proxy namespace                  server namespace
    load ──────────veth──── TPROXY ─ the peer under test ──veth── origin (SOCKS5 and web in one)

    __main__      options, rounds, interleaving            measures   one measure each
    topology      the namespaces, routes and nft rules     footprint  processor, memory, descriptors
    stage         drives a load, takes the CPU of all
    rules         one rule list in every peer's words      results    figures, medians, ratios
    peers         mihomo, sing-box, redsocks, no proxy     report     the terminal, RESULTS.md
    byway_peer    Byway, through byway_under_test
    far           a slow path to the upstream
    connections_page  by itself: how long that page keeps the GUI's loop
    desktop_start     by itself: the desktop app's start, and its memory
    names             by itself: questions for names beside mihomo's, and flat memory
    load, origin  the two ends: programs of their own, with the standard library only

How to read the figures and why it is done so: docs/internals/measuring.md.
"""
