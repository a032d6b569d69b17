"""An HTTP/3 server and client, aioquic's: strangers to Byway, with a certificate nobody checks."""

from __future__ import annotations

import asyncio
import datetime
import ssl
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from aioquic.asyncio import QuicConnectionProtocol, serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, H3Event, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection
from aioquic.quic.events import QuicEvent
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def serve_for_ever(*places: tuple[str, int, str]) -> None:
    """Servers at (address, port), which answer everything with the third; with who has asked where
    that is ""."""
    asyncio.run(_serve(places))


async def _serve(places: Sequence[tuple[str, int, str]]) -> None:
    configuration = QuicConfiguration(is_client=False, alpn_protocols=H3_ALPN)
    with tempfile.TemporaryDirectory() as folder:
        configuration.load_cert_chain(_certificate(Path(folder)))
    for address, port, label in places:
        await serve(
            address,
            port,
            configuration=configuration,
            create_protocol=partial(_Server, label.encode()),
        )
    print("ready", flush=True)
    await asyncio.Event().wait()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "any.test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    pem = serialization.Encoding.PEM
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, *private))
    return file


class _Peer(QuicConnectionProtocol):
    def __init__(self, quic: QuicConnection, *arguments: object, **more: object) -> None:
        super().__init__(quic, *arguments, **more)
        self.http = H3Connection(quic)

    def quic_event_received(self, event: QuicEvent) -> None:
        for each in self.http.handle_event(event):
            self.came(each)
        self.transmit()

    def came(self, event: H3Event) -> None:
        raise NotImplementedError


class _Server(_Peer):
    def __init__(self, label: bytes, *arguments: object, **more: object) -> None:
        super().__init__(*arguments, **more)
        self._label = label
        self._client = b""

    def datagram_received(self, data: bytes | str, addr: tuple[str, int]) -> None:
        self._client = addr[0].encode()
        super().datagram_received(data, addr)

    def came(self, event: H3Event) -> None:
        if isinstance(event, HeadersReceived):
            self.http.send_headers(event.stream_id, [(b":status", b"200")])
            said = self._label or self._client
            self.http.send_data(event.stream_id, said, end_stream=True)


class _Client(_Peer):
    def __init__(self, quic: QuicConnection) -> None:
        super().__init__(quic)
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._said = b""

    def error_received(self, exc: Exception) -> None:
        """ICMP's word."""
        if not self.answer.done():
            self.answer.set_exception(exc)

    def came(self, event: H3Event) -> None:
        if isinstance(event, DataReceived):
            self._said += event.data
            if event.stream_ended and not self.answer.done():
                self.answer.set_result(self._said)


async def fetch(name: str, address: str, port: int = 443, *, large: bool = False) -> bytes:
    """What the server says at this address under this name; OSError as the system tells it.
    `large`: with a hello that takes several datagrams."""
    configuration = QuicConfiguration(
        server_name=name,
        alpn_protocols=H3_ALPN,
        verify_mode=ssl.CERT_NONE,
        quantum_readiness_test=large,
    )
    quic = QuicConnection(configuration=configuration)
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_datagram_endpoint(
        lambda: _Client(quic), remote_addr=(address, port)
    )
    try:
        client.connect(transport.get_extra_info("peername"))
        stream = quic.get_next_available_stream_id()
        fields = [(b":method", b"GET"), (b":scheme", b"https"), (b":path", b"/")]
        client.http.send_headers(stream, [*fields, (b":authority", name.encode())], end_stream=True)
        client.transmit()
        return await client.answer
    finally:
        client.close()
        transport.close()
