"""The composition: every part is made here and told of the others, and Qt's loop is asyncio's."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from pathlib import Path

import qasync  # type: ignore[import-untyped]
from PySide6.QtCore import QFileSystemWatcher, QLibraryInfo, QObject, QTranslator
from PySide6.QtWidgets import QApplication

import byway_resources
from byway_core.api.follower import engine_folder
from byway_core.api.profiles import reveal_passwords
from byway_core.api.proxy_variables import set_commands
from byway_core.model.errors import BywayError
from byway_gui import words
from byway_gui.actions import Actions
from byway_gui.engine_link.hosts import start_child, start_in_process
from byway_gui.engine_link.inbox import Batch, Inbox
from byway_gui.engine_link.others import OtherEngines
from byway_gui.engine_link.steering import StartHost, Steering
from byway_gui.garbage import collect_here
from byway_gui.icons import icon
from byway_gui.instance import OnlyOne, ask
from byway_gui.notifier import Notifier
from byway_gui.presenters.command import shown
from byway_gui.presenters.standing import Phase, Standing, detail, headline
from byway_gui.profile_store import ProfileStore
from byway_gui.programs import Program, Programs
from byway_gui.settings import Settings
from byway_gui.theme import Look
from byway_gui.tray import Tray
from byway_gui.words import tr

_log = logging.getLogger(__name__)

_PAUSE_SECONDS = 600.0
