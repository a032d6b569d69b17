"""The one door for a front end: an engine to host, and the control socket to steer one from afar.

    Engine, Identity, Kind, default_workers    host an engine on a loop of one's own
    control, client, wire                      the control socket: its server, its client, its JSON

A front end imports from here and from `byway_core.model`, nothing else of the core.
"""

from byway_core.engine.engine import (
    Engine,
    Identity,
    Kind,
    PortTakenError,
    default_workers,
)

__all__ = ["Engine", "Identity", "Kind", "PortTakenError", "default_workers"]
