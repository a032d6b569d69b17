"""Completions for bash, zsh and fish, which shtab makes of the command lines."""

from __future__ import annotations

import argparse

import shtab

from byway_core import cli
from byway_gui.__main__ import command_line as desktop_command_line

# Where each shell looks, below a share folder; {} is the command.
PLACES = {
    "bash": "bash-completion/completions/{}",
    "zsh": "zsh/site-functions/_{}",
    "fish": "fish/vendor_completions.d/{}.fish",
}
# What to offer for an argument by the name that --help has for it: the core knows no shtab.
_OFFERED = {
    "FILE": shtab.FILE,
    "PROGRAM": {
        "bash": "_byway_programs",
        "zsh": "_command_names -e",
        "fish": "(__fish_complete_command)",
    },
}
_PREAMBLE = {"bash": '_byway_programs() { compgen -c -- "$1"; }\n'}


def completions() -> dict[str, str]:
    """Place below a share folder -> text."""
    found = {}
    for parser in (cli.command_line(), desktop_command_line()):
        _prepare(parser)
        for shell, place in PLACES.items():
            text = shtab.complete(parser, shell=shell, preamble=_PREAMBLE.get(shell, ""))
            found[place.format(parser.prog)] = text
    return found


def _prepare(parser: argparse.ArgumentParser) -> None:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for listed in action._choices_actions:
                command = action.choices[listed.dest]
                command.description = listed.help  # the short one, for a list
                _prepare(command)
        elif action.metavar in _OFFERED:
            action.complete = _OFFERED[action.metavar]  # type: ignore[attr-defined] # for shtab
