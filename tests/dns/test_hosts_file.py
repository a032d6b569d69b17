from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from byway_core.dns.hosts_file import HostsFile, parse_hosts

TEXT = """\
127.0.0.1\tlocalhost
# 192.0.2.9 commented.example
192.0.2.1   Web.Example www.web.example  # ours
2001:db8::1 web.example
192.0.2.1 web.example
not-an-address other.example
192.0.2.2
192.0.2.3 bad/name good.example
"""


def test_names_with_all_their_addresses() -> None:
    assert parse_hosts(TEXT) == {
        "localhost": (ip_address("127.0.0.1"),),
        "web.example": (ip_address("192.0.2.1"), ip_address("2001:db8::1")),
        "www.web.example": (ip_address("192.0.2.1"),),
        "good.example": (ip_address("192.0.2.3"),),
    }


def test_it_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    file = HostsFile(path)
    assert not file.look()
    path.write_text("192.0.2.1 web.example\n")
    assert file.look()
    assert list(file.names) == ["web.example"]
    assert not file.look()
    path.unlink()
    assert file.look()
    assert file.names == {}


@given(st.text())
def test_any_text(text: str) -> None:
    parse_hosts(text)
