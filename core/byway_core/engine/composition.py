"""What the main process and its workers are both made of."""

from __future__ import annotations

import pickle
import resource
from collections.abc import Mapping
from dataclasses import dataclass, field

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
        {group.name: group for group in profile.groups},
    )


@dataclass(frozen=True, slots=True)
class Composed:
    """A profile with all done that takes time: compiled for a relay, packed for the workers.
    `chosen`: what was chosen in its groups; None: as it is."""

    profile: Profile
    passwords: Passwords = field(repr=False)
    routing: Routing = field(repr=False)
    packed: bytes = field(repr=False)
    chosen: Mapping[str, str] | None = None


def compose(
    profile: Profile, passwords: Passwords, chosen: Mapping[str, str] | None = None
) -> Composed:
    """100 ms for 10,000 rules, and two seconds for as many as a profile may have: for a thread,
    where the loop has connections to serve."""
    packed = pickle.dumps((profile, passwords), pickle.HIGHEST_PROTOCOL)
    return Composed(profile, passwords, routing_of(profile, passwords), packed, chosen)


def unpacked(packed: bytes) -> tuple[Profile, Passwords]:
    """In a worker: what the main process has packed."""
    profile, passwords = pickle.loads(packed)  # noqa: S301 - our own process's bytes
    return profile, passwords


def raise_descriptor_limit() -> None:
    """Each connection takes two descriptors, and the soft limit of 1,024 is only there for
    programs that use select(2). Called once programs of the user's have been started: they keep
    what they were given."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
