"""Profiles, for front ends and commands: where they are, reading one, its passwords, a first one.

What is wrong comes as values with places; how it is shown is the front end's.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from byway_core.config.load import load
from byway_core.config.paths import default_profile
from byway_core.config.secrets import reveal
from byway_core.model.errors import Problem
from byway_core.model.profile import Passwords, Profile

__all__ = [
    "ReadProfile",
    "create_profile",
    "default_profile",
    "read_profile",
    "reveal_passwords",
]


@dataclass(frozen=True, slots=True)
class ReadProfile:
    """A valid profile, where it was read from, and what is unwise about it."""

    path: Path
    value: Profile
    warnings: tuple[Problem, ...]


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
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:  # not the profile: its folder, and it is none
        reason = os.strerror(errno.ENOTDIR)
        raise NotADirectoryError(errno.ENOTDIR, reason, str(path.parent)) from error
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
