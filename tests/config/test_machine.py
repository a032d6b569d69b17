"""[machine]: what it may say, and each way to say it wrong."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from byway_core.config.load import loads
from byway_core.model.errors import ProfileError
from byway_core.model.profile import PRIVATE_NETWORKS, Machine

HEAD = 'version = 1\nrules = ["MATCH,DIRECT"]\n'


def machine(text: str) -> Machine:
    return loads(f"{HEAD}[machine]\n{text}")[0].machine


def test_nothing_said() -> None:
    assert loads(HEAD)[0].machine == machine("") == Machine()


def test_everything_said() -> None:
    found = machine(
        'bypass = ["203.0.113.0/24", "private", "2001:db8::/32", "10.0.0.0/8"]\n'
        'lan = ["br0", "wlan0.5"]\nlan_ports = [50080, 1024, 50080]\n'
        "kill_switch = true\nsee_direct = true"
    )
    more = (ip_network("203.0.113.0/24"), *PRIVATE_NETWORKS, ip_network("2001:db8::/32"))
    assert found == Machine(more, ("br0", "wlan0.5"), (50080, 1024), True, True)
    assert machine("bypass = []").bypass == ()


@pytest.mark.parametrize(
    ("text", "place", "message", "nearest"),
    [
        ("bypass = 5", (4, 10), "bypass is a whole number", ""),
        ('bypass = "private"', (4, 10), "bypass is a string", 'bypass = ["private"]'),
        ("bypass = [1]", (4, 10), "bypass is a list of other things", ""),
        ('bypass = ["10.0.0.1/8"]', (4, 11), "'10.0.0.1/8' is no network", '"10.0.0.0/8"'),
        ('bypass = ["home"]', (4, 11), "'home' is no network", ""),
        ('lan = ["lo"]', (4, 8), "'lo' is no interface that has clients", ""),
        ('lan = ["a\'; flush"]', (4, 8), "is no interface that has clients", ""),
        ("lan_ports = 50080", (4, 13), "lan_ports is a whole number", "lan_ports = [50080]"),
        ("lan_ports = [80]", (4, 13), "lan_ports is not such a list", ""),
        ("lan_ports = [true]", (4, 13), "lan_ports is not such a list", ""),
        ('kill_switch = "on"', (4, 15), "kill_switch is a string", "kill_switch = true"),
        ("killswitch = true", (4, 1), "unknown key killswitch", "kill_switch"),
    ],
)
def test_problem(text: str, place: tuple[int, int], message: str, nearest: str) -> None:
    with pytest.raises(ProfileError) as caught:
        machine(text)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == place
    assert message in problem.message
    assert problem.nearest == nearest


def test_too_much() -> None:
    for key, values in (
        ("bypass", [f"10.{n >> 8}.{n & 255}.0/24" for n in range(16_385)]),
        ("lan", [f"br{n}" for n in range(65)]),
        ("lan_ports", list(range(2000, 2065))),
    ):
        with pytest.raises(ProfileError) as caught:
            machine(f"{key} = {values}")
        assert "at most" in caught.value.problems[0].expected


def test_ports_without_an_interface_are_nowhere() -> None:
    _, warnings = loads(f"{HEAD}[machine]\nlan_ports = [50080]")
    assert "lan_ports without lan" in warnings[0].message


def test_no_table() -> None:
    with pytest.raises(ProfileError) as caught:
        loads(f"machine = 1\n{HEAD}")
    assert caught.value.problems[0].expected == "the table [machine]"
