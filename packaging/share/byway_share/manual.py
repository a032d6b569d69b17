"""The manual pages of the commands, from their command lines."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import date

from byway_core import cli
from byway_core.version import __version__
from byway_gui.__main__ import command_line as desktop_command_line
from byway_share.roff import Page, bold, escaped, italic, marked_up

SOURCE = f"Byway {__version__}"

_FILES = (
    ("~/.config/byway/profile.toml", "The profile; see byway-profile(5)."),
    ("$XDG_RUNTIME_DIR/byway/", "Sockets by which commands find what runs."),
)
_HELPER = (
    "/usr/lib/byway/byway-helper",
    "The privileged helper of `byway up`, which the system bus starts.",
)
_STATUS = (
    ("0", "Done."),
    ("1", "It could not be done; standard error says why."),
    ("2", "Wrong usage."),
    ("3", "Nothing runs that could be asked (`status`, `connections`, `reload` and the like)."),
    ("130", "Interrupted."),
)


def byway(made: date) -> Page:
    parser = cli.command_line()
    page = _begun(parser, "sends every program's traffic where your rules say", made)
    page.heading("COMMANDS")
    for command in _commands(parser):
        page.part(usage_of(command))
        for text in (command.description, command.epilog):
            if text:
                page.paragraph(marked_up(text))
        _describe(page, command)
    page.heading("EXIT STATUS")
    page.paragraph(marked_up("`byway run` has the program's own."))
    _list(page, _STATUS)
    page.heading("FILES")
    _list(page, (*_FILES, _HELPER))
    _see(page, "byway-desktop(1)", "byway-profile(5)", "polkit(8)")
    return page


def byway_desktop(made: date) -> Page:
    page = _begun(desktop_command_line(), "Byway's desktop app", made)
    page.heading("FILES")
    _list(page, (*_FILES, ("~/.config/byway/desktop.ini", "The app's own settings.")))
    _see(page, "byway(1)", "byway-profile(5)")
    return page


def usage_of(parser: argparse.ArgumentParser) -> str:
    """In one line, as `--help` begins; in roff."""
    formatter = argparse.HelpFormatter(parser.prog, width=10_000)
    formatter.add_usage(parser.usage, parser._actions, parser._mutually_exclusive_groups, prefix="")
    line = formatter.format_help().strip()
    return bold(parser.prog) + escaped(line.removeprefix(parser.prog))


def _begun(parser: argparse.ArgumentParser, summary: str, made: date) -> Page:
    page = Page(parser.prog, 1, summary, made=made, source=SOURCE)
    page.heading("SYNOPSIS")
    page.paragraph(usage_of(parser))
    page.heading("DESCRIPTION")
    page.paragraph(marked_up(parser.description or ""))
    page.heading("OPTIONS")
    _describe(page, parser)
    return page


def _commands(parser: argparse.ArgumentParser) -> Iterable[argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.values()


def _describe(page: Page, parser: argparse.ArgumentParser) -> None:
    """Its options and arguments, but for --help, which all have."""
    for action in parser._actions:
        hidden = argparse.SUPPRESS in (action.help, action.dest)
        if not hidden and not isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
            page.item(_tag(action), [marked_up((action.help or "") % vars(action))])


def _tag(action: argparse.Action) -> str:
    value = ""
    if action.nargs != 0:
        names = action.choices and "|".join(map(str, action.choices))
        value = italic(names or str(action.metavar or action.dest))
    if not action.option_strings:
        return value
    options = ", ".join(map(bold, action.option_strings))
    return f"{options} {value}".rstrip()


def _list(page: Page, items: Iterable[tuple[str, str]]) -> None:
    for tag, text in items:
        page.item(bold(tag), [marked_up(text)])


def _see(page: Page, *names: str) -> None:
    page.heading("SEE ALSO")
    pages = (f"{bold(name.partition('(')[0])}({name.partition('(')[2]}" for name in names)
    page.paragraph(", ".join(pages))
