"""Starting at log-in from within a sandbox, by the desktop's portal, which may ask its user.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Background.html
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Sequence

from byway_gui.words import tr

_PORTAL = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_BACKGROUND = "org.freedesktop.portal.Background"
_REQUEST = "org.freedesktop.portal.Request"
_DBUS = "org.freedesktop.DBus"
# The window waits for it. Portals answer at once where they need not ask, and with a dialog of
# theirs in front of it nobody misses the window.
_PATIENCE = 30.0


def request_autostart(on: bool, argv: Sequence[str], *, patience: float = _PATIENCE) -> None:
    """Ask for it, or take it back. OSError where there is no portal, or the answer is no."""
    outcome: list[OSError | None] = []

    def work() -> None:
        try:
            asyncio.run(_request(on, list(argv), patience))
            outcome.append(None)
        except OSError as error:
            outcome.append(error)
        except Exception as error:  # dbus-fast raises what it likes
            outcome.append(OSError(0, str(error)))

    # Not on the window's loop: who asks has a value to show afterwards, and waits for it.
    thread = threading.Thread(target=work, name="byway-portal")
    thread.start()
    thread.join()
    if outcome[0] is not None:
        raise outcome[0]


async def _request(on: bool, argv: list[str], patience: float) -> None:
    from dbus_fast import BusType, Message, MessageType, Variant
    from dbus_fast.aio import MessageBus

    try:
        bus = await MessageBus(bus_type=BusType.SESSION).connect()
    except (OSError, EOFError) as error:
        raise OSError(0, tr("There is no session bus.")) from error
    answer = asyncio.get_running_loop().create_future()

    def heard(message: Message) -> bool:
        if message.interface == _REQUEST and message.member == "Response" and not answer.done():
            answer.set_result(message.body)
        return False

    try:
        bus.add_message_handler(heard)
        # The request's object has a name that is known before: it may answer before the call does.
        sender = str(bus.unique_name).removeprefix(":").replace(".", "_")
        path = f"{_PATH}/request/{sender}/byway{os.getpid()}"
        rule = f"type='signal',interface='{_REQUEST}',path='{path}'"
        await bus.call(Message(_DBUS, "/", _DBUS, "AddMatch", signature="s", body=[rule]))
        options = {
            "handle_token": Variant("s", f"byway{os.getpid()}"),
            "reason": Variant("s", tr("Byway starts at log-in, in the tray.")),
            "autostart": Variant("b", on),
            "commandline": Variant("as", argv),
        }
        async with asyncio.timeout(patience):
            reply = await bus.call(
                Message(
                    *(_PORTAL, _PATH, _BACKGROUND, "RequestBackground"),
                    signature="sa{sv}",
                    body=["", options],
                )
            )
            if reply.message_type is MessageType.ERROR:
                raise OSError(0, tr("This desktop has no portal for it."))
            response, results = await answer
    except TimeoutError as error:
        raise OSError(0, tr("The desktop does not answer.")) from error
    finally:
        bus.disconnect()
    granted = results.get("autostart")
    if response or (on and (granted is None or not granted.value)):
        raise OSError(0, tr("The desktop does not allow it."))
