"""Fake addresses: whether there are any, and which names get none."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QCheckBox, QLabel, QStyle, QVBoxLayout, QWidget

from byway_core.api.profiles import Draft
from byway_gui.dialogs.text_rows import RowWords, TextRows
from byway_gui.presenters import dns
from byway_gui.profile_history import History
from byway_gui.words import tr


class FakeNames(QWidget):
    """Changes go through `history`, one by one."""

    def __init__(self, history: History, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._draft: Draft | None = None
        self.fakes = QCheckBox(tr("Fa&ke addresses for proxied names"))
        words = RowWords(
            tr("Names with real addresses"),
            tr("Another name with its real address"),
            tr("for example: *.example.com or +.example.net"),
        )
        self.real = TextRows(words, dns.real_name_errors, ordered=False)
        layout = QVBoxLayout(self)
        layout.addWidget(self.fakes)
        layout.addWidget(_indented(dns.about_fakes(), self.fakes))
        about = QLabel(dns.about_real())
        about.setWordWrap(True)
        layout.addSpacing(about.fontMetrics().height())
        layout.addWidget(about)
        layout.addWidget(self.real, 1)
        self.fakes.clicked.connect(self._take_fakes)
        self.real.chosen.connect(self._take_real)

    def show_profile(self, draft: Draft | None) -> None:
        self._draft = draft
        self.fakes.setChecked(dns.gives_fakes(draft))
        self.real.show_values(dns.real_names_of(draft))
        # Without fake addresses all names have real ones; the list stays for the next time.
        self.real.setEnabled(self.fakes.isChecked())

    def _take_fakes(self, given: bool) -> None:
        words = tr("Turned fake addresses on.") if given else tr("Turned fake addresses off.")
        if not self._history.do(partial(dns.with_fakes, given=given), words):
            self.show_profile(self._draft)

    def _take_real(self, names: list[object]) -> None:
        change = partial(dns.with_real_names, names=names)
        if not self._history.do(change, tr("Changed the names with real addresses.")):
            self.show_profile(self._draft)


def _indented(text: str, box: QCheckBox) -> QLabel:
    """What a check box means, below its words."""
    label = QLabel(text)
    label.setWordWrap(True)
    width = box.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth, None, box)
    gap = box.style().pixelMetric(QStyle.PixelMetric.PM_CheckBoxLabelSpacing, None, box)
    label.setIndent(width + gap)
    return label
