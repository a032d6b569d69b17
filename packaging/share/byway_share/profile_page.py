"""byway-profile(5), from the pages of docs/internals that describe the profile and its rules.

Only what these pages use is read: paragraphs, lists, tables, code. What else comes is an error, so
that nothing is left out unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from byway_share.manual import SOURCE
from byway_share.roff import Page, bold, escaped, italic

_OWN = "rules.md"  # the other page that becomes a part of this one


def profile_page(docs: Path, made: date) -> Page:
    """`docs` is docs/internals."""
    profile = (docs / "profile.md").read_text(encoding="utf-8")
    rules = (docs / "rules.md").read_text(encoding="utf-8")
    page = Page(
        "byway-profile", 5, "Byway's rules, upstreams and settings", made=made, source=SOURCE
    )
    page.heading("DESCRIPTION")
    page.paragraph(
        f"One TOML file, {bold('~/.config/byway/profile.toml')} unless {bold('--profile')} names "
        f"another. {bold('byway check')} says everything that is wrong with it, and "
        f"{bold('byway explain')} where a connection would go by it, and why."
    )
    page.heading("EXAMPLE")
    _write(page, _first_example(profile))
    for title, text in (
        ("KEYS", section(profile, "Keys")),
        ("RULES", section(rules, "The language")),
        ("PASSWORDS", section(profile, "Passwords")),
        ("A CHANGED PROFILE", section(profile, "A changed profile")),
    ):
        page.heading(title)
        _write(page, text)
    page.heading("SEE ALSO")
    page.paragraph(f"{bold('byway')}(1), {bold('byway-desktop')}(1)")
    return page


def section(text: str, title: str) -> str:
    """What stands under a heading of the second level; ValueError where it is not there."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if found is None:
        raise ValueError(f"there is no heading {title!r} any more")
    return found[1]


def _first_example(text: str) -> str:
    found = re.search(r"^```.*?^```\n", text, re.M | re.S)
    if found is None:
        raise ValueError("there is no example any more")
    return found[0]


def _write(page: Page, text: str) -> None:
    tokens = iter(MarkdownIt("commonmark").enable("table").parse(text))
    for token in tokens:
        match token.type:
            case "fence":
                page.example(token.content.splitlines())
            case "paragraph_open":
                page.paragraph(_inline(next(tokens)))
                next(tokens)
            case "bullet_list_open":
                for each in _texts(tokens, until="bullet_list_close"):
                    page.bullet(each)
            case "table_open":
                _table(page, tokens)
            case kind:
                raise ValueError(f"line {token.map}: {kind} has no form in a manual page yet")


def _table(page: Page, tokens: Iterator[Token]) -> None:
    """Each row as its first cell with the others behind it; from the third on with their title."""
    titles = list(_texts(tokens, until="thead_close"))
    cells = list(_texts(tokens, until="table_close"))
    for start in range(0, len(cells), len(titles)):
        first, second, *more = cells[start : start + len(titles)]
        rest = [rf"{italic(title)}: {cell}" for title, cell in zip(titles[2:], more, strict=True)]
        page.item(first, [second, *rest])


def _texts(tokens: Iterator[Token], *, until: str) -> Iterator[str]:
    for token in tokens:
        if token.type == until:
            return
        if token.type == "inline":
            yield _inline(token)


def _inline(token: Token) -> str:
    return "".join(_pieces(token.children or ()))


def _pieces(tokens: Sequence[Token]) -> Iterator[str]:
    target = ""
    for token in tokens:
        match token.type:
            case "text":
                yield escaped(token.content)
            case "code_inline":
                yield bold(token.content)
            case "softbreak":
                yield " "
            case "strong_open" | "em_open":
                yield r"\fB" if token.type == "strong_open" else r"\fI"
            case "strong_close" | "em_close":
                yield r"\fP"
            case "link_open":
                target = str(token.attrs["href"])
            case "link_close":
                yield " (below)" if target == _OWN else f" (docs/internals/{escaped(target)})"
            case kind:
                raise ValueError(f"{kind} has no form in a manual page yet")
