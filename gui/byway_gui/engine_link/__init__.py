"""The way to engines: the one in this process, and those of other processes of the user.

    own      the engine behind the local proxy port, on our loop, under the user's profile
    others   engines of other processes (`byway run`, `byway serve`), followed
    inbox    what happens to all their flows, in batches

No Qt here: callbacks and an asyncio loop.
"""
