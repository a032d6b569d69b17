"""What is wrong with the machine's network or its helper, and what a user does about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from byway_core.model.errors import HelperFault
from byway_gui.engine_link.steering import Steering
from byway_gui.errand import Errand
from byway_gui.presenters.standing import Phase, Reach, fault_words
from byway_gui.words import tr


class Mending(QObject):
    """`changed`: something has been done to the machine's network, or could not be; `asked`: look
    at the Status page, where there is more to read."""

    said = Signal(str)
    changed = Signal()
    asked = Signal()

    def __init__(
        self, steering: Steering, turn_on: Callable[[], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._steering = steering
        self._turn_on = turn_on
        self._takes_back = False  # once the network is repaired, it is turned on
        self._repair = Errand(["repair"], self)
        self._repair.done.connect(self._repaired)
        self._repair.failed.connect(self._not_repaired)

    def close(self) -> None:
        self._repair.close()

    def repair(self) -> None:
        """It takes the traffic from whoever has it: this app does not want it any more either."""
        standing = self._steering.standing
        has_it = standing.phase in {Phase.STARTING, Phase.ON} and standing.reach is Reach.MACHINE
        self.said.emit(tr("Repairing the network…"))
        if has_it:
            self._steering.turn_off()
        self._repair.go()

    def cure(self) -> None:
        """The button beside what is wrong."""
        standing = self._steering.standing
        match standing.fault:
            case HelperFault.NO_AGENT | HelperFault.DISMISSED:
                self._turn_on()
            case HelperFault.BUSY:
                self._takes_back = True
                self.repair()
            case HelperFault.SILENT | HelperFault.FAILED:
                self.repair()
            case fault if standing.guarded and not fault_words(fault)[1]:
                self.repair()
            case _:
                self.asked.emit()

    def _repaired(self, _: str) -> None:
        """Its own words are for a terminal."""
        self._steering.repaired()
        self.said.emit(tr("The network is as it was without Byway."))
        takes, self._takes_back = self._takes_back, False
        if takes:
            self._turn_on()
        elif self._steering.standing.phase in {Phase.FAILED, Phase.RESTARTING}:
            self._steering.turn_off()  # what was wrong is mended
        self.changed.emit()

    def _not_repaired(self, sentence: str) -> None:
        self._takes_back = False
        self.said.emit(sentence)
        self.changed.emit()
