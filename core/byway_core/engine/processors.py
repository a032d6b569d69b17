"""How many relays an engine has: known before the rest of the engine is loaded (`byway run`)."""

from __future__ import annotations

import os

from byway_core.model.profile import Profile


def default_workers(profile: Profile) -> int:
    """One for each processor that this process may use, if the profile does not say."""
    return profile.general.workers or max(1, len(os.sched_getaffinity(0)))
