"""The upper part of the main window: how it stands, and what is wrong with the profile."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from byway_gui.icons import icon
from byway_gui.presenters.standing import Phase, Standing, detail, headline, problem_line

_ICON = 40
# Lines of problems before the list scrolls.
_MOST_LINES = 6


class StandingView(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = QLabel()
        self.headline = QLabel()
        font = self.headline.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setBold(True)
        self.headline.setFont(font)
        self.detail = QLabel()
        self.detail.setWordWrap(True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.headline, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.problems = QPlainTextEdit()
        self.problems.setReadOnly(True)
        self.problems.setAccessibleName(self.tr("Problems of the profile"))
        self.problems.setTabChangesFocus(True)
        self.problems.setFrameShape(QFrame.Shape.StyledPanel)
        self.problems.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.starter = QPushButton(self.tr("Create a &starter profile"))
        top = QGridLayout()
        top.addWidget(self._icon, 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.headline, 0, 1)
        top.addWidget(self.detail, 1, 1)
        top.setColumnStretch(1, 1)
        top.setHorizontalSpacing(12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.problems)
        layout.addWidget(self.starter, alignment=Qt.AlignmentFlag.AlignLeft)

    def show_standing(self, standing: Standing) -> None:
        self._icon.setPixmap(icon(standing.icon).pixmap(_ICON, _ICON))
        self.headline.setText(headline(standing))
        self.detail.setText(detail(standing))
        self.starter.setVisible(standing.phase is Phase.NO_PROFILE)
        lines = [problem_line(problem) for problem in standing.problems]
        self.problems.setPlainText("\n".join(lines))
        self.problems.setVisible(bool(lines))
        height = self.problems.fontMetrics().lineSpacing() * min(len(lines) + 1, _MOST_LINES)
        self.problems.setFixedHeight(height + 2 * self.problems.frameWidth() + 8)
