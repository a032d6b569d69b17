"""The way to engines. No Qt here: callbacks and an asyncio loop.

steering    the engine that serves this desktop: on, off, modes, crashes
engine_process  its process: started, found, ended
back_off    when one that has crashed is tried again
pause       everything directly for some minutes, then as it was
helm        what it is asked over its control socket
hosts       the ways to have it:   child  a process of its own   in_process  this one
adopted     one that was there already
others      all engines of the user's (`byway run` too), followed
inbox       what happens to their flows, in batches
"""
