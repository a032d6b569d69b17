"""What commands that need a profile share: reading it, saying what is wrong, its passwords."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from byway_core.model.errors import SecretError
from byway_core.model.profile import Passwords, Profile


@dataclass(frozen=True, slots=True)
class OpenedProfile:
    """A profile that is ready for use."""

    path: Path
    value: Profile
    passwords: Passwords


def opened(path: str | None) -> OpenedProfile | None:
    """The valid profile with its passwords; None after what is wrong was printed to stderr."""
    from byway_core.cli.check import report
    from byway_core.config.load import load
    from byway_core.config.paths import default_profile
    from byway_core.config.secrets import reveal
    from byway_core.model.errors import ProfileError

    file = Path(path) if path else default_profile()
    try:
        profile, warnings = load(file)
    except ProfileError as error:
        report(str(file), error.problems)
        return None
    report(str(file), warnings)
    passwords: dict[str, str] = {}
    try:
        for upstream in profile.upstreams:
            if upstream.password is not None:
                passwords[upstream.name] = reveal(upstream.password, base_dir=file.parent)
        general = profile.general
        mixed = (
            None
            if general.mixed_password is None
            else reveal(general.mixed_password, base_dir=file.parent)
        )
    except SecretError as error:
        print(f"{file}: {error}", file=sys.stderr)
        return None
    return OpenedProfile(file, profile, Passwords(passwords, mixed))
