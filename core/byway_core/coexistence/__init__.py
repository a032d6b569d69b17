"""What else is on this machine that has a say in its network, and what follows for Byway.

    facts       what is looked at: links, routing rules, names on the bus, files; frozen
    netlink       … the kernel's lists, read with a deadline
    bus           … the system bus' names
    collect       … all of it, once; what cannot be read is not there
    finding     one thing that was recognised, what follows, and what to do about it
    detect      Facts and a Plan -> findings, conflicts first
    firewalls, containers, tunnels, routing, surroundings   the detectors, pure

Everything is readable by an ordinary user without a question. What is not (the firewalls' own
rules, who is a polkit agent) is not guessed at: a finding says how it was recognised. Nothing here
changes anything, least of all what belongs to others.
"""
