"""The tray's menu over D-Bus: names are shown whole, and what is chosen there is chosen here."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from byway_gui.bus_menu import BusMenu, bus_label


def seen(label: str) -> str:
    """What a tray shows: Qt makes `_` of the first `&` that is not the last letter, and the tray
    takes `__` for one `_`, and drops the others."""
    first = label.find("&")
    if 0 <= first < len(label) - 1:
        label = f"{label[:first]}_{label[first + 1 :]}"
    return label.replace("__", "\0").replace("_", "").replace("\0", "_")


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("By the &rules", "By the rules"),
        ("my_profile_2", "my_profile_2"),
        ("__init__", "__init__"),
        ("R&&D", "R&D"),
        ("a && b && c_d", "a & b & c_d"),
        ("&Open a_b && c", "Open a_b & c"),
        ("_&&_", "_&_"),
        ("100 %&&", "100 %&"),
    ],
)
def test_labels_are_shown_whole(label: str, shown: str) -> None:
    assert seen(bus_label(label)) == shown


def test_it_follows_its_source(qtbot: QtBot) -> None:
    source = QMenu()
    qtbot.addWidget(source)
    source.setTitle("&Mode")
    first, second = QAction("a_b", source), QAction("c", source)
    first.setCheckable(True)
    source.addAction(first)
    menu = BusMenu(source)
    qtbot.addWidget(menu)
    assert menu.title() == "&Mode"
    kept = menu.actions()[0]

    source.addSeparator()
    source.addAction(second)
    first.setText("a_d")
    second.setEnabled(False)
    assert [(each.text(), each.isSeparator()) for each in menu.actions()] == [
        ("a__d", False),
        ("", True),
        ("c", False),
    ]
    assert menu.actions()[0] is kept
    assert not menu.actions()[2].isEnabled()

    kept.trigger()
    assert first.isChecked()
    assert kept.isChecked()
    kept.trigger()
    assert not first.isChecked()
    assert not kept.isChecked()

    source.removeAction(second)
    assert len(menu.actions()) == 2
    source.clear()
    assert menu.actions() == []


def test_what_fills_the_source_fills_it(qtbot: QtBot) -> None:
    source = QMenu()
    qtbot.addWidget(source)
    source.aboutToShow.connect(lambda: source.addAction("new"))
    menu = BusMenu(source)
    qtbot.addWidget(menu)
    menu.aboutToShow.emit()
    assert [each.text() for each in menu.actions()] == ["new"]
