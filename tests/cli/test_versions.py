"""What is said of versions: one's own, the helper's, and where they do not go together."""

from __future__ import annotations

import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.support.byway import DEADLINE
from tests.support.own_network import inside

from byway_core.api.client import find_engines
from byway_core.api.rendezvous import listen
from byway_core.api.wire import PROTOCOL
from byway_core.version import __version__
from byway_helper.contract import VERSION

STAGE = """
from pathlib import Path
from tests.support.helper_stage import *
async def byway(*words):
    return await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "byway_core", *words], capture_output=True,
        text=True, timeout=DEADLINE)
async def run():
    async with stage({stage}) as place:
        os.environ["XDG_RUNTIME_DIR"] = os.environ["XDG_CONFIG_HOME"] = str(place.folder)
        (place.folder / "byway").mkdir(mode=0o700)
        profile = place.folder / "byway" / "profile.toml"
        profile.write_text('version = 1\\nrules = ["MATCH,DIRECT"]\\n')
        await main(place)
async def main(place):
{code}
asyncio.run(run())
"""


def on_stage(code: str, stage: str = "") -> None:
    indented = textwrap.indent(textwrap.dedent(code), "    ")
    inside(STAGE.replace("{stage}", stage).replace("{code}", indented))


def told(helper: str) -> str:
    return (
        f"byway {__version__}\n"
        f"contract with the helper: {VERSION} (the helper: {helper})\n"
        f"protocol of the control socket: {PROTOCOL}\n"
    )


def test_with_a_helper_that_runs_and_with_none() -> None:
    on_stage(f"""
        assert (await byway("--version")).stdout == {told(str(VERSION))!r}
        place.end_helper()
        # In a view of the system where nothing is installed, and where it is.
        folder = "/usr/share/dbus-1/system-services"
        for made, told in ("true", {told("not installed")!r}), (
            f"touch {{folder}}/io.github.byway.Helper1.service",
            {told("installed, not running")!r},
        ):
            hidden = f"mount -t tmpfs tmpfs {{folder}} && {{made}}"
            for bus in os.environ["DBUS_SYSTEM_BUS_ADDRESS"], "unix:path=/nowhere":
                ask = f"DBUS_SYSTEM_BUS_ADDRESS={{bus}} {{sys.executable}} -m byway_core --version"
                said = sh(f"unshare --mount sh -c '{{hidden}} && {{ask}}'")
                assert said == told, (made, bus, said)
        assert not await has_owner(await connected(), BUS_NAME)  # it was not started
    """)


@pytest.mark.parametrize(("step", "kind"), [(1, "newer"), (-1, "older")])
def test_a_helper_of_another_version(step: int, kind: str) -> None:
    """Everyone says what still works and how to update, and nothing is changed meanwhile."""
    on_stage(f"""
        await place.restart_helper_of_another_version({step})
        before = shown()
        for words in ("up",), ("status",), ("status", "--explain"):
            done = await byway(*words)
            said = " ".join((done.stdout + done.stderr).split())
            assert "`byway install-helper`" in said, done
            assert "`byway run` and `byway serve` work as always" in said, done
            assert "version {VERSION + step}" in said, done
            assert words == ("status", "--explain") or "is {kind} than this Byway" in said, done
        assert (await byway("--version")).stdout == {told(str(VERSION + step))!r}
        assert shown() == before and place.polkit.asked == []
        assert (await byway("repair")).returncode == 0
        assert place.polkit.asked == ["io.github.byway.intercept"]
    """)


def test_an_engine_of_another_protocol_is_named(tmp_path: Path) -> None:
    """… by its version, and what to do."""
    with listen(tmp_path, 4711) as listener, ThreadPoolExecutor(1) as aside:
        listener.settimeout(DEADLINE)

        def greet() -> None:
            with listener.accept()[0] as client:
                client.sendall(b'{"byway": 9, "version": "7.0.0", "pid": 4711, "kind": "run"}\n')
                client.recv(1)  # until the other end has hung up

        greeted = aside.submit(greet)
        found = find_engines(tmp_path, timeout=DEADLINE)
        greeted.result()
    assert found.engines == ()
    assert "of Byway '7.0.0' and speaks protocol 9" in found.silent[4711]
    assert "start it again from this Byway" in found.silent[4711]
