"""The one door for a front end: an engine to host, and the control socket to steer one from afar.

    Engine, Identity, Kind, default_workers    host an engine on a loop of one's own
    ControlServer                              … and let other processes see it
    client_context                             TLS as this system trusts it
    ControlClient, find_engines                see and steer engines of other processes

    wire            what is said on the control socket      door      what may be done to an engine
    rendezvous      where the sockets are                   control   the server
    conversation    one client of it                        client    the other end, waiting
    follower        the other end on a front end's own loop
    rules           asking them, forms, suggestions
    grouping        an engine's groups: choosing, testing, and what is kept of it
    profiles        where they are, reading, changing one   proxy_variables  for the local port
    groups          where no engine runs: what was chosen in them; one while it is edited
    upstream_table, dns_table   what is wrong with them while they are edited; checked_table
    targets         where rules send things, by their text
    own_program     how Byway starts itself again
    helper_script   how a Flatpak's user installs the helper

A front end imports from here, from `byway_core.model` and `byway_core.flatpak`, nothing else of
the core. Names are
loaded when they are used: `byway status` need not load a relay.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byway_core.api.client import ControlClient, find_engines
    from byway_core.api.control import ControlServer
    from byway_core.authorities import client_context
    from byway_core.engine.engine import (
        Engine,
        Identity,
        Kind,
    )
    from byway_core.engine.listening import PortTakenError
    from byway_core.engine.processors import default_workers

__all__ = [
    "ControlClient",
    "ControlServer",
    "Engine",
    "Identity",
    "Kind",
    "PortTakenError",
    "client_context",
    "default_workers",
    "find_engines",
]

_ENGINE = "byway_core.engine.engine"
_PLACES = {
    "ControlClient": "byway_core.api.client",
    "ControlServer": "byway_core.api.control",
    "Engine": _ENGINE,
    "Identity": _ENGINE,
    "Kind": _ENGINE,
    "PortTakenError": "byway_core.engine.listening",
    "client_context": "byway_core.authorities",
    "default_workers": "byway_core.engine.processors",
    "find_engines": "byway_core.api.client",
}


def __getattr__(name: str) -> object:
    try:
        module = import_module(_PLACES[name])
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    value: object = getattr(module, name)
    globals()[name] = value
    return value
