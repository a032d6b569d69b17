"""The helper, what is intercepted, and what else has a say in this machine's network."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from byway_gui.inquiry import Inquiry
from byway_gui.presenters.explained import (
    Explained,
    Finding,
    Severity,
    findings_summary,
    helper_facts,
    needs_installing,
    plan_facts,
    severity_word,
)
from byway_gui.presenters.totals import clock
from byway_gui.windows.installing import installing
from byway_gui.windows.section import (
    CommandLines,
    Facts,
    Prose,
    fill,
    heading,
    holder,
    section,
)
from byway_gui.words import tr

_MEANINGS = {Severity.CONFLICT: "bad", Severity.NOTE: "warn", Severity.FINE: "good"}


class MachineView(QWidget):
    """Looks when it is first seen, and whenever its button is pressed. `repair_wanted`: take
    everything of Byway's out of the machine's network; `leaks_wanted`: try the profile out."""

    repair_wanted = Signal()
    leaks_wanted = Signal()

    def __init__(self, inquiry: Inquiry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inquiry = inquiry
        self._checked = 0.0
        inquiry.answered.connect(self._take)
        inquiry.failed.connect(self._fail)
        self.refresh = QPushButton(tr("&Check again"))
        self.refresh.clicked.connect(self.check)
        self.repair = QPushButton(tr("Repair &network"))
        self.repair.clicked.connect(self.repair_wanted)
        self.checked = Prose("", "muted")
        self.problem = Prose("", "bad")
        self.problem.hide()
        self.helper = Facts()
        self.plan = Facts()
        self._install = holder()
        self.summary = Prose()
        self._findings = holder()
        top = QHBoxLayout()
        top.addWidget(heading(tr("This machine")))
        top.addWidget(self.checked, 1)
        top.addWidget(self.refresh)
        self.about_repair = Prose(
            tr(
                "Takes everything of Byway's out of this machine's network: rules, routes and kill "
                "switch. Live connections through Byway end. It may ask for a password."
            )
        )
        repair = QHBoxLayout()
        repair.addWidget(self.about_repair, 1)
        repair.addWidget(self.repair, alignment=Qt.AlignmentFlag.AlignTop)
        self.leaks = QPushButton(tr("&Leak test…"))
        self.leaks.clicked.connect(self.leaks_wanted)
        about_leaks = Prose(
            tr(
                "Tries this profile out, touching no real network: does anything leave by another "
                "way than the rules say?"
            )
        )
        leaks = QHBoxLayout()
        leaks.addWidget(about_leaks, 1)
        leaks.addWidget(self.leaks, alignment=Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.problem)
        layout.addWidget(self.helper)
        layout.addWidget(self._install)
        layout.addLayout(repair)
        layout.addLayout(leaks)
        self._more = QWidget()
        more = QVBoxLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(self.fontMetrics().height())
        more.addWidget(section(tr("For the whole machine"), self.plan))
        more.addWidget(section(tr("Also on this machine"), self.summary, self._findings))
        layout.addSpacing(self.fontMetrics().height() // 2)
        layout.addWidget(self._more)
        self._more.hide()

    def check(self) -> None:
        """Look again; the answer shows itself."""
        self.refresh.setEnabled(False)
        self.checked.setText(tr("Checking…"))
        self._inquiry.ask()

    def see(self) -> None:
        """It is being looked at: nothing is asked before."""
        if not self._checked and not self._inquiry.asking:
            self.check()

    def _take(self, known: Explained) -> None:
        self.problem.hide()
        self._show(known)
        self._done()

    def _fail(self, sentence: str) -> None:
        self.problem.setText(tr("The machine could not be looked at. {why}", why=sentence))
        self.problem.show()
        self._done()

    def _done(self) -> None:
        self._checked = time.time()
        self.refresh.setEnabled(True)
        self.checked.setText(tr("Checked at {time}", time=clock(self._checked, self._checked)))

    def _show(self, known: Explained) -> None:
        self.helper.show_facts(helper_facts(known.helper))
        self.plan.show_facts(plan_facts(known))
        self.summary.setText(findings_summary(known.findings))
        wanted = needs_installing(known.helper)
        fill(self._install, installing() if wanted else [])
        fill(self._findings, [finding_view(each) for each in known.findings])
        self._more.show()


def finding_view(finding: Finding) -> QWidget:
    """One finding: what was seen, what follows, what to do."""
    frame = QFrame()
    frame.setFrameShape(QFrame.Shape.StyledPanel)
    title = f"{severity_word(finding.severity)}: {finding.name}"
    layout = QVBoxLayout(frame)
    layout.addWidget(Prose(title, _MEANINGS[finding.severity], bold=True))
    layout.addWidget(Prose(finding.follows))
    layout.addWidget(Prose(tr("Seen: {what}", what=finding.seen), "muted"))
    if finding.remedy:
        layout.addWidget(CommandLines("\n".join(finding.remedy)))
    return frame
