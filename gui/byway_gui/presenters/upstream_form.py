"""An upstream as a form: what its fields start with, the table that comes of them, and what is
wrong with each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from byway_core.api.upstream_table import check_upstream
from byway_core.model.upstream import UdpWay, UpstreamKind
from byway_gui.presenters.upstreams import problem_text
from byway_gui.words import tr

# What of an upstream's table is a field.
FORM_KEYS = ("name", "type", "server", "port", "username", "password", "udp")
# Who can be told a name, and who a password too.
WITH_USER = frozenset(set(UpstreamKind) - {UpstreamKind.SERVICE})
WITH_PASSWORD = frozenset({UpstreamKind.SOCKS5, UpstreamKind.HTTP})
# What such servers commonly listen on.
PORTS = {UpstreamKind.HTTP: 8080, UpstreamKind.SERVICE: None}
COMMON_PORT = 1080


class Place(Enum):
    """Where a password is kept."""

    KEYRING = "keyring"
    FILE = "file"
    ENV = "env"
    PROFILE = "profile"  # in clear; shown where it is so, never offered
    NOWHERE = "nowhere"  # not kept: an empty one is sent


def place_name(place: Place) -> str:
    return {
        Place.KEYRING: tr("In the keyring"),
        Place.FILE: tr("In a file that only you can read"),
        Place.ENV: tr("In an environment variable"),
        Place.PROFILE: tr("In the profile, readable"),
        Place.NOWHERE: tr("Not kept"),
    }[place]


@dataclass(frozen=True, slots=True)
class Kept:
    """A password of the profile: where it is, and the entry's, file's or variable's name, or for
    Place.PROFILE itself."""

    place: Place
    reference: str = ""

    @classmethod
    def of(cls, value: object) -> Kept | None:
        """From a profile's `password`; None where there is none, or none that can be understood."""
        if isinstance(value, str):
            return cls(Place.PROFILE, value) if value else cls(Place.NOWHERE)
        if isinstance(value, Mapping):
            for place in (Place.KEYRING, Place.FILE, Place.ENV):
                if place.value in value:
                    return cls(place, str(value[place.value]))
        return None

    def written(self) -> object:
        """As it stands in a profile."""
        if self.place is Place.PROFILE:
            return self.reference
        if self.place is Place.NOWHERE:
            return ""
        return {self.place.value: self.reference}


@dataclass(frozen=True, slots=True)
class Fields:
    """What is typed. `port` is text, as it may be half typed; `udp` None: nothing is said of it,
    which is UdpWay.CARRY."""

    name: str = ""
    kind: UpstreamKind = UpstreamKind.SOCKS5
    server: str = ""
    port: str = str(COMMON_PORT)
    username: str = ""
    udp: UdpWay | None = None

    @classmethod
    def of(cls, table: Mapping[str, object]) -> Fields:
        try:
            kind = UpstreamKind(table.get("type"))
        except ValueError:
            kind = UpstreamKind.SOCKS5
        udp = next((way for way in UdpWay if way.value == table.get("udp")), None)
        return cls(
            str(table.get("name", "")),
            kind,
            str(table.get("server", "")),
            str(table.get("port", "")),
            str(table.get("username", "")),
            udp,
        )

    def account(self, kept: Kept | None) -> Kept | None:
        """The password that is there, None where the user name has been taken away."""
        return kept if self.username else None

    def table(self, kept: Kept | None) -> dict[str, object]:
        """The profile's table, without the account where this kind has none."""
        table: dict[str, object] = {
            "name": self.name.strip(),
            "type": self.kind.value,
            "server": self.server.strip(),
        }
        port = self.port.strip()
        if port:
            table["port"] = int(port) if port.isascii() and port.isdigit() else port
        if self.kind in WITH_USER and self.username:
            table["username"] = self.username
        if self.kind in WITH_PASSWORD and kept is not None:
            table["password"] = kept.written()
        if self.udp is not None:
            table["udp"] = self.udp.value
        return table


def form_errors(
    fields: Fields, kept: Kept | None, typed: str, others: Iterable[str]
) -> dict[str, str]:
    """A sentence for each field that is wrong. `kept` is the password that is there, `typed` a new
    one, "" where there is none."""
    # A new one is read as if it stood in the profile, so that its length is looked at.
    table = fields.table(Kept(Place.PROFILE, typed) if typed else fields.account(kept))
    wrong = check_upstream(table, others).errors
    found = {key: "\n".join(map(problem_text, problems)) for key, problems in wrong.items()}
    if "username" in table and "password" not in table and fields.kind in WITH_PASSWORD:
        found.pop("username", None)
        found["password"] = tr("The user name wants a password, or choose “Not kept”.")
    return found


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or with the first number behind it that makes it a name nobody has."""
    names = set(taken)
    number = 2
    free = wanted
    while free in names:
        free = f"{wanted} {number}"
        number += 1
    return free


def entry_for(profile: Path, name: str, former: str, kept: Kept | None) -> str:
    """The keyring's entry for a new password of that upstream: called like profile and upstream, as
    another profile's may be called the same, unless its user has called the one that there is
    otherwise. `former` is the upstream's name until now."""
    if kept is not None and kept.place is Place.KEYRING and not _is_ours(kept, former):
        return kept.reference
    return f"{profile.stem}/{name}"


def moved_entry(profile: Path, name: str, former: str, kept: Kept | None) -> str:
    """The entry that a password is to move to, as its upstream is called otherwise now; "" where it
    stays where it is."""
    if name == former or kept is None or kept.place is not Place.KEYRING:
        return ""
    entry = entry_for(profile, name, former, kept)
    return entry if entry != kept.reference else ""


def _is_ours(kept: Kept, name: str) -> bool:
    """Called by us: like another profile, of which this one is a copy, and upstream; or like the
    upstream alone, as once all were."""
    return kept.reference == name or kept.reference.endswith(f"/{name}")
