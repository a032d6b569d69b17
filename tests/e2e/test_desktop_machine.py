"""The whole machine from the desktop: the app's user turns it on, and what then happens to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.desktop_stage import on_desk


def test_on_from_the_tray_and_back(tmp_path: Path) -> None:
    """Programs without any proxy setting go by the rules and are seen; in the end all is as it
    was."""
    on_desk(
        """
        run = asyncio.to_thread
        before = everything()
        app = await run(App, at, "--minimized", "--helper-installed")
        await run(app.click_tray, 3)
        await run(app.click, "Turn on")
        seen = await run(app.phase, "on")
        assert seen.detail == ("The traffic of every program on this computer is taken. "
                               "It goes by 3 rules."), seen.detail
        assert place.polkit.asked == ["io.github.byway.intercept"], place.polkit.asked
        assert await run(curl, "203.0.113.1", "direct.test") == "198.51.100.2"
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        assert await run(curl, "203.0.113.1", "refused.test") in (7, 56)  # reset
        def told(seen):
            return {flow["host"]: flow["action"] for flow in seen.flows} == {
                "direct.test": "DIRECT", "www.proxied.test": "office", "refused.test": "REJECT"}
        await run(app.until, told, "all three are told")
        await run(app.click_tray, 3)
        await run(app.click, "Quit")
        await run(app.ends)
        await until(lambda: everything() == before)
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
        """,
        tmp_path,
    )


def test_what_the_helper_says_is_shown_with_what_can_be_done(tmp_path: Path) -> None:
    """A fault's sentence and its button stand in the header; the button does it."""
    on_desk(
        """
        run = asyncio.to_thread
        before = shown()
        app = await run(App, at, "--helper-installed")
        async def fails(words, button):
            seen = await run(app.until, lambda s: s.phase == "failed" and words in s.detail, words)
            assert seen.headline == "Could not be turned on"
            known = ("Try again", "How to install it", "How to update it", "Take it back",
                     "Repair the network")
            shown = [text for text in known if seen.has(text, kind="QPushButton")]
            assert shown == ([button] if button else []), shown
        async def says(answer):
            async def answering(action, asker):
                return answer
            place.polkit.says = answering
        toggle = lambda: app.click("Turn on", kind="ActionButton")

        await says(NO_AGENT)
        await run(toggle)
        await fails("Nothing on this desktop can ask for a password.", "Try again")
        await says(DISMISSED)
        await run(app.click, "Try again")
        await fails("The question for a password was closed.", "Try again")
        await says(NO)
        await run(app.click, "Try again")
        await fails("You may not do that here.", "")
        await says(YES)

        # Another Byway has it: of another user, whose engine this one cannot see.
        other = Up(place)
        await other.ready()
        await run(toggle)
        await fails("Another Byway has the traffic already.", "Take it back")
        await run(app.click, "Take it back")
        assert await run(other.process.wait, DEADLINE) == 1
        await run(app.phase, "on")
        await run(lambda: app.click("Turn off", kind="ActionButton"))
        await run(app.phase, "off")
        assert shown() == before, shown()

        place.end_helper()
        await run(toggle)
        await fails("is not installed.", "How to install it")
        await run(app.click, "How to install it")
        page = lambda s: (s.row("Status") or {}).get("chosen")
        await run(app.until, page, "the page of the machine's state")

        await place.start_helper()
        await run(toggle)
        await run(app.phase, "on")
        await run(lambda: app.click("Turn off", kind="ActionButton"))
        await run(app.phase, "off")
        place.daemon.kill()
        await run(toggle)
        await fails("There is no system bus", "")
        await run(app.quit)
        """,
        tmp_path,
    )


def test_a_helper_that_hangs(tmp_path: Path) -> None:
    """It is silent: who repairs the network goes past it."""
    on_desk(
        """
        run = asyncio.to_thread
        before = shown()
        app = await run(App, at, "--helper-installed")
        with place.stopped_helper():
            await run(lambda: app.click("Turn on", kind="ActionButton"))
            silent = lambda s: s.phase == "failed" and "The helper does not answer." in s.detail
            await run(app.until, silent, "it is said")
            await run(lambda: app.click("Repair the network", kind="QPushButton"))
            seen = await run(app.until, lambda s: s.phase == "off", "it is repaired")
            assert seen.toast == "The network is as it was without Byway.", seen.toast
            assert seen.detail == "All traffic goes its usual way.", seen.detail
        await run(app.quit)
        assert shown() == before
        """,
        tmp_path,
    )


@pytest.mark.parametrize(("step", "words"), [(-1, "older"), (1, "newer")])
def test_a_helper_of_another_version(tmp_path: Path, step: int, words: str) -> None:
    on_desk(
        f"""
        run = asyncio.to_thread
        await place.restart_helper_of_another_version({step})
        app = await run(App, at, "--helper-installed")
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        said = lambda s: s.phase == "failed" and "helper is {words} than this Byway" in s.detail
        seen = await run(app.until, said, "it is said")
        assert seen.has("How to update it") == ({step} < 0)
        await run(app.quit)
        """,
        tmp_path,
    )


def test_an_engine_that_is_killed(tmp_path: Path) -> None:
    """The machine's traffic goes on, the app says so, and starts another one."""
    on_desk(
        """
        run = asyncio.to_thread
        app = await run(App, at, "--helper-installed")
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        await run(app.phase, "on")
        engine = await run(app.engine)
        go = place.polkit.hesitate(YES)  # the next one waits, so that there is time to look
        os.kill(engine, signal.SIGKILL)
        seen = await run(app.phase, "restarting")
        assert seen.headline == "Interrupted"
        assert "The engine has ended unexpectedly (signal 9)." in seen.detail, seen.detail
        await given_back(DEADLINE)
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
        go.set()
        await run(app.phase, "on")
        assert await run(app.engine) != engine
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        await run(app.quit)
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
        """,
        tmp_path,
    )


def test_a_kill_switch_of_an_engine_that_is_killed(tmp_path: Path) -> None:
    """Nothing goes past it, which is said, and there is a way out where nobody may turn it on."""
    on_desk(
        """
        run = asyncio.to_thread
        before = shown()
        rewrite(at, more="kill_switch = true")
        app = await run(App, at, "--helper-installed")
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        await run(app.phase, "on")
        async def no(action, asker):
            return NO
        async def yes(action, asker):
            return YES
        place.polkit.says = no
        os.kill(await run(app.engine), signal.SIGKILL)
        refused = "Meanwhile the kill switch refuses all traffic."
        seen = await run(app.phase, "restarting")
        assert refused in seen.detail, seen.detail
        seen = await run(app.phase, "failed")
        assert refused in seen.detail, seen.detail
        assert await run(curl, "203.0.113.1", "www.proxied.test") == 7
        place.polkit.says = yes
        await run(lambda: app.click("Repair the network", kind="QPushButton"))
        await run(app.until, lambda s: refused not in s.detail, "it is repaired")
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"

        # And while it is tried again: turned off, it ends too.
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        await run(app.phase, "on")
        os.kill(await run(app.engine), signal.SIGKILL)
        await run(app.phase, "restarting")
        await run(lambda: app.click("Turn off", kind="ActionButton"))
        seen = await run(app.phase, "off")
        assert seen.detail == "All traffic goes its usual way.", seen.detail
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
        await run(app.quit)
        assert shown() == before, shown()
        """,
        tmp_path,
    )


def test_a_kill_switch_that_somebody_else_has_ended(tmp_path: Path) -> None:
    """A repair from a terminal takes it with the rules; a dead helper leaves it."""
    on_desk(
        """
        run = asyncio.to_thread
        rewrite(at, more="kill_switch = true")
        app = await run(App, at, "--helper-installed")
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        await run(app.phase, "on")
        repair = [at.python, "-m", "byway_core", "repair"]
        done = await run(lambda: subprocess.run(repair, env=at.environment, check=False))
        assert done.returncode == 0
        await run(app.phase, "failed")
        free = "All traffic goes its usual way meanwhile."
        await run(app.until, lambda s: free in s.detail, "the kill switch has gone too")
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"

        await run(lambda: app.click("Turn on", kind="ActionButton"))
        await run(app.phase, "on")
        place.helper.kill()
        place.helper.wait()
        await place.start_helper()
        refused = "Meanwhile the kill switch refuses all traffic."
        seen = await run(app.phase, "failed")
        assert refused in seen.detail, seen.detail
        assert await run(curl, "203.0.113.1", "www.proxied.test") == 7
        await run(lambda: app.click("Repair the network", kind="QPushButton"))
        await run(app.until, lambda s: refused not in s.detail, "it is repaired")
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
        await run(app.quit)
        """,
        tmp_path,
    )


def test_a_helper_that_is_killed(tmp_path: Path) -> None:
    on_desk(
        """
        run = asyncio.to_thread
        before = shown()
        app = await run(App, at, "--helper-installed")
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        await run(app.phase, "on")
        place.helper.kill()
        place.helper.wait()
        seen = await run(app.phase, "failed")
        assert "The rules are gone: the helper has ended" in seen.detail, seen.detail
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
        await place.start_helper()
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        await run(app.phase, "on")
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        # Repaired from the tray: it is off, and that is no fault.
        await run(app.click_tray, 3)
        await run(app.click, "Repair the network")
        repaired = lambda s: s.toast == "The network is as it was without Byway."
        await run(app.until, repaired, "it is repaired")
        seen = await run(app.phase, "off")
        assert seen.detail == "All traffic goes its usual way.", seen.detail
        assert shown() == before, shown()
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.2"
        await run(app.quit)
        """,
        tmp_path,
    )


def test_an_app_that_is_killed(tmp_path: Path) -> None:
    """Its engine goes on, so that nothing leaks at that moment, and the next app takes it up."""
    on_desk(
        """
        run = asyncio.to_thread
        before = everything()
        app = await run(App, at, "--helper-installed")
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        await run(app.phase, "on")
        engine = await run(app.engine)
        await run(app.kill)
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        app = await run(App, at, "--helper-installed")
        seen = await run(app.phase, "on")
        assert seen.detail.startswith("The traffic of every program"), seen.detail
        assert place.polkit.asked == ["io.github.byway.intercept"]  # nobody was asked again
        assert await run(curl, "203.0.113.1", "again.proxied.test") == "198.51.100.1"
        told = lambda s: "again.proxied.test" in [flow["host"] for flow in s.flows]
        await run(app.until, told, "it is told")
        os.kill(engine, 0)  # still the same
        await run(lambda: app.click("Turn off", kind="ActionButton"))
        await run(app.phase, "off")
        await until(lambda: not lives(engine))
        await run(app.quit)
        await until(lambda: everything() == before)
        """,
        tmp_path,
    )


@pytest.mark.parametrize("end", ["quit", "session"])
def test_the_kill_switch_ends_with_its_users_word(tmp_path: Path, end: str) -> None:
    """Quitting is one; that the session ends is none, as where the app had died."""
    on_desk(
        f"""
        run = asyncio.to_thread
        before = shown()
        rewrite(at, more="kill_switch = true")
        app = await run(App, at, "--helper-installed")
        await run(lambda: app.click("Turn on", kind="ActionButton"))
        await run(app.phase, "on")
        assert await run(curl, "203.0.113.1", "www.proxied.test") == "198.51.100.1"
        if "{end}" == "quit":
            await run(app.quit)
            assert shown() == before, shown()
        else:
            app.process.terminate()
            await run(app.ends)
            assert await run(curl, "203.0.113.1", "www.proxied.test") == 7  # refused
        """,
        tmp_path,
    )
