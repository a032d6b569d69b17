"""One `[[upstream]]` while it is being edited: what is wrong with each of its keys, and its
password once it is right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from byway_core.api.checked_table import Checked, check_last
from byway_core.config.secrets import KEYRING_SERVICE, reveal
from byway_core.config.upstream_section import read_upstreams
from byway_core.model.upstream import Upstream

__all__ = ["KEYRING_SERVICE", "CheckedUpstream", "check_upstream", "password_of"]


CheckedUpstream = Checked[Upstream]


def check_upstream(table: Mapping[str, object], others: Iterable[str] = ()) -> CheckedUpstream:
    """Read the table as the profile's reader does. `others`: the names of the other upstreams, and
    of groups."""
    before = [{"name": name} for name in others]
    return check_last([*before, table], lambda findings, all_: read_upstreams(findings, all_)[0])


def password_of(upstream: Upstream, folder: Path) -> str | None:
    """Its password, None where it has none. `folder` is the profile's. SecretError where it cannot
    be had. May wait for a keyring, which may ask its user."""
    return None if upstream.password is None else reveal(upstream.password, base_dir=folder)
