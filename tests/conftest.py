"""For every test of the house."""

from __future__ import annotations

from hypothesis import settings

# No deadline for one example: on a busy machine, or where an example is the first to import
# something, a slow one means nothing. pytest-timeout ends what hangs.
settings.register_profile("byway", deadline=None)
settings.load_profile("byway")
