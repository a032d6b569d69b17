from __future__ import annotations

from ipaddress import ip_address

import pytest

from byway_core.intercept import names

HEAD = "# Made by byway run for this program: questions go to Byway.\nnameserver 192.0.0.53\n"


@pytest.mark.parametrize(
    ("host", "kept"),
    [
        pytest.param("", "", id="no file"),
        pytest.param("nameserver 1.1.1.1\n", "", id="nameserver"),
        pytest.param(
            "nameserver\t::1\nsearch a.example b.example\n", "search a.example b.example\n"
        ),
        pytest.param("options edns0 rotate\n# x\n; y\n", "options edns0 rotate\n", id="options"),
        pytest.param("domain lan\nsortlist 10.0.0.0", "domain lan\nsortlist 10.0.0.0\n", id="rest"),
        pytest.param(" options use-vc\n\n   \n", " options use-vc\n", id="indented, blank lines"),
        pytest.param("searching for\n", "", id="only whole words"),
    ],
)
def test_resolv_conf(host, kept):
    assert names.resolv_conf(host, ip_address("192.0.0.53")) == HEAD + kept


def test_resolv_conf_takes_ipv6():
    assert "nameserver fd00::53\n" in names.resolv_conf("", ip_address("fd00::53"))


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        pytest.param("files dns", None, id="classic"),
        pytest.param("files mdns4_minimal [NOTFOUND=return] dns", None, id="mdns"),
        pytest.param("files resolve [!UNAVAIL=return] dns", "files dns", id="systemd"),
        pytest.param(
            "mymachines mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] files dns",
            "mymachines mdns4_minimal [NOTFOUND=return] files dns",
            id="others' actions stay",
        ),
        pytest.param("files resolve", "files dns", id="no dns"),
        pytest.param("resolve [!UNAVAIL=return] files", "dns files", id="no dns, with action"),
        pytest.param("", None, id="empty"),
    ],
)
def test_nsswitch(services, expected):
    around = "passwd: files systemd\nhosts: {}\nservices: db files\n"
    result = names.nsswitch(around.format(services))
    assert result == (None if expected is None else around.format(expected))


def test_nsswitch_that_is_not_there():
    assert names.nsswitch("") is None


def test_nsswitch_other_databases_are_left():
    assert names.nsswitch("passwd: files resolve\n# hosts: resolve\n") is None
