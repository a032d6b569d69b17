"""A client of the system bus by hand: frames that no library would make."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Sequence

from dbus_fast import Variant
from dbus_fast._private.marshaller import Marshaller

from byway_helper.protocol import BUS_NAME, INTERFACE, PATH

CALL, RETURN, ERROR, SIGNAL = 1, 2, 3, 4
NO_REPLY = 1
_FIELDS = {"path": (1, "o"), "interface": (2, "s"), "member": (3, "s"), "error": (4, "s")}
_FIELDS |= {"answers": (5, "u"), "to": (6, "s"), "signature": (8, "g"), "descriptors": (9, "u")}


def frame(
    body: bytes = b"",
    kind: int = CALL,
    *,
    serial: int = 1,
    flags: int = 0,
    order: str = "<",
    **fields: str | int,
) -> bytes:
    """To the helper's Status, where `fields` say nothing else. `order`: "<" or ">"."""
    named: dict[str, str | int] = {
        "path": PATH, "interface": INTERFACE, "member": "Status", "to": BUS_NAME, **fields
    }  # fmt: skip
    array = b""
    for name, value in named.items():
        code, signature = _FIELDS[name]
        array += bytes(-len(array) % 8) + bytes((code, 1)) + signature.encode() + b"\0"
        if isinstance(value, int):
            array += struct.pack(order + "I", value)
        elif signature == "g":
            array += bytes((len(value),)) + value.encode() + b"\0"
        else:
            array += struct.pack(order + "I", len(value)) + value.encode() + b"\0"
    letter = b"l" if order == "<" else b"B"
    fixed = letter + bytes((kind, flags, 1))
    sizes = struct.pack(order + "III", len(body), serial, len(array))
    return fixed + sizes + array + bytes(-len(array) % 8) + body


def marshalled(signature: str, *values: object) -> bytes:
    return bytes(Marshaller(signature, list(values)).marshall())


def nested(depth: int) -> bytes:
    """A variant in `depth` - 1 variants, around an empty array of bytes."""
    body = b"\1v\0" * (depth - 1) + b"\2ay\0"
    return body + bytes(-len(body) % 4 + 4)


# Valid for the bus, each of them: (what it is, signature, body).
WEIRD: tuple[tuple[str, str, bytes], ...] = (
    ("64 variants", "v", nested(63)),
    ("as deep as may be", "v", nested(64)),
    ("another type", "s", marshalled("s", "global")),
    ("structures in arrays", "a(a(a(s)))", marshalled("a(a(a(s)))", [[[[[["x"]]]]]])),
    ("many empty arrays", "aas", struct.pack("<I", 4 * 4000) + bytes(4 * 4000)),
    ("many bytes", "ay", marshalled("ay", bytes(400_000))),
    ("too many bytes", "ay", marshalled("ay", bytes(3_000_000))),
    ("doubles", "add", marshalled("add", [float("nan"), float("inf")], -0.0)),
    ("a long signature", "(" + "y" * 250 + ")", bytes(250)),
    ("a signature as value", "g", marshalled("g", "a{s(iv)}")),
    ("options of odd types", "sa{sv}", marshalled("sa{sv}", "global", {
        "version": Variant("a{sv}", {"x": Variant("v", Variant("s", "y"))}),
        "workers": Variant("(ii)", (1, 2)),
        "": Variant("d", 1.0),
    })),
    ("too many networks", "sa{sv}", marshalled("sa{sv}", "global", {
        "version": Variant("u", 1), "bypass": Variant("ay", bytes(450_000)),
    })),
)  # fmt: skip


class RawBus:
    """Connected, greeted; `name` is its own. A wrong frame makes the bus end the connection."""

    def __init__(self) -> None:
        address = os.environ["DBUS_SYSTEM_BUS_ADDRESS"].removeprefix("unix:path=").split(",")[0]
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(address)
        self.sock.sendall(b"\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n")
        said = b""
        while said.count(b"\r\n") < 3:
            said += self.sock.recv(512)
        dbus = "org.freedesktop.DBus"
        self.send(frame(path="/", interface=dbus, member="Hello", to=dbus))
        kind, _, body = self.next()
        assert kind == RETURN
        self.name = body[4:-1].decode()
        self.serial = 1

    def send(self, data: bytes, descriptors: Sequence[int] = ()) -> None:
        sent = socket.send_fds(self.sock, [data], descriptors)
        self.sock.sendall(data[sent:])

    def next(self) -> tuple[int, int, bytes]:
        """Kind, the serial that it answers (0: none) and body of the next message to us."""
        fixed = self._exactly(16)
        kind = fixed[1]
        body, _, fields = struct.unpack("<III", fixed[4:])
        header = self._exactly(fields + -fields % 8)
        answers = header.find(b"\5\1u\0")
        at = answers + 4
        serial = struct.unpack("<I", header[at : at + 4])[0] if answers >= 0 else 0
        return kind, serial, self._exactly(body)

    def answer(self, data: bytes, descriptors: Sequence[int] = (), *, serial: int = 1) -> int:
        """Sends a call; the kind of its answer, when it comes."""
        self.send(data, descriptors)
        while True:
            kind, answers, _ = self.next()
            if answers == serial and kind in (RETURN, ERROR):
                return kind

    def close(self) -> None:
        self.sock.close()

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.sock.recv(size - len(data))
            if not more:
                raise ConnectionResetError("the bus has ended it")
            data += more
        return data
