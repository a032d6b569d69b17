"""The desktop app as its user has it: started, looked at, clicked, and gone without a trace."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.byway import ROOT, children, until
from tests.support.keyring_session import session_bus
from tests.support.own_network import SEARCH
from tests.support.processes import program
from tests.support.runs import MARK, environment_of, processes
from tests.support.screen import Screen, desktop

# Seconds. Only a test that fails waits this long, and beside it all others may have the processors.
DEADLINE = 40.0

Thing = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the app shows at one moment (`gui_driver`)."""

    told: dict[str, Any]

    @property
    def phase(self) -> str:
        return str(self.told["standing"]["phase"])

    @property
    def headline(self) -> str:
        return str(self.told["headline"])

    @property
    def detail(self) -> str:
        return str(self.told["detail"])

    @property
    def toast(self) -> str:
        return str(self.told["toast"])

    @property
    def flows(self) -> list[dict[str, str]]:
        return list(self.told["flows"])

    def find(self, text: str, **wanted: object) -> Thing | None:
        """A thing of exactly this text, or this name (`name=`), kind and so on."""
        wanted = {"text": text, "enabled": True, **wanted}
        return next((each for each in self.told["things"] if wanted.items() <= each.items()), None)

    def has(self, text: str, **wanted: object) -> bool:
        return self.find(text, **wanted) is not None

    def named(self, name: str) -> Thing | None:
        """A field by its label."""
        found = (each for each in self.told["things"] if each.get("name") == name)
        return next((each for each in found if each["enabled"] and each["kind"] != "row"), None)

    def row(self, *words: str) -> Thing | None:
        """The first row of any list that has all these words."""
        rows = (each for each in self.told["things"] if each["kind"] == "row")
        return next((row for row in rows if all(word in row["text"] for word in words)), None)

    def window(self, **wanted: object) -> Thing | None:
        return next((w for w in self.told["windows"] if wanted.items() <= w.items()), None)

    @property
    def is_open(self) -> bool:
        return self.window(title="Byway", shown=True) is not None

    @property
    def is_active(self) -> bool:
        """Whether keys go to the main window."""
        return self.window(title="Byway", shown=True, active=True) is not None


@dataclass(slots=True)
class Place:
    """Where an app runs: folders of its own, what it is started with."""

    folder: Path
    screen: Screen
    session_bus: str
    before: Sequence[str] = ()  # words before each of its user's command lines
    python: str = sys.executable
    root: Path = ROOT  # the checkout, where its user can read it
    more: Mapping[str, str] = field(default_factory=dict)  # of the environment
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    apps: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("runtime", "config/byway", "state"):
            path = self.folder / name
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        rooms = ("core", "gui", "polkit", "resources", ".")
        outer = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        for unwanted in ("WAYLAND_DISPLAY", "QT_SCALE_FACTOR", "SUDO_UID", "LANGUAGE"):
            outer.pop(unwanted, None)
        return {
            **outer,
            **self.screen.environment,
            "QT_QPA_PLATFORM": "xcb",
            "DBUS_SESSION_BUS_ADDRESS": self.session_bus,
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_RUNTIME_DIR": str(self.folder / "runtime"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_CURRENT_DESKTOP": "openbox",
            "LC_ALL": "C.UTF-8",
            "PATH": SEARCH,
            "PYTHONPATH": os.pathsep.join(str(self.root / room) for room in rooms),
            MARK: self.mark,
            **self.more,
        }

    @property
    def profile(self) -> Path:
        return self.folder / "config/byway/profile.toml"

    def left(self) -> list[int]:
        """All that came of this app and is still there."""
        wanted = f"{MARK}={self.mark}".encode()
        return [pid for pid in processes() if wanted in environment_of(pid)]

    def nothing_is_left(self) -> None:
        """The kernel takes a moment to end processes."""
        until(lambda: not self.left(), "the processes that came of the app have ended", DEADLINE)
        assert not list((self.folder / "runtime/byway").glob("*.sock"))

    def clear(self) -> None:
        """Whatever a test that fails has left."""
        for pid in self.left():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for app in self.apps:
            app.wait(DEADLINE)


class App:
    """A running app. What it is told on the way is of its screen's pointer and keys."""

    def __init__(self, place: Place, *arguments: str, driven: bool = True) -> None:
        self.place, self.screen = place, place.screen
        self._side = 1
        self._door = place.folder / f"door-{uuid.uuid4().hex[:8]}"
        driver = [str(place.root / "tests/support/gui_driver.py"), str(self._door)]
        command = [place.python, *(driver if driven else ("-m", "byway_gui")), *arguments]
        self.log = place.folder / "app.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*place.before, program("setpriv"), "--pdeathsig", "KILL", *command],
                env=place.environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.pid = self.process.pid
        place.apps.append(self.process)
        if driven:
            self.until(lambda seen: True, "it answers")

    # -- looking

    def look(self) -> Seen | None:
        """None while it cannot be asked, as at its start."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
            asking.settimeout(DEADLINE)
            try:
                asking.connect(str(self._door))
                data = b"".join(iter(lambda: asking.recv(1 << 20), b""))
            except OSError:
                return None
        if not data:
            return None
        told = json.loads(data)
        assert "failed" not in told, told["failed"]
        return Seen(told)

    def until(self, holds: Callable[[Seen], object], what: str) -> Seen:
        """What it shows as soon as that holds."""
        last: list[Seen] = []

        def happened() -> bool:
            assert self.process.poll() is None, self.log.read_text()[-4000:]
            seen = self.look()
            last[:] = [seen] if seen is not None else []
            return seen is not None and bool(holds(seen))

        try:
            until(happened, what, DEADLINE)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{_words(last)}\n{self._tail()}") from None
        return last[0]

    def phase(self, *wanted: str) -> Seen:
        return self.until(lambda seen: seen.phase in wanted, f"it is {' or '.join(wanted)}")

    # -- doing

    def click(self, text: str, button: int = 1, **wanted: object) -> None:
        """On what has exactly this text, once it is there and can be used."""
        seen = self.until(lambda seen: seen.find(text, **wanted), f"“{text}” can be clicked")
        self._click(seen.find(text, **wanted), button)

    def click_row(self, *words: str, button: int = 1) -> None:
        seen = self.until(lambda seen: seen.row(*words), f"a row has {words}")
        self._click(seen.row(*words), button)

    def click_tray(self, button: int = 1) -> None:
        """On the icon in the panel's tray; at another place of it each time, or two clicks would be
        a double one."""

        def icon(seen: Seen) -> Thing | None:
            return seen.window(name="QSystemTrayIconSysWindow", shown=True)

        found = icon(self.until(icon, "the icon is in the tray"))
        assert found is not None
        self._side = -self._side
        x, y = found["width"] * (2 + self._side) // 4, found["height"] // 2
        self.screen.click(found["window"], x, y, button)

    def type_into(self, name: str, text: str) -> None:
        """Into the field of this label, in place of what is there."""
        seen = self.until(lambda seen: seen.named(name), f"there is a field “{name}”")
        self._click(seen.named(name), 1)
        self.until(lambda seen: (seen.named(name) or {}).get("focused"), f"“{name}” has the focus")
        self.screen.keys("ctrl+a")
        self.screen.type(text)

    def minimize(self) -> None:
        self.screen.minimize(self._window()["window"])
        self.until(lambda seen: seen.window(title="Byway", minimized=True), "it is minimized")

    def close(self) -> None:
        """By the button of the window's frame."""
        found = self._window()
        self.screen.close(found["window"], found["width"])

    def _window(self) -> Thing:
        """The main window, once it is shown."""
        seen = self.until(lambda seen: seen.is_active, "the main window is shown")
        found = seen.window(title="Byway", shown=True)
        assert found is not None
        return found

    def keys(self, *names: str) -> None:
        """To the main window, once it gets them."""
        self.until(lambda seen: seen.is_active, "the main window has the keyboard")
        self.screen.keys(*names)

    def _click(self, thing: Thing | None, button: int) -> None:
        assert thing is not None
        self.screen.click(thing["window"], thing["x"], thing["y"], button)

    # -- its end

    def engine(self) -> int:
        """The process id of the one that it has started, and not of programs."""

        def found() -> int:
            return next((pid for pid in children(self.pid) if _is_engine(pid)), 0)

        return int(until(found, "it has an engine", DEADLINE))

    def quit(self) -> None:
        """By its key."""
        self.keys("ctrl+q")
        self.ends()

    def ends(self) -> None:
        assert self.process.wait(DEADLINE) == 0, self._tail()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def _tail(self) -> str:
        return f"the app's log:\n{self.log.read_text()[-4000:]}"


@contextlib.contextmanager
def cleared(place: Place, pictures: Path) -> Iterator[Place]:
    """In the end nothing is left; where this fails, what was seen is in `pictures`."""
    try:
        yield place
        place.nothing_is_left()
    except BaseException:
        with contextlib.suppress(Exception):  # the failure itself counts
            place.screen.picture(pictures / "failed.png")
        raise
    finally:
        place.clear()


@contextlib.contextmanager
def at_desktop(
    folder: Path,
    *,
    tray: bool = True,
    bus: Callable[[Path], AbstractContextManager[object]] = session_bus,
) -> Iterator[Place]:
    """A desktop with a session bus, and nothing of the app's user there."""
    for name in ("home", "screen"):
        (folder / name).mkdir()
    with (
        bus(folder),
        desktop(folder / "screen", tray=tray) as screen,
    ):
        address = os.environ["DBUS_SESSION_BUS_ADDRESS"]
        with cleared(Place(folder / "home", screen, address), folder) as place:
            yield place


def _is_engine(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"byway_core" in words and bool({b"up", b"serve"} & set(words))


def _words(last: list[Seen]) -> str:
    if not last:
        return "it does not answer"
    things = [f"{each['kind']}: {each['text']}" for each in last[0].told["things"] if each["text"]]
    shown = {key: value for key, value in last[0].told.items() if key != "things"}
    return f"{shown}\nit shows {things}"
