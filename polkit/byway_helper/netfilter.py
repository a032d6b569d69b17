"""nftables text -> kernel, by libnftables within this process.

In-process and not by the `nft` command, because a table with `flags owner` belongs to the netlink
socket that made it: it must be ours, so that the kernel removes the table when we die. The
binding is the six functions of libnftables(3) that are needed; it knows nothing of rules.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import socket
from typing import Any

_LIBRARY = "libnftables.so.1"
_NETLINK_NETFILTER = 12  # linux/netlink.h


class LibraryMissingError(OSError):
    """libnftables is not installed, or cannot be loaded; the text is the linker's."""


class NetfilterError(OSError):
    """libnftables or the kernel refused; the text is the library's lines, place and all."""


class Netfilter(contextlib.AbstractContextManager["Netfilter"]):
    """One netlink socket to nftables. Tables with `flags owner` live as long as it is open."""

    def __init__(self) -> None:
        """Raises LibraryMissingError, or NetfilterError where the kernel has no nftables."""
        self._library = _load()
        try:  # libnftables ends the whole process (exit 3) where it gets none: ask before
            socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER).close()
        except OSError as error:
            raise NetfilterError(f"no netlink socket for netfilter: {error.strerror}") from error
        self._context = self._library.nft_ctx_new(0)
        if not self._context:
            raise NetfilterError("libnftables could not be initialised")
        self._library.nft_ctx_buffer_output(self._context)
        self._library.nft_ctx_buffer_error(self._context)

    def run(self, commands: str) -> None:
        """Applies `commands` in one transaction: all of it or, with NetfilterError, nothing."""
        self._library.nft_ctx_set_dry_run(self._context, False)
        self._run(commands)

    def check(self, commands: str) -> None:
        """Asks the kernel whether it would take `commands`; changes nothing. Raises the same."""
        self._library.nft_ctx_set_dry_run(self._context, True)
        self._run(commands)

    def _run(self, commands: str) -> None:
        failed = self._library.nft_run_cmd_from_buffer(self._context, commands.encode("ascii"))
        # Both buffers are emptied by being read; the output is not wanted.
        self._library.nft_ctx_get_output_buffer(self._context)
        error: bytes = self._library.nft_ctx_get_error_buffer(self._context)
        if failed:
            raise NetfilterError(error.decode("utf-8", "replace").strip())

    def close(self) -> None:
        """Closes the socket, and with it removes the tables it owns."""
        if self._context:
            self._library.nft_ctx_free(self._context)
            self._context = None

    def __exit__(self, *_: object) -> None:
        self.close()


@functools.cache
def _load() -> Any:
    """The library with its argument types."""
    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError as error:
        raise LibraryMissingError(str(error)) from error
    context, text = ctypes.c_void_p, ctypes.c_char_p
    for name, result, arguments in (
        ("nft_ctx_new", context, (ctypes.c_uint32,)),
        ("nft_ctx_free", None, (context,)),
        ("nft_ctx_set_dry_run", None, (context, ctypes.c_bool)),
        ("nft_ctx_buffer_output", ctypes.c_int, (context,)),
        ("nft_ctx_buffer_error", ctypes.c_int, (context,)),
        ("nft_ctx_get_output_buffer", text, (context,)),
        ("nft_ctx_get_error_buffer", text, (context,)),
        ("nft_run_cmd_from_buffer", ctypes.c_int, (context, text)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
