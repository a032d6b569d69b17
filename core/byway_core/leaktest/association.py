"""The fake upstream's datagrams: UDP ASSOCIATE (RFC 1928 section 7), for whoever asks.

Each datagram is answered at once, in the name of the destination that its header has; that an
upstream has passed it on is in the answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from byway_core.model.errors import ProtocolError
from byway_core.protocols.host_name import packed_address
from byway_core.protocols.socks_datagram import header, read_header

# The first bytes of a SOCKS5 request for one; what follows says where it will send from, which
# nobody here asks.
REQUEST = b"\5\3"
_NAME = 3
_LONGEST = 1 << 16

# What a destination answers to a datagram: (its name or "", its packed endpoint, the datagram).
Answer = Callable[[str, bytes, bytes], tuple[bytes, bytes]]


async def serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sock: socket.socket, answer: Answer
) -> None:
    """From the request on until its connection ends. `sock` is bound where the client is to send
    to; `answer` gives the endpoint in whose name to answer, and what."""
    loop = asyncio.get_running_loop()
    address, port = sock.getsockname()[:2]
    loop.add_reader(sock, _take, sock, answer)
    try:
        packed = packed_address(address)
        writer.write(b"\5\0\0" + (b"\1" if len(packed) == 4 else b"\4") + packed + port.to_bytes(2))
        while await reader.read(4096):
            pass
    finally:
        loop.remove_reader(sock)


def _take(sock: socket.socket, answer: Answer) -> None:
    with contextlib.suppress(OSError):  # nothing more, or its program is gone
        while True:
            datagram, client = sock.recvfrom(_LONGEST)
            try:
                endpoint, start = read_header(memoryview(datagram))
            except ProtocolError:
                continue
            name = ""
            if datagram[3] == _NAME and not endpoint:
                name = datagram[5 : start - 2].decode("ascii", "replace")
                endpoint = datagram[start - 2 : start]  # the port; the address is for `answer`
            by, said = answer(name, endpoint, datagram[start:])
            if said:
                sock.sendto(header(by) + said, client)
