"""`byway env`: the variables that point programs to the local proxy port."""

from __future__ import annotations

import argparse
import shlex
import sys
from urllib.parse import quote

# Both spellings: curl reads http_proxy in lower case only, some programs the capitals only.
_NAMES = ("http_proxy", "https_proxy", "all_proxy")
# A machine's own services are never asked for through a proxy.
_NO_PROXY = "localhost,127.0.0.1,::1"


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "env",
        help="print the proxy variables for the local proxy port",
        description="Prints the shell commands that point programs to Byway's local proxy port: "
        'eval "$(byway env)"',
    )
    parser.add_argument("--profile", metavar="FILE", help="the profile (default: your own)")
    parser.add_argument("--unset", action="store_true", help="print the commands that undo it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print, or say why there is nothing to print."""
    if args.unset:
        names = [*_NAMES, "no_proxy"]
        print("unset", *(spelling for name in names for spelling in (name, name.upper())))
        return 0

    from byway_core.cli.profile import opened

    profile = opened(args.profile)
    if profile is None:
        return 1
    general = profile.value.general
    if general.mixed_port is None:
        print(
            f"{profile.path} opens no local proxy port; add to it:\n\n"
            "    [general]\n    mixed_port = 7890\n",
            file=sys.stderr,
        )
        return 1
    account = ""
    if general.mixed_username is not None:
        password = profile.passwords.mixed or ""
        account = f"{quote(general.mixed_username, safe='')}:{quote(password, safe='')}@"
    server = f"{account}127.0.0.1:{general.mixed_port}"
    # socks5h: the name goes to Byway as a name, so that rules by name apply.
    values = {
        "http_proxy": f"http://{server}",
        "https_proxy": f"http://{server}",
        "all_proxy": f"socks5h://{server}",
        "no_proxy": _NO_PROXY,
    }
    for name, value in values.items():
        for spelling in (name, name.upper()):
            print(f"export {spelling}={shlex.quote(value)}")
    return 0
