"""The words of the house: values that every room may speak, and that know no room.

    rule      one line of the profile's list, parsed         decision  what the list said
    upstream  a server that traffic can go through           profile   the whole file, valid
    flow      one connection, as the ledger shows it         errors    what can go wrong

Everything here is frozen, except `flow.Flow`, which the relay writes while a connection lives.
Nothing here imports anything but the standard library's pure parts.
"""
