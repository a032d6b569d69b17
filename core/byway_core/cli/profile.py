"""What commands that need a profile share: reading it, saying what is wrong, its passwords."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from byway_core.model.errors import SecretError
from byway_core.model.profile import Passwords, Profile


@dataclass(frozen=True, slots=True)
class OpenedProfile:
    """A profile that is ready for use; `path` is absolute, for others to find it by."""

    path: Path
    value: Profile
    passwords: Passwords


def opened(path: str | None) -> OpenedProfile | None:
    """The valid profile with its passwords; None after what is wrong was printed to stderr."""
    from byway_core.api.profiles import default_profile, read_profile, reveal_passwords
    from byway_core.cli.check import report
    from byway_core.model.errors import ProfileError

    file = Path(path) if path else default_profile()
    try:
        profile = read_profile(file)
    except ProfileError as error:
        report(str(file), error.problems)
        return None
    report(str(file), profile.warnings)
    try:
        return OpenedProfile(file.absolute(), profile.value, reveal_passwords(profile))
    except SecretError as error:
        print(f"{file}: {error}", file=sys.stderr)
        return None


def opened_with_port(path: str | None) -> tuple[OpenedProfile, int] | None:
    """As `opened`, with the local proxy port, which commands about it cannot do without."""
    profile = opened(path)
    if profile is None:
        return None
    port = profile.value.general.mixed_port
    if port is None:
        print(
            f"{profile.path} opens no local proxy port; add to it:\n\n"
            "    [general]\n    mixed_port = 7890\n",
            file=sys.stderr,
        )
        return None
    return profile, port
