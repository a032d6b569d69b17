"""What the main process and its workers are both made of."""

from __future__ import annotations

import resource

from byway_core.model.profile import Passwords, Profile
from byway_core.protocols.proxy_request import Account
from byway_core.relay.routing import Routing
from byway_core.rules.compile import compile_rules
from byway_core.upstreams.gateway import Gateway


def routing_of(profile: Profile, passwords: Passwords) -> Routing:
    """Compile a profile for the relay."""
    general = profile.general
    return Routing(
        compile_rules(profile.rules),
        {
            upstream.name: Gateway.of(upstream, passwords.upstreams.get(upstream.name))
            for upstream in profile.upstreams
        },
        None
        if general.mixed_username is None
        else Account(general.mixed_username, passwords.mixed or ""),
    )


def raise_descriptor_limit() -> None:
    """Each connection takes two descriptors, and the soft limit of 1,024 is only there for
    programs that use select(2). Called once programs of the user's have been started: they keep
    what they were given."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
