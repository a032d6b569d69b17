"""Settings that are the profile's: how the whole machine is taken, and the local port."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Protocol, TypeVar

from PySide6.QtCore import QSignalBlocker, SignalInstance
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from byway_gui.presenters.interfaces import Interface, away, interfaces
from byway_gui.presenters.profile_values import (
    PORTS,
    Draft,
    ProfileValues,
    ports_text,
    read_ports,
    values_of,
)
from byway_gui.windows.section import Prose, StillWheel, fill, holder, section
from byway_gui.words import joined, tr

D = TypeVar("D", bound=Draft)

# What is proposed where the profile names none: SOCKS and HTTP in one, as others have it there too.
_USUAL_PORT = 7890


class Store(Protocol[D]):
    """The open profile: `commit` saves a changed draft; where it says False, `failed` has said
    why."""

    @property
    def changed(self) -> SignalInstance: ...
    @property
    def failed(self) -> SignalInstance: ...
    @property
    def draft(self) -> D | None: ...
    def commit(self, draft: D) -> bool: ...


class ProfileSettings(QWidget):
    """Shows the profile as it is, and changes one value at a time. `list_interfaces` is asked
    whenever it comes into sight."""

    def __init__(
        self,
        store: Store[D],
        list_interfaces: Callable[[], list[Interface]] = interfaces,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._draft: Callable[[], Draft | None] = lambda: store.draft
        self._list_interfaces = list_interfaces
        self._values = ProfileValues()
        self._saving = False

        def change(value: object | None, *keys: str) -> None:
            draft = store.draft
            self._saving = True
            self.problem.hide()
            if draft is not None:
                store.commit(draft.with_value(value, *keys))
            self._saving = False
            self.show_profile()

        self._change = change
        self.problem = Prose("", "bad")
        self.problem.hide()
        self.missing = Prose(tr("There is no profile yet in which these could be kept."), "muted")
        self.kill_switch = QCheckBox(tr("&Kill switch"))
        self.see_direct = QCheckBox(tr("Show &direct connections too"))
        self.lan_ports = QLineEdit()
        self.lan_ports.setPlaceholderText(tr("for example: 50080, 50443"))
        self.lan_ports.setMaximumWidth(self.fontMetrics().averageCharWidth() * 50)
        self.lan_ports.setAccessibleName(tr("Ports of this machine's own"))
        self.ports_problem = Prose("", "bad")
        self.ports_problem.hide()
        self.lan: dict[str, QCheckBox] = {}
        self._lan = holder()
        self.use_port = QCheckBox(tr("Open a local SOCKS and HTTP &port"))
        self.port = QSpinBox()
        self.port.setRange(PORTS.start, PORTS.stop - 1)
        self.port.setValue(_USUAL_PORT)
        self.port.setKeyboardTracking(False)
        self.port.installEventFilter(StillWheel(self.port))
        self.port.setGroupSeparatorShown(False)
        self.port.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.port.setAccessibleName(tr("Local port"))
        self._connect()
        self._lay_out()
        store.changed.connect(self.show_profile)
        store.failed.connect(self._fail)
        self.show_profile()

    def show_profile(self) -> None:
        """As it is now; what was not kept is gone from the fields."""
        draft = self._draft()
        self._values = values = values_of(draft) if draft is not None else ProfileValues()
        self._content.setEnabled(draft is not None)
        self.missing.setVisible(draft is None)
        self.kill_switch.setChecked(values.kill_switch)
        self.see_direct.setChecked(values.see_direct)
        self._show_interfaces()
        if not self.ports_problem.text():
            self.lan_ports.setText(ports_text(values.lan_ports))
        self.lan_ports.setEnabled(bool(values.lan or values.lan_ports))
        self.use_port.setChecked(values.port is not None)
        self.port.setEnabled(values.port is not None)
        if values.port is not None:
            with QSignalBlocker(self.port):
                self.port.setValue(values.port)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_interfaces()

    # -- what a user does

    def _connect(self) -> None:
        self.kill_switch.clicked.connect(self._change_kill_switch)
        self.see_direct.clicked.connect(self._change_see_direct)
        self.use_port.clicked.connect(self._change_port)
        self.port.valueChanged.connect(self._change_port)
        self.lan_ports.editingFinished.connect(self._change_lan_ports)
        self.lan_ports.textEdited.connect(self._judge_ports)

    def _change_kill_switch(self) -> None:
        self._change(self.kill_switch.isChecked(), "machine", "kill_switch")

    def _change_see_direct(self) -> None:
        self._change(self.see_direct.isChecked(), "machine", "see_direct")

    def _change_port(self) -> None:
        port = self.port.value() if self.use_port.isChecked() else None
        if port != self._values.port:
            self._change(port, "general", "mixed_port")

    def _change_lan(self) -> None:
        chosen = [name for name, box in self.lan.items() if box.isChecked()]
        self._change(chosen or None, "machine", "lan")

    def _judge_ports(self) -> None:
        read = read_ports(self.lan_ports.text())
        self.ports_problem.setText(read if isinstance(read, str) else "")
        self.ports_problem.setVisible(isinstance(read, str))

    def _change_lan_ports(self) -> None:
        self._judge_ports()
        read = read_ports(self.lan_ports.text())
        if not isinstance(read, str) and read != self._values.lan_ports:
            self._change(list(read) or None, "machine", "lan_ports")

    def _fail(self, sentence: str) -> None:
        if self._saving:
            self.problem.setText(sentence)
            self.problem.show()

    # -- what is seen

    def _show_interfaces(self) -> None:
        """Made anew only where there are others: a box that has the focus keeps it."""
        there = self._list_interfaces()
        names = {each.name for each in there}
        wanted = [*there, *(away(name) for name in self._values.lan if name not in names)]
        texts = {each.name: f"{each.name}: {each.kind}" for each in wanted}
        if {name: box.text() for name, box in self.lan.items()} != texts:
            self.lan = {name: QCheckBox(text) for name, text in texts.items()}
            for box in self.lan.values():
                box.clicked.connect(self._change_lan)
            fill(self._lan, self.lan.values())
            order = [self.see_direct, *self.lan.values(), self.lan_ports]
            for before, after in pairwise(order):
                QWidget.setTabOrder(before, after)
        for name, box in self.lan.items():
            box.setChecked(name in self._values.lan)

    def _lay_out(self) -> None:
        self._content = QWidget()
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(self.fontMetrics().height())
        machine = [
            self.kill_switch,
            _below(
                tr(
                    "While Byway is away, what it would have taken is refused and never goes "
                    "directly."
                ),
                _later(),
            ),
            self.see_direct,
            _below(
                tr(
                    "Connections that the rules send directly by their address alone are shown "
                    "and counted; otherwise the kernel serves them by itself, faster."
                ),
                tr("Takes effect at once."),
            ),
        ]
        content.addWidget(section(tr("Whole machine"), *machine))
        label = QLabel(tr("Ports of this &machine's own:"))
        label.setBuddy(self.lan_ports)
        lan = [
            Prose(
                tr(
                    "Devices and virtual machines whose traffic comes in by a chosen interface go "
                    "by the rules too. Choose those with clients behind them, not the one that "
                    "leads to the Internet."
                )
            ),
            self._lan,
            label,
            self.lan_ports,
            self.ports_problem,
            _below(
                tr("What clients send to these ports of this machine goes by the rules as well."),
                _later(),
            ),
        ]
        content.addWidget(section(tr("Clients of the LAN"), *lan))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.use_port)
        line.addWidget(self.port)
        line.addStretch(1)
        port = _below(
            tr("For programs with a proxy setting, at 127.0.0.1. Nobody else reaches it."),
            _later(),
        )
        content.addWidget(section(tr("Local port"), row, port))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.missing)
        layout.addWidget(self.problem)
        layout.addWidget(self._content)


def _later() -> str:
    return tr("Takes effect when Byway is turned off and on again.")


def _below(about: str, when: str) -> QLabel:
    """What a setting does, and from when on."""
    return Prose(joined(about, when), "muted")
