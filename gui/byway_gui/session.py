"""A session of the desktop app: from the command line to its end."""

from __future__ import annotations

import asyncio
import locale
import logging
import os
import signal
import sys
from pathlib import Path

import qasync  # type: ignore[import-untyped]
from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication

import byway_resources
from byway_core.api.follower import engine_folder
from byway_core.api.profiles import default_profile
from byway_core.model.errors import BywayError
from byway_gui import words
from byway_gui.app import Desktop
from byway_gui.engine_link.hosts import start_child, start_in_process
from byway_gui.garbage import collect_here
from byway_gui.icons import icon
from byway_gui.instance import OnlyOne, Wish, ask
from byway_gui.settings import SettingsFile, settings_path
from byway_gui.theme import Look


def run(
    profile: Path | None, *, minimized: bool, toggle: bool, in_process: bool, only_one: bool
) -> int:
    """The app, until it is quit or told to by a signal. With `only_one` a second one asks the
    first for its window instead, or to `toggle`."""
    logging.basicConfig(level=logging.INFO, format="byway: %(levelname)s: %(message)s")
    one: OnlyOne | None = None
    if only_one:
        try:
            folder = engine_folder()
            one = OnlyOne(folder)
        except BlockingIOError:
            if ask(folder, Wish.TOGGLE if toggle else Wish.SHOW):
                return 0
            print("Byway runs already, and does not answer.", file=sys.stderr)
            return 1
        except (BywayError, OSError) as error:
            print(f"byway-desktop: {error}", file=sys.stderr)
            return 1
    # Nothing here is drawn by OpenGL, whose libraries would take 8 MB.
    os.environ.setdefault("QT_XCB_GL_INTEGRATION", "none")
    QApplication.setDesktopFileName(byway_resources.APPLICATION)
    application = QApplication(["byway"])
    # Qt has set it as the session is; `words` has the system's errors in the app's own language.
    locale.setlocale(locale.LC_MESSAGES, "C")
    application.setApplicationName("byway")
    application.setApplicationDisplayName("Byway")
    application.setWindowIcon(icon("byway"))
    application.setQuitOnLastWindowClosed(False)
    settings = SettingsFile(settings_path())
    profile = profile or _opened_last(settings)
    speak(application, settings.value.language)
    with qasync.QEventLoop(application) as loop:
        look = Look(application, settings.value.theme)
        start = start_in_process(loop) if in_process else start_child(loop)
        collect_here(application)
        desktop = Desktop(loop, profile, start, look, settings)
        live = _live(loop, desktop, one, minimized=minimized, toggle=toggle)
        loop.run_until_complete(live)
    return 0


async def _live(
    loop: asyncio.AbstractEventLoop,
    desktop: Desktop,
    one: OnlyOne | None,
    *,
    minimized: bool,
    toggle: bool,
) -> None:
    # Ctrl-C is the user's word as Quit is; for a kill switch the others are the session's end.
    by = [signal.SIGINT]

    def told(signum: signal.Signals) -> None:
        by[:] = [signum]
        desktop.quitting.set()

    loop.add_signal_handler(signal.SIGINT, desktop.quitting.set)
    for signum in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(signum, told, signal.SIGTERM)
    if one is not None:
        heed = {Wish.SHOW: desktop.show, Wish.TOGGLE: desktop.toggle}
        one.listen(loop, lambda wish: heed[wish]())
    if not minimized:
        desktop.show()
        desktop.greet()
    elif not desktop.tray.is_there:
        desktop.window.showMinimized()
    if toggle:
        await desktop.steering.looked_around()
        desktop.toggle()
    await desktop.quitting.wait()
    await desktop.close(by[0])
    if one is not None:
        one.close()


def _opened_last(settings: SettingsFile) -> Path:
    """The profile, where the command line names none."""
    last = Path(settings.value.profile)
    return last if last.is_absolute() and last.is_file() else default_profile()


def speak(application: QApplication, language: str) -> None:
    """Use a code of words.LANGUAGES, "" for the session's, also for Qt's own words: those on
    standard buttons."""
    words.use(language)
    translator = QTranslator(application)
    code = language or words.of_session()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if code != "en" and translator.load(f"qtbase_{code}", folder):
        application.installTranslator(translator)
