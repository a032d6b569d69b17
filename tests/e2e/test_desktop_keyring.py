"""An upstream's password from the dialog into a real keyring, and from there to a real server."""

from __future__ import annotations

import subprocess
from pathlib import Path

import keyring
import pytest
from tests.support.byway import free_port
from tests.support.desktop_app import App, Place, at_desktop
from tests.support.keyring_session import lock_keyring, unlocked_keyring
from tests.support.origins import http_origin
from tests.support.servers import CREDENTIALS, ProxyServer, microsocks

# SecretStorage does not close its connection where the keyring is locked.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


def add_upstream(app: App, server: ProxyServer) -> None:
    """As its user does, on the page of upstreams."""
    assert server.credentials is not None
    app.keys("ctrl+3")
    app.click("Add…")
    app.type_into("Name", "office")
    app.type_into("Server", server.host)
    app.type_into("Port", str(server.port))
    app.type_into("User name", server.credentials.username)
    app.type_into("Password", server.credentials.password)
    app.click("Save", kind="QPushButton")
    app.until(lambda seen: seen.row("office"), "it is in the list")


def write_profile(place: Place) -> int:
    port = free_port()
    place.profile.write_text(
        'version = 1\nrules = ["MATCH,DIRECT"]\n'
        f"[general]\nmixed_port = {port}\nworkers = 1\n[machine]\n"
    )
    return port


def test_typed_kept_and_used(tmp_path: Path) -> None:
    with (
        at_desktop(tmp_path, bus=unlocked_keyring) as place,
        microsocks(CREDENTIALS) as server,
        http_origin() as origin,
    ):
        port = write_profile(place)
        app = App(place)
        add_upstream(app, server)
        written = place.profile.read_text()
        assert 'password = { keyring = "profile/office" }' in written, written
        for file in place.folder.rglob("*"):
            assert not file.is_file() or CREDENTIALS.password.encode() not in file.read_bytes()
        assert keyring.get_password("byway", "profile/office") == CREDENTIALS.password

        app.click("Turn on", kind="ActionButton")
        app.phase("on")
        app.click("By the rules", kind="QPushButton")
        app.click("Everything through office", kind="entry")
        app.until(lambda seen: "through office" in seen.detail, "everything goes through it")
        proxy = f"socks5h://127.0.0.1:{port}"
        argv = ["curl", "-sS", "-x", proxy, f"http://{origin.host}:{origin.port}/"]
        got = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
        assert '"method": "GET"' in got.stdout, got
        flows = app.until(lambda seen: seen.flows, "it is told").flows
        assert [flow["action"] for flow in flows] == ["office"]
        app.quit()

        # The next time it is locked, and nobody unlocks it.
        lock_keyring()
        app = App(place)
        app.click("Turn on", kind="ActionButton")
        seen = app.phase("failed")
        assert "keyring" in seen.detail, seen.detail
        print(seen.detail)
        app.quit()
