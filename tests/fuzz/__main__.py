"""`python -m tests.fuzz TARGET SECONDS`: coverage-guided fuzzing of what strangers send.

Not part of the tests: they have properties of their own, which take seconds. Needs atheris (pip),
which is made for this and no dependency of ours. Ends with how many inputs were tried, or with the
first that a target fails on, which then becomes a test.
"""

from __future__ import annotations

import sys

import atheris  # type: ignore[import-not-found,unused-ignore] # only who fuzzes has it

with atheris.instrument_imports(include=["byway_core"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    name, seconds, *more = sys.argv[1:]
    # Longer than any message of interest but DNS's over TCP, whose reader has no branch for length.
    options = [f"-max_total_time={seconds}", "-max_len=2048", "-print_final_stats=1", *more]
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
