"""The bench of the page of connections measures what it says it does."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from bench.connections_page import ROWS, SCENES, WARM, Scene, batches, measure, row
from PySide6.QtWidgets import QApplication

from byway_core.model.flow import FlowState


def test_every_live_row_changes_in_each_batch() -> None:
    first, *told = batches(3, turnover=20)
    assert len(first.flows) == ROWS
    before = dict(first.flows)
    for batch in told:
        live = {key for key, flow in before.items() if flow.state is FlowState.OPEN}
        assert live <= set(batch.flows)
        assert all(batch.flows[key] != before[key] for key in live)
        ended = [flow for flow in batch.flows.values() if flow.state is FlowState.CLOSED]
        assert len(ended) == len(set(batch.flows) - set(before)) == 20
        before.update(batch.flows)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.title)
def test_a_short_run(qapp: QApplication, scene: Scene) -> None:
    turns = measure(qapp, scene, 0.3)
    assert len(turns) == 3
    assert all(processor > 0 for _, processor in turns)
    cells = row(scene.title, turns)
    assert cells[-1] in {"kept", "MISSED"}
    assert WARM >= 10, "a second, so that a first order by rates is not measured"
