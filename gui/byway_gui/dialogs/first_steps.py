"""The first steps: four short pages from nothing to a Byway that is on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from byway_gui.dialogs.first_step_pages import HelperPage, OnPage, RulesPage, Test, UpstreamPage
from byway_gui.dialogs.tall_form import TallForm
from byway_gui.presenters.first_steps import Beginning, Wanted
from byway_gui.presenters.standing import Reach
from byway_gui.secrets import Secrets
from byway_gui.windows.section import Prose, heading
from byway_gui.words import tr


class FirstStepsDialog(QDialog):
    """`chosen` has what is Wanted; nothing has been written until then but a new upstream's
    password. Whoever skips the rest leaves everything as it was."""

    chosen = Signal(Wanted)

    def __init__(
        self,
        beginning: Beginning,
        secrets: Secrets,
        test: Test,
        is_installed: Callable[[], bool],
        reach: Callable[[], Reach],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("First steps"))
        self._table: Mapping[str, object] | None = None
        self.helper = HelperPage(is_installed)
        self.upstream = UpstreamPage(beginning, secrets, test)
        self.rules = RulesPage(beginning)
        self.on = OnPage(beginning, reach)
        self._pages = (self.helper, self.upstream, self.rules, self.on)
        self.number = Prose("", "muted")
        self.title = heading("")
        self.skip = QPushButton(tr("S&kip these steps"))
        self.back = QPushButton(tr("&Back"))
        self.next = QPushButton()
        self._lay_out()
        self._connect()
        self._turn_to(0)

    @property
    def page(self) -> int:
        """Its number, from 0."""
        return self._stack.currentIndex()

    # -- from page to page

    def _turn_to(self, number: int) -> None:
        last = number == len(self._pages) - 1
        page = self._pages[number]
        self._stack.setCurrentIndex(number)
        self.number.setText(tr("Step {n} of {all}", n=number + 1, all=len(self._pages)))
        self.title.setText(page.title())
        self.back.setEnabled(number > 0)
        self.next.setText(tr("&Finish") if last else tr("Ne&xt"))
        self.on.look()
        (page.first or self.next).setFocus()

    def _go_back(self) -> None:
        self.upstream.fields.stop_waiting()
        self._allow(True)
        self._turn_to(self.page - 1)

    def _go_on(self) -> None:
        page = self._pages[self.page]
        if page is self.on:
            self.accept()
        elif page is self.upstream and self.upstream.is_one:
            self.upstream.fields.save()
        elif page is self.upstream:
            self._take(None)
        else:
            self._turn_to(self.page + 1)

    def _take(self, table: Mapping[str, object] | None) -> None:
        self._table = table
        self._turn_to(self.page + 1)
        self.rules.take(table)

    def _allow(self, on: bool) -> None:
        self.next.setEnabled(on)

    def _choose(self) -> None:
        on = self.on
        now = on.now.isChecked() and not on.now.isHidden()
        self.chosen.emit(Wanted(self._table, self.rules.start, now, on.at_login.isChecked()))

    # -- how it is made

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._scrolls = [TallForm(page) for page in self._pages]
        for scroll in self._scrolls:
            self._stack.addWidget(scroll)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.title, 1)
        self.number.setWordWrap(False)
        top.addWidget(self.number)
        self.skip.setAutoDefault(False)
        self.back.setAutoDefault(False)
        self.next.setDefault(True)
        bottom.addWidget(self.skip)
        bottom.addStretch(1)
        bottom.addWidget(self.back)
        bottom.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)
        layout.addLayout(bottom)
        layout.setSpacing(self.fontMetrics().height())
        margin = self.fontMetrics().height()
        layout.setContentsMargins(margin, margin, margin, margin)
        metrics = self.fontMetrics()
        self.setMinimumWidth(metrics.averageCharWidth() * 84)
        wanted = QSize(self.minimumWidth(), metrics.height() * 40)  # one size for all pages
        self.resize(wanted.boundedTo(self.screen().availableGeometry().size()))

    def _connect(self) -> None:
        fields = self.upstream.fields
        self.skip.clicked.connect(self.reject)
        self.back.clicked.connect(self._go_back)
        self.next.clicked.connect(self._go_on)
        self.accepted.connect(self._choose)
        self.finished.connect(fields.stop_waiting)
        fields.chosen.connect(self._take)
        fields.again.connect(fields.save)
        fields.waiting.connect(self.next.setDisabled)
        fields.wrong.connect(self._scrolls[1].ensureWidgetVisible)
        self.rules.judged.connect(self._allow)
