"""What a user can do about each thing that the privileged helper may say."""

from __future__ import annotations

from byway_core.flatpak import is_here
from byway_core.model.errors import HelperFault

_ADVICE = {
    HelperFault.MISSING: "`byway install-helper` installs it, or the package byway-helper. "
    "`byway run -- PROGRAM` and `byway serve` need none.",
    HelperFault.NO_BUS: "The helper is reached over the system bus (D-Bus), which must run.",
    HelperFault.NO_AGENT: "In a terminal, polkit's own `pkttyagent` asks for the password where it "
    "is installed (Debian: polkitd); desktops have an agent that they start at log-in, as "
    "polkit-gnome or lxpolkit.",
    HelperFault.BROKEN: "The privileged helper is installed and does not start; `byway "
    "install-helper` installs it again.",
    HelperFault.SILENT: "It hangs. As root, `byway repair` goes past it; so does ending it "
    "(pkill -9 -f byway-helper), after which the machine's traffic goes as before, or the kill "
    "switch refuses it until `byway repair`.",
    HelperFault.BUSY: "`byway down` ends one of yours, `byway repair` anybody's.",
    HelperFault.DENIED: "An administrator can allow it: see polkit(8).",
    HelperFault.VERSION: "Byway and its helper are of different versions: install both again.",
    HelperFault.OLD_HELPER: "`byway install-helper` brings it up to date, or an update of the "
    "package byway-helper. Until then `byway run` and `byway serve` work as always, and "
    "`byway repair` with the old helper too.",
    HelperFault.OLD_BYWAY: "Update Byway; or put the helper of this one in its place: `byway "
    "install-helper`. Until then `byway run` and `byway serve` work as always, and "
    "`byway repair` with the newer helper too.",
    HelperFault.FAILED: "`byway repair` removes whatever is left.",
}


# A sandbox neither installs it nor runs single programs.
_IN_FLATPAK = {
    HelperFault.MISSING: "`byway install-helper` says how to install it, or the package "
    "byway-helper does. `byway serve` needs none.",
    HelperFault.OLD_HELPER: "`byway install-helper` says how to bring it up to date. Until then "
    "`byway serve` works as always, and `byway repair` with the old helper too.",
    HelperFault.OLD_BYWAY: "Update Byway. Until then `byway serve` works as always, and `byway "
    "repair` with the newer helper too.",
    HelperFault.NO_AGENT: "A desktop has an agent that asks for the password; a Flatpak cannot "
    "bring one for a terminal.",
}


def advice(fault: HelperFault) -> str:
    """A second line for stderr, or ""."""
    words = (_IN_FLATPAK.get(fault) if is_here() else None) or _ADVICE.get(fault)
    return f"\n  {words}" if words else ""
