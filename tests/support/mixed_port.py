"""A small blocking proxy around the server side of our handshakes, for foreign clients to try."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from tests.support.origins import Origin, serving

from byway_core.protocols.mixed_server import ServerHandshake
from byway_core.protocols.proxy_request import Account, Failure, ProxyRequest


def mixed_port(
    account: Account | None = None,
    *,
    seen: Callable[[ProxyRequest], None] = lambda request: None,
    refuse: Failure | None = None,
    piece: int = 65536,
) -> AbstractContextManager[Origin]:
    """Serves like Byway's own port, reading at most `piece` bytes at once during the handshake;
    `seen` hears of every request, and `refuse` is what happens to each."""

    def serve(client: socket.socket) -> None:
        shake = ServerHandshake(account)
        while not shake.request:
            data = client.recv(piece)
            if not data:
                return
            client.sendall(shake.feed(data))
            if shake.failed:
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):  # let it read the answer before it is told of a reset
                    pass
                return
        seen(shake.request)
        if refuse:
            client.sendall(shake.failure(refuse))
            return
        host = shake.request.host or shake.request.address
        with socket.create_connection((host, shake.request.port)) as server:
            client.sendall(shake.success())
            server.sendall(shake.request.first)
            back = threading.Thread(target=_copy, args=(server, client))
            back.start()
            _copy(client, server)
            back.join()

    return serving(serve)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
