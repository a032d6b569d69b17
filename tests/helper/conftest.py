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
def on_stage(request):
    """Runs such code: on a machine that has nftables, and on one that has not."""
    return partial(whole_machine.on_stage, without_nftables=request.param == "iptables")
