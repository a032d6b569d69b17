"""Wires the rooms: one engine is a loop with a relay, and worker processes with a relay each.

engine    Engine: the composition; takes interceptions, opens ports, swaps profiles, ends
listening  sockets on this machine's own ports, for the engine to open
crew      the worker processes, from the main process's side
worker    one worker process: a loop, a relay, a replica of the DNS memory
channel   messages and descriptors between the two
messages  what they say to each other
fakes     the fake addresses of one engine, and where they are remembered
groups    what is chosen in groups, and tests of their members
tunnels   what DNS servers are asked through
processors  how many of them there are
"""
