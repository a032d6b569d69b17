"""What is shown or given to users and is no code: a starter profile and our own icons.

starter.toml    the profile of a user who has none yet
icons/          byway: the application, and in one colour, as desktops tint it: byway-symbolic;
                on, off, paused, problem: its state, told apart by shape
translations/   what the app says, in other languages (Qt Linguist)
*.desktop       how desktops show and start it
helper/         in a wheel only: the helper's installer and what it copies
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

APPLICATION = "io.github.byway.Byway"


def starter_profile() -> str:
    """The text of a first profile, valid as it is."""
    return files(__name__).joinpath("starter.toml").read_text(encoding="utf-8")


def desktop_entry() -> str:
    """The desktop file, as packages install it and as the app starts itself at log-in."""
    return files(__name__).joinpath(f"{APPLICATION}.desktop").read_text(encoding="utf-8")


def helper_installer() -> Path | None:
    """The script that installs the privileged helper or removes it, for root: in the wheel beside
    this package, else a checkout's. None where a distribution's package brings the helper."""
    here = Path(__file__).resolve().parent
    places = (here / "helper", here.parents[1] / "packaging" / "helper")
    scripts = (place / "install.py" for place in places)
    return next((script for script in scripts if script.is_file()), None)


def icon(name: str) -> bytes:
    """An icon's SVG."""
    return files(__name__).joinpath("icons", f"{name}.svg").read_bytes()


def translation(language: str) -> bytes:
    """A language's file for Qt Linguist; FileNotFoundError where there is none."""
    return files(__name__).joinpath("translations", f"{language}.ts").read_bytes()
