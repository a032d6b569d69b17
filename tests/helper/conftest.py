"""What only root can test is not collected for others: polkit's users are several, and what is
installed belongs to root."""

import os
from functools import partial

import pytest
from tests.support import whole_machine

collect_ignore = (
    [] if os.geteuid() == 0 else ["test_polkit.py", "test_install.py", "test_up_user.py"]
)


@pytest.fixture(params=["nftables", "iptables"])
def backend(request):
    """What this machine has: nftables, or iptables only."""
    return request.param


@pytest.fixture
def on_stage(backend):
    """Runs such code there."""
    return partial(whole_machine.on_stage, without_nftables=backend == "iptables")
