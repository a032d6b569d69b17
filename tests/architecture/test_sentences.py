"""What the core says to its users can be said in another language: all of it goes through `say`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from update_translations import CORE

# Rooms and modules that say nothing in the window: a terminal's words, and programming errors.
_ELSEWHERE = {
    "cli": "a command's own words are for a terminal; but see below",
    "leaktest": "`byway leaktest`'s words, in a terminal",
    "intercept": "`byway run`'s and its child processes' words, in a terminal",
    "api/__init__.py": "a programming error",
    "coexistence/netlink.py": "is caught, and makes the list incomplete",
    "dns/choice.py": "for `byway explain`",
    "dns/fake_choice.py": "for `byway explain`",
    "dns/forwarder.py": "is logged",
    "protocols/dns_message.py": "is answered with an error code, or logged",
    "protocols/dns_stored.py": "is caught: it is not kept",
    "protocols/host_name.py": "is caught: no host name",
    "protocols/proxy_request.py": "what a program is told that has asked for a proxy",
    "protocols/socks_datagram.py": "is counted",
    "rules/naive.py": "a programming error",
    "rules/name_index.py": "a programming error",
    "rules/number_index.py": "a programming error",
    "rules/predicates.py": "a programming error",
    "rules/render.py": "a programming error",
    "model/sentence.py": "a programming error, or an engine's of another version",
}
# Literals that look like sentences and are none, or that nobody else reads.
_ENGLISH = {
    "{} problem(s)": "for who prints a ProfileError",
    "no bus": "a fault's name",
    "old helper": "a fault's name",
    "old byway": "a fault's name",
    "own port": "an entrance's name",
    "fake addresses": "an area's name",
    "from others": "what is counted, for the log",
    "the limit of open files (ulimit -n) is reached": "is logged",
}
_COMMANDS = re.compile(
    r"(# )?(sudo|byway (up|down|repair)$|kubectl|ip\{\}|printf|\{\} .*(preference|policy|add-))"
)
_WORDS = re.compile(r"[A-Za-z]{2,}[,:;]? [a-z]+|\} [a-z]{2,}|\b[Aa]n? [A-Za-z]+")


def literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts with two words, with {} for what is put in; not what is said, nor what is logged."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Call(func=ast.Name(id="say")):
                for value in child.keywords:
                    yield from literals(value)
                continue
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "_log"))):
                continue
            case ast.Call(func=ast.Attribute(attr="compile")):
                continue
            case ast.JoinedStr():
                yield (
                    child.lineno,
                    "".join(
                        str(each.value) if isinstance(each, ast.Constant) else "{}"
                        for each in child.values
                    ),
                )
                continue
            case ast.Constant(value=str(text)):
                yield child.lineno, text
        yield from literals(child)


def test_every_sentence_of_the_core_can_be_translated() -> None:
    wrong, used = [], set()
    for file in sorted(CORE.rglob("*.py")):
        name = str(file.relative_to(CORE))
        elsewhere = {name, name.partition("/")[0]} & _ELSEWHERE.keys()
        for line, text in literals(ast.parse(file.read_text("utf-8"))):
            if not _WORDS.search(text) or _COMMANDS.match(text):
                continue
            if elsewhere:
                used |= elsewhere
                continue
            known = next((each for each in _ENGLISH if text.endswith(each)), None)
            if known is None:
                wrong.append(f"{name}:{line}: {text}")
            else:
                used.add(known)
    assert wrong == []
    assert {*_ELSEWHERE, *_ENGLISH} - used == set(), "not there any more"


# What a command tells a front end by its events goes into the window.
def test_what_events_say_can_be_translated() -> None:
    wrong = []
    for name in ("up.py", "serve.py", "profile.py", "down.py", "repair.py"):
        for call in ast.walk(ast.parse((CORE / "cli" / name).read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in {"told.failed", "failed"}:
                wrong += [f"{name}:{line}: {text}" for line, text in literals(call)]
    assert wrong == []
