"""nftables text -> kernel, by libnftables within this process.

In-process and not by the `nft` command, because a table with `flags owner` belongs to the netlink
socket that made it: it must be ours, so that the kernel removes the table when we die. The
binding is the functions of libnftables(3) that are needed; it knows nothing of rules.
"""

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
        self._context = ctypes.c_void_p(self._library.nft_ctx_new(0))
        self._library.nft_ctx_buffer_output(self._context)
        self._library.nft_ctx_buffer_error(self._context)

    def run(self, commands: str, *, only_ask: bool = False) -> None:
        """Applies `commands` in one transaction: all of it or, with NetfilterError, nothing.
        `only_ask` the kernel whether it would."""
        self._library.nft_ctx_set_dry_run(self._context, only_ask)
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
            self._context = ctypes.c_void_p()

    def __exit__(self, *_: object) -> None:
        self.close()


@functools.cache
def _load() -> Any:
    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError as error:
        raise LibraryMissingError(str(error)) from error
    library.nft_ctx_new.restype = ctypes.c_void_p
    library.nft_ctx_get_error_buffer.restype = ctypes.c_char_p
    return library
