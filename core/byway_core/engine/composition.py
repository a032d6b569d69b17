"""From a profile to what a relay needs."""

from __future__ import annotations

from collections.abc import Mapping

from byway_core.model.profile import Profile
from byway_core.relay.routing import Routing
from byway_core.rules.compile import compile_rules
from byway_core.upstreams.gateway import Gateway


def routing_of(profile: Profile, passwords: Mapping[str, str]) -> Routing:
    """Compile a profile; `passwords` has the revealed one of each upstream that has one."""
    return Routing(
        compile_rules(profile.rules),
        {
            upstream.name: Gateway.of(upstream, passwords.get(upstream.name))
            for upstream in profile.upstreams
        },
    )
