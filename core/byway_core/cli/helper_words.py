"""What a user can do about each thing that the privileged helper may say."""

from __future__ import annotations

from byway_core.model.errors import HelperFault

_ADVICE = {
    HelperFault.MISSING: "The privileged helper is not installed on this machine; README.md says "
    "how. `byway run -- PROGRAM` needs none.",
    HelperFault.NO_BUS: "The helper is reached over the system bus (D-Bus), which must run.",
    HelperFault.NO_AGENT: "In a terminal, polkit's own `pkttyagent` asks for the password where it "
    "is installed (Debian: polkitd); desktops have an agent that they start at log-in, as "
    "polkit-gnome or lxpolkit.",
    HelperFault.BROKEN: "The privileged helper is installed and does not start: install it again; "
    "README.md says how.",
    HelperFault.SILENT: "It hangs. As root, `byway repair` goes past it; so does ending it "
    "(pkill -9 -f byway-helper), after which the machine's traffic goes as before, or the kill "
    "switch refuses it until `byway repair`.",
    HelperFault.BUSY: "`byway down` ends one of yours, `byway repair` anybody's.",
    HelperFault.DENIED: "An administrator can allow it: see polkit(8).",
    HelperFault.VERSION: "Byway and its helper are of different versions: install both again.",
    HelperFault.OLD_HELPER: "Install the helper again, from this Byway; README.md says how. What "
    "runs with the old one goes on until then.",
    HelperFault.OLD_BYWAY: "Update Byway, or install the helper again from this Byway, which puts "
    "the older one in its place.",
    HelperFault.FAILED: "`byway repair` removes whatever is left.",
}


def advice(fault: HelperFault) -> str:
    """A second line for stderr, or ""."""
    words = _ADVICE.get(fault)
    return f"\n  {words}" if words else ""
