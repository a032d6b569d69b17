"""Profiles, for front ends and commands: where they are, reading and changing one, its passwords.

What is wrong comes as values with places; how it is shown is the front end's.
"""

from __future__ import annotations

import os
from pathlib import Path

from byway_core.config.draft import Draft
from byway_core.config.load import ReadProfile, load
from byway_core.config.paths import default_profile
from byway_core.config.replacement import make_folder
from byway_core.config.rule_lines import RuleLine
from byway_core.config.rule_section import check_rule
from byway_core.config.secrets import reveal
from byway_core.model.errors import ChangedError
from byway_core.model.profile import Passwords

__all__ = [
    "ChangedError",
    "Draft",
    "ReadProfile",
    "RuleLine",
    "check_rule",
    "create_profile",
    "default_profile",
    "read_profile",
    "reveal_passwords",
]


def read_profile(path: Path) -> ReadProfile:
    """Read and validate; its passwords stay where they are. ProfileError has every problem."""
    profile, warnings = load(path)
    return ReadProfile(path, profile, warnings)


def reveal_passwords(profile: ReadProfile) -> Passwords:
    """Every password that the profile refers to; SecretError where one cannot be had. May wait for
    a keyring, which may ask its user: not for a loop that serves."""
    folder = profile.path.parent
    mixed = profile.value.general.mixed_password
    return Passwords(
        {
            upstream.name: reveal(upstream.password, base_dir=folder)
            for upstream in profile.value.upstreams
            if upstream.password is not None
        },
        None if mixed is None else reveal(mixed, base_dir=folder),
    )


def create_profile(path: Path, text: str) -> None:
    """Write a user's first profile, readable by nobody else, as passwords may come to stand in it.
    FileExistsError where there is one already, OSError where it cannot be written."""
    make_folder(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
