"""`byway env`: the variables that point programs to the local proxy port."""

from __future__ import annotations

import argparse


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
    from byway_core.api.proxy_variables import set_commands, unset_command

    if args.unset:
        print(unset_command(), end="")
        return 0

    from byway_core.cli.profile import opened_with_port

    found = opened_with_port(args.profile)
    if found is None:
        return 1
    profile, port = found
    print(set_commands(port, profile.value, profile.passwords), end="")
    return 0
