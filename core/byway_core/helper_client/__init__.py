"""The user's side of the helper: one D-Bus connection, and the sockets that come back over it.

    lease     the machine's traffic while it is ours: asked for, changed, given back, lost
    handover  … the descriptors that come with it
    marked    the engine's own sockets, marked by the helper so that no rule takes them

The room knows the helper's contract and protocol; it must not know what the sockets are used for.
"""
