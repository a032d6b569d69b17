"""The way to engines. No Qt here: callbacks and an asyncio loop.

steering    the engine that serves this desktop: on, off, modes, crashes
hosts       the ways to have it:   child  a process of its own   in_process  this one
others      all engines of the user's (`byway run` too), followed
inbox       what happens to their flows, in batches
"""
