from __future__ import annotations

import pytest

from byway_core.intercept.idmaps import identity


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        pytest.param(
            "         0          0 4294967295\n", "0 0 4294967295\n", id="a whole machine"
        ),
        pytest.param("0 1000 1\n", "0 0 1\n", id="one id"),
        pytest.param("0 100000 65536\n", "0 0 65536\n", id="a container"),
        pytest.param("0 1000 1\n1 100000 65536\n", "0 0 1\n1 1 65536\n", id="a rootless container"),
    ],
)
def test_all_ids_there_are(outer, inner):
    assert identity(outer) == inner
