"""The variables that point programs to the local proxy port.

There is no standard; these are the ones that curl, git, pip, apt, Go's and Python's libraries read.
"""

from __future__ import annotations

import shlex
from urllib.parse import quote

from byway_core.model.profile import Passwords, Profile

# Both spellings: curl reads http_proxy in lower case only, some programs the capitals only.
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
# A machine's own services are never asked for through a proxy.
_NO_PROXY = "localhost,127.0.0.1,::1"


def set_commands(port: int, profile: Profile, passwords: Passwords) -> str:
    """Shell commands, one a line, that set the variables for the port that is, or will be, open
    under this profile."""
    user = ""
    if profile.general.mixed_username is not None:
        user = f"{_quoted(profile.general.mixed_username)}:{_quoted(passwords.mixed or '')}@"
    server = f"{user}127.0.0.1:{port}"
    values = {
        "http_proxy": f"http://{server}",
        "https_proxy": f"http://{server}",
        # socks5h: the name goes to Byway as a name, so that rules by name apply.
        "all_proxy": f"socks5h://{server}",
        "no_proxy": _NO_PROXY,
    }
    return "".join(
        f"export {spelling}={shlex.quote(value)}\n"
        for name, value in values.items()
        for spelling in (name, name.upper())
    )


def unset_command() -> str:
    """The shell command that undoes it."""
    names = (*_PROXIES, "no_proxy")
    return f"unset {' '.join(spelling for name in names for spelling in (name, name.upper()))}\n"


def _quoted(text: str) -> str:
    return quote(text, safe="")
