"""Brings the translators' files up to date with what the app says: `./dev translations`.

Every literal of tr("…") and tr_n("…", "…", n) in gui/byway_gui is a message, and every one of
say("…") in core/byway_core, whose sentences the app shows; and what the system says of errors
(`byway_gui.system_texts`). New ones become
unfinished, with the words of the most similar one that has gone, if there is such a one; what is
not said any more goes. The order is that of the English texts, and there are no line numbers, so
that a change here is a change of words. Qt Linguist reads and writes these files; all is in one
context, as equal words mean the same unless a second literal, tr("On", "column"), tells them apart.

Needs nothing but Python, and knows nothing of the app but its source.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "gui" / "byway_gui"
CORE = ROOT / "core" / "byway_core"
FILES = ROOT / "resources" / "byway_resources" / "translations"

# How much alike two texts are before the words of one are proposed for the other; difflib's own
# choice is 0.6, which proposes any short label for any other.
_ALIKE = 0.8
_APPS, _CORES = frozenset({"tr", "tr_n"}), frozenset({"say"})
_QUOTES = {'"': "&quot;", "'": "&apos;"}  # as Linguist writes them


@dataclass(frozen=True, order=True, slots=True)
class Message:
    """English words, and what tells them apart from the same words elsewhere, or ""."""

    source: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Words in another language; not `finished` until a translator says so."""

    text: str = ""
    finished: bool = False


class NotLiteral(ValueError):
    """Words that no translator would ever see."""


def everything() -> set[Message]:
    """All that the app says, and all that the core says to its users."""
    return messages() | messages(CORE, _CORES) | of_the_system()


def of_the_system() -> set[Message]:
    """What is not said in the source, but by the C library and by OpenSSL."""
    tree = ast.parse((SOURCES / "system_texts.py").read_text("utf-8"))
    values = {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {Message(text, values["ABOUT"]) for text in values["TEXTS"]}


def messages(folder: Path = SOURCES, names: frozenset[str] = _APPS) -> set[Message]:
    """Those of calls of these names. NotLiteral has a line for each that cannot be read."""
    found: set[Message] = set()
    wrong = []
    for file in sorted(folder.rglob("*.py")):
        for call in calls(ast.parse(file.read_text("utf-8")), names):
            try:
                found.update(_of(call))
            except NotLiteral as error:
                wrong.append(f"{file.relative_to(folder)}:{call.lineno}: {error}")
    if wrong:
        raise NotLiteral("\n".join(wrong))
    return found


def calls(tree: ast.AST, names: frozenset[str] = _APPS) -> Iterator[ast.Call]:
    """Those of these names, but for tr_n's own of tr."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "tr_n":
            continue
        if isinstance(node, ast.Call) and _name(node) in names and not _is_method(node, names):
            yield node
        yield from calls(node, names)


def _of(call: ast.Call) -> list[Message]:
    if _name(call) == "tr_n":
        if len(call.args) != 3:
            raise NotLiteral("tr_n takes two literals and a number")
        return [Message(_literal(each)) for each in call.args[:2]]
    if _name(call) == "say" and len(call.args) != 1:
        raise NotLiteral("say takes one literal, and values by their names")
    if not 1 <= len(call.args) <= 2:
        raise NotLiteral("tr takes a literal, and one that tells it apart")
    return [Message(*map(_literal, call.args))]


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return node.value
    raise NotLiteral(f"not a literal: {ast.unparse(node)}")


def _is_method(call: ast.Call, names: frozenset[str]) -> bool:
    """`events.say(…)` is something else; `words.tr(…)` is not."""
    return isinstance(call.func, ast.Attribute) and names == _CORES


def _name(call: ast.Call) -> str:
    """Of `tr(…)` as of `words.tr(…)`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def read(source: bytes) -> dict[Message, Said]:
    """What a file has; translations that Linguist keeps as vanished are not among it."""
    found = {}
    for each in ElementTree.fromstring(source).iter("message"):  # noqa: S314 - our own file
        translation = each.find("translation")
        kind = None if translation is None else translation.get("type")
        if translation is not None and kind in {None, "unfinished"}:
            message = Message(each.findtext("source", ""), each.findtext("comment", ""))
            found[message] = Said(translation.text or "", kind is None)
    return found


def updated(known: dict[Message, Said], wanted: Iterable[Message]) -> dict[Message, Said]:
    """As it is to be, in its order."""
    messages = sorted(wanted)
    gone = {message.source: said.text for message, said in known.items() if message not in messages}
    return {message: known.get(message) or _proposed(message, gone) for message in messages}


def _proposed(message: Message, gone: dict[str, str]) -> Said:
    alike = get_close_matches(message.source, gone, n=1, cutoff=_ALIKE)
    return Said(gone[alike[0]] if alike else "")


def written(language: str, translations: dict[Message, Said]) -> str:
    """As Linguist saves it."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        f'<TS version="2.1" language="{language}" sourcelanguage="en">',
        "<context>",
        "    <name>byway</name>",
    ]
    for message, said in translations.items():
        lines += ["    <message>", f"        <source>{escape(message.source, _QUOTES)}</source>"]
        if message.comment:
            lines.append(f"        <comment>{escape(message.comment, _QUOTES)}</comment>")
        kind = "" if said.finished else ' type="unfinished"'
        text = escape(said.text, _QUOTES)
        lines += [f"        <translation{kind}>{text}</translation>", "    </message>"]
    return "\n".join([*lines, "</context>", "</TS>", ""])


def main() -> int:
    try:
        wanted = everything()
    except NotLiteral as error:
        print(error, file=sys.stderr)
        return 1
    for file in sorted(FILES.glob("*.ts")):
        known = read(file.read_bytes())
        now = updated(known, wanted)
        file.write_text(written(file.stem, now), "utf-8")
        unfinished = sum(not said.finished for said in now.values())
        print(
            f"{file.relative_to(ROOT)}: {len(now)} messages, {len(now.keys() - known.keys())} new, "
            f"{len(known.keys() - now.keys())} gone, {unfinished} unfinished"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
