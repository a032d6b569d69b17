"""What commands that need a profile share: reading it, saying what is wrong, its passwords."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from byway_core.model.errors import NotTakenError, SecretError
from byway_core.model.profile import Passwords, Profile
from byway_core.model.sentence import say


@dataclass(frozen=True, slots=True)
class OpenedProfile:
    """A profile that is ready for use; `path` is absolute, for others to find it by."""

    path: Path
    value: Profile
    passwords: Passwords


def opened(
    path: str | None, everything: str = "", failed: Callable[[str], None] = lambda why: None
) -> OpenedProfile | None:
    """The valid profile with its passwords, all of it through the target `everything` if there is
    one; None after what is wrong was printed to stderr, and `failed` was told in a sentence."""
    from byway_core.api.profiles import default_profile, read_profile, reveal_passwords
    from byway_core.cli.check import report
    from byway_core.model.errors import ProfileError

    file = Path(path) if path else default_profile()
    try:
        profile = read_profile(file)
    except ProfileError as error:
        report(str(file), error.problems)
        first = next(each for each in error.problems if not each.warning)
        failed(say("{file}: {why}", file=file, why=first.message))
        return None
    report(str(file), profile.warnings)
    try:
        value = _all_through(profile.value, everything) if everything else profile.value
        return OpenedProfile(file.absolute(), value, reveal_passwords(profile))
    except (NotTakenError, SecretError) as error:
        print(f"{file}: {error}", file=sys.stderr)
        failed(say("{file}: {why}", file=file, why=error))
        return None


def _all_through(profile: Profile, everything: str) -> Profile:
    from byway_core.api.reloading import all_through

    return all_through(profile, everything)


def opened_with_port(
    path: str | None, everything: str = "", failed: Callable[[str], None] = lambda why: None
) -> tuple[OpenedProfile, int] | None:
    """As `opened`, with the local proxy port, which commands about it cannot do without."""
    profile = opened(path, everything, failed)
    if profile is None:
        return None
    port = profile.value.general.mixed_port
    if port is None:
        print(
            f"{profile.path} opens no local proxy port; add to it:\n\n"
            "    [general]\n    mixed_port = 7890\n",
            file=sys.stderr,
        )
        failed(say("{file} opens no local port", file=profile.path))
        return None
    return profile, port
