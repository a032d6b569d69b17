"""The helper's backend for hosts that have x_tables only; `byway_helper.apply` chooses it."""
