"""Passwords in files that only their user can read, in a folder of our own beside the profile.

For who has no keyring. No Qt.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path

# Our own, so that what is removed from it was made by us.
FOLDER = "passwords"


def write_password(profile_folder: Path, name: str, password: str, former: str = "") -> str:
    """Write it, and give what the profile refers to it by: `former`, if that is a file of ours, or
    a new one called like the upstream. OSError where it cannot be written."""
    folder = profile_folder / FOLDER
    for each in (profile_folder, folder):  # the first is missing where the profile is, too
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    reference = former if is_ours(former) else _free(folder, name)
    # As a whole or not at all; mkstemp's files are their user's alone.
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(password)
        os.replace(temporary, profile_folder / reference)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    return reference


def remove_password(profile_folder: Path, reference: str) -> None:
    """Remove a file of ours; one that is not, or not there, is left alone. OSError."""
    if is_ours(reference):
        (profile_folder / reference).unlink(missing_ok=True)


def is_ours(reference: str) -> bool:
    return re.fullmatch(rf"{FOLDER}/[^/]+", reference) is not None and ".." not in reference


def _free(folder: Path, name: str) -> str:
    plain = re.sub(r"[^\w-]+", "-", name).strip("-")[:60] or "upstream"
    free, number = plain, 2
    while (folder / free).exists():
        free, number = f"{plain}-{number}", number + 1
    return f"{FOLDER}/{free}"
