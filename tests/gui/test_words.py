"""What the app says: all of it can be translated, and all of it is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.own_namespace import ROOT

import byway_resources
from byway_gui import words
from byway_gui.words import LANGUAGES, joined, plain, tr, tr_n
from update_translations import (
    SOURCES,
    Message,
    NotLiteral,
    Said,
    everything,
    messages,
    read,
    updated,
    written,
)

TREES = {
    str(file.relative_to(SOURCES)): ast.parse(file.read_text("utf-8"))
    for file in sorted(SOURCES.rglob("*.py"))
}
OTHERS = [code for code in LANGUAGES if code != "en"]
_MARK = re.compile(r"&(\w)")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_HAN = "[\u4e00-\u9fff]"
_LATIN = r"[A-Za-z0-9{}]"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    words.use("en")


def translations(language: str) -> dict[Message, Said]:
    return read(byway_resources.translation(language))


# -- the files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", OTHERS)
def test_everything_is_translated(language: str) -> None:
    """`./dev translations` has been run, and what was new is finished."""
    known = translations(language)
    assert sorted(everything()) == list(known)
    assert [each.source for each, said in known.items() if not (said.finished and said.text)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_file_is_as_the_tool_writes_it(language: str) -> None:
    file = byway_resources.translation(language).decode()
    assert file == written(language, translations(language))


@pytest.mark.parametrize("language", OTHERS)
def test_translations_keep_what_is_no_word(language: str) -> None:
    wrong = []
    for message, said in translations(language).items():
        source, text = message.source, said.text
        if sorted(_PLACEHOLDER.findall(source)) != sorted(_PLACEHOLDER.findall(text)):
            wrong.append((source, text, "placeholders"))
        marks = [[mark.upper() for mark in _MARK.findall(each)] for each in (source, text)]
        if marks[0] != marks[1]:
            wrong.append((source, text, "mnemonic"))
        if source.strip() != source.strip(" ") or text != text.strip():
            wrong.append((source, text, "space"))
    assert wrong == []


# What ends a text, and what ends it in Chinese.
_ENDS = {".": "。", ":": "\N{FULLWIDTH COLON}", "…": "…", "?": "\N{FULLWIDTH QUESTION MARK}"}


def test_chinese_has_its_own_punctuation() -> None:
    wrong = []
    for message, said in translations("zh_CN").items():
        source, text = plain(message.source), plain(said.text)
        for end, chinese in _ENDS.items():
            # " ?" at the end is a sign that is spoken of.
            if bool(re.search(rf"\S\{end}$", source)) != text.endswith(chinese):
                wrong.append((source, text, f"ends with {end} and {chinese}"))
        if re.search(f"{_HAN}[,.;:?!]|[,;:?!] *{_HAN}", text):
            wrong.append((source, text, "half-width punctuation"))
        if re.search(f"{_HAN}{_LATIN}|{_LATIN}{_HAN}", text):
            wrong.append((source, text, "no space between Chinese and Latin"))
    assert wrong == []


# -- the tool ----------------------------------------------------------------------------------

FILE = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="xx" sourcelanguage="en">
<context>
    <name>byway</name>
    <message>
        <source>&quot;A&quot; &amp;&lt;b&gt;</source>
        <translation>eins</translation>
    </message>
    <message>
        <source>On</source>
        <comment>a column</comment>
        <translation type="unfinished">vielleicht</translation>
    </message>
    <message>
        <source>Opened {n} doors.</source>
        <translation>auf: {n}</translation>
    </message>
    <message>
        <source>gone by hand</source>
        <translation type="vanished">weg</translation>
    </message>
</context>
</TS>
"""


def test_a_file_is_brought_up_to_date() -> None:
    known = read(FILE.encode())
    assert known == {
        Message('"A" &<b>'): Said("eins", True),
        Message("On", "a column"): Said("vielleicht"),
        Message("Opened {n} doors."): Said("auf: {n}", True),
    }
    assert written("xx", known) == re.sub(r"    <message>\n.*gone by(.*\n)*?    </m.*\n", "", FILE)
    wanted = {Message("On", "a column"), Message("Opened {n} door."), Message("new"), Message("On")}
    now = updated(known, wanted)
    assert list(now) == sorted(wanted)
    assert now[Message("On", "a column")] == Said("vielleicht")
    assert now[Message("Opened {n} door.")] == Said("auf: {n}")  # proposed, not finished
    assert now[Message("new")] == Said()


def test_literals_are_found(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.py").write_text(
        'f(tr("one", value=tr("two")), words.tr("th" "ree"))\n'
        'def g(n): return tr_n("{n} four", "{n} fours", n, x=tr("On", "a column"))\n'
    )
    found = sorted(messages(tmp_path))
    assert [each.source for each in found] == ["On", "one", "three", "two", "{n} four", "{n} fours"]
    assert found[0].comment == "a column"


@pytest.mark.parametrize(
    "call",
    [
        'tr(f"{x} y")',
        'tr("a" if x else "b")',
        "tr(x)",
        "tr()",
        'tr("")',
        "tr(*x)",
        'tr("a", x)',
        'tr("a", "b", "c")',
        'tr_n("a", x, 1)',
        'tr_n("a", "b")',
    ],
)
def test_what_no_translator_would_see_is_an_error(tmp_path: Path, call: str) -> None:
    (tmp_path / "a.py").write_text(f"x = 1\nprint({call})\n")
    with pytest.raises(NotLiteral, match=r"^a\.py:2: "):
        messages(tmp_path)


def test_the_command_changes_nothing_that_is_up_to_date() -> None:
    files = {code: byway_resources.translation(code) for code in OTHERS}
    tool = [sys.executable, ROOT / "resources" / "update_translations.py"]
    done = subprocess.run(tool, capture_output=True, text=True, check=True)
    assert " 0 new, 0 gone, 0 unfinished" in done.stdout
    assert {code: byway_resources.translation(code) for code in OTHERS} == files


# -- the code ----------------------------------------------------------------------------------

# What takes texts that a user reads.
_SHOWS = frozenset(
    """
    setText setPlainText setHtml setToolTip setStatusTip setWhatsThis setWindowTitle setTitle
    setPlaceholderText setAccessibleName setAccessibleDescription setPrefix setSuffix
    setSpecialValueText setHorizontalHeaderLabels setNameFilters setInformativeText setLabelText
    addRow addItem addItems insertItem addAction addMenu addButton addTab drawText showMessage
    QAction QCheckBox QGroupBox QLabel QListWidgetItem QMenu QPushButton QRadioButton QToolButton
    QTableWidgetItem QFileDialog Prose heading section say show_words emit
    """.split()  # noqa: SIM905 - forty words
)
# Words that are no words for a user, as whole arguments.
_NO_WORDS = {
    "muted": "a colour's name",
    "bad": "a colour's name",
    "warn": "a colour's name",
    "good": "a colour's name",
    '<span style="color:': "markup",
    "</span>": "markup",
    "<div>": "markup",
    "</div>": "markup",
    "DOMAIN-SUFFIX,example.com,DIRECT": "a rule, which is the same in every language",
    "example.com": "a host",
    "www.example.com:443": "a host and its port",
    "192.0.2.0/24, 2001:db8::/32": "addresses",
}
# Sentences that are not in a call of those, with why they stay English.
_ENGLISH = {
    ("__main__.py", "*"): "a command line's help, as that of `byway`",
    ("session.py", "Byway runs already, and does not answer."): "said in a terminal",
    ("presenters/explained.py", "old helper"): "the engine's word for a fault",
    ("presenters/explained.py", "old byway"): "the engine's word for a fault",
    ("presenters/explained.py", "no bus"): "the engine's word for a fault",
    ("probe.py", "*"): "names of outcomes, and what goes over the network",
    ("system_texts.py", "*"): "the system's words, which are translated by themselves",
    ("programs.py", "byway run: "): "the command's own prefix, which is taken off",
}
_LOGS = {"debug", "info", "warning", "error", "exception", "critical"}


def name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=found) | ast.Attribute(attr=found):
            return found
    return ""


def pieces(node: ast.AST) -> Iterator[str]:
    """Texts in an argument, not in calls within it, which are judged for themselves."""
    if isinstance(node, ast.Call | ast.Compare):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from pieces(child)


def test_what_is_shown_can_be_translated() -> None:
    shown = {
        (file, name(call), text)
        for file, tree in TREES.items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and name(call) in _SHOWS
        for argument in (*call.args, *(each.value for each in call.keywords))
        for text in pieces(argument)
        if re.search("[A-Za-z]", text)
    }
    assert {each for each in shown if each[2] not in _NO_WORDS} == set()
    assert _NO_WORDS.keys() - {text for _, _, text in shown} == set(), "not there any more"


def sentences(node: ast.AST) -> Iterator[str]:
    """Literals of two words or more that might be for a user; errors are for whoever raises."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Raise() | ast.Expr(value=ast.Constant()):
                continue
            case ast.Call() if name(child) in {"tr", "tr_n", "compile"} | _LOGS:
                continue
            case ast.Constant(value=str(text)) if re.search(r"[A-Za-z]{2,}[,:;]? [a-z]{2,}", text):
                yield text
        yield from sentences(child)


def test_sentences_can_be_translated() -> None:
    found = {
        (file, text)
        for file, tree in TREES.items()
        for text in sentences(tree)
        if not text.startswith("<")
    }
    known = {key for key in found if key in _ENGLISH or (key[0], "*") in _ENGLISH}
    assert found - known == set()
    used = known | {(file, "*") for file, _ in known}
    assert _ENGLISH.keys() - used == set(), "not there any more"


def test_nothing_is_said_before_the_language_is_known() -> None:
    """Neither at import nor as a default."""

    def at_import(node: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Lambda):
                continue
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                now = [*child.decorator_list, *child.args.defaults, *child.args.kw_defaults]
                for each in now:
                    if each is not None:
                        yield each
                        yield from at_import(each)
                continue
            yield child
            yield from at_import(child)

    early = [
        (file, each.lineno)
        for file, tree in TREES.items()
        for each in at_import(tree)
        if isinstance(each, ast.Call) and name(each) in {"tr", "tr_n"}
    ]
    assert early == []


# -- the language ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN"}, "zh_CN"),
        ({"LANG": "zh_SG.UTF-8@radical"}, "zh_CN"),
        ({"LANG": "zh"}, "zh_CN"),
        ({"LANG": "zh_TW.UTF-8"}, "en"),
        ({"LANG": "zh_HK"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh_CN"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh_CN"),
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANGUAGE": "zh_CN:en", "LANG": "en_US.UTF-8"}, "zh_CN"),
        ({"LANGUAGE": "de:zh_CN", "LANG": "de_DE.UTF-8"}, "zh_CN"),
        ({"LANGUAGE": "zh_Hans", "LANG": "de_DE.UTF-8"}, "zh_CN"),
        ({"LANGUAGE": "zh_Hant:en", "LANG": "zh_TW.UTF-8"}, "en"),
        ({"LANGUAGE": "en_GB:zh_CN", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANGUAGE": "", "LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANGUAGE": "zh_CN", "LANG": "C.UTF-8"}, "en"),
        ({"LANGUAGE": "zh_CN", "LC_ALL": "POSIX", "LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_the_sessions_language(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], language: str
) -> None:
    for each in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(each, raising=False)
    for each, value in variables.items():
        monkeypatch.setenv(each, value)
    assert words.of_session() == language


def test_a_language_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    words.use("zh_CN")
    assert (tr("Rules"), tr("Port"), tr("On"), tr("On", "column of check boxes")) == (
        "规则",
        "端口",
        "已开启",
        "启用",
    )
    assert tr("no such text {n}", n=1) == "no such text 1"
    assert tr_n("{n} rule", "{n} rules", 2000) == "2,000 条规则"
    words.use("en")
    assert (tr("Rules"), tr_n("{n} rule", "{n} rules", 1)) == ("Rules", "1 rule")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)
    words.use("")
    assert tr("Rules") == "规则"


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("&Open…", "Open…"),
        ("打开(&O)…", "打开…"),
        ("R && D (x)", "R & D (x)"),
        ("打开", "打开"),
    ],
)
def test_a_label_without_its_mnemonic(label: str, text: str) -> None:
    assert plain(label) == text


def test_sentences_behind_each_other() -> None:
    assert joined("One.", "", "Two?", "Three.") == "One. Two? Three."
    assert joined("一。", "二。", "Three.") == "一。二。Three."
    assert joined("", "") == ""
