"""Sentences of an upstream's form and of its removal."""

from __future__ import annotations

from byway_gui.presenters.upstream_form import Kept, Place
from byway_gui.secrets import Access
from byway_gui.words import tr


def place_sentence(place: Place, kept: Kept | None) -> str:
    """What follows from keeping a password there; `kept` is what the profile says now."""
    reference = kept.reference if kept is not None and kept.place is place else ""
    match place:
        case Place.KEYRING if reference:
            return tr("It is in your keyring as “{entry}”. Type to replace it.", entry=reference)
        case Place.KEYRING:
            return tr("Your desktop's keyring keeps it; the profile only says which entry it is.")
        case Place.FILE if reference:
            return tr("It is in the file {file}. Type to replace it.", file=reference)
        case Place.FILE:
            return tr("A new file in the folder “passwords” beside the profile.")
        case Place.ENV:
            return tr("The name of a variable that Byway finds the password in when it starts.")
        case Place.PROFILE:
            return tr("It stands in the profile: everyone who can read the file can read it.")
    return tr("The proxy gets an empty password until you add one here.")


def failure_sentence(access: Access, detail: str) -> str:
    match access:
        case Access.ABSENT:
            return tr("No keyring runs here, so it cannot keep the password.")
        case Access.LOCKED:
            return tr("The keyring is locked: unlock it and try again, or choose another way.")
        case Access.MISSING:
            return tr("The keyring has no such entry any more.")
    return tr("The keyring did not take the password ({why}).", why=detail or access.value)
