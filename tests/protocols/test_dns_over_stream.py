from __future__ import annotations

from collections.abc import Iterable

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded
from h2.settings import SettingCodes, Settings
from hypothesis import given
from hypothesis import strategies as st
from tests.support.dns_server import query, response

from byway_core.model.errors import ProtocolError
from byway_core.protocols.dns_message import framed, with_id
from byway_core.protocols.dns_over_https import Http2Carrier
from byway_core.protocols.dns_over_stream import Carrier, LengthFramed, Reply

ONE, TWO = query("one.example"), query("two.example")


def fed(carrier: Carrier, pieces: Iterable[bytes]) -> list[Reply]:
    replies: list[Reply] = []
    for piece in pieces:
        replies += carrier.feed(piece)[0]
    return replies


def in_bytes(data: bytes) -> list[bytes]:
    return [bytes([byte]) for byte in data]


def test_length_framed_whole_and_byte_by_byte() -> None:
    carrier = LengthFramed()
    assert carrier.start() == b""
    assert carrier.ask(7, ONE) == framed(with_id(ONE, 7))
    answers = [response(with_id(each, number)) for number, each in ((8, TWO), (7, ONE))]
    data = b"".join(map(framed, answers))
    expected = [Reply(8, answers[0]), Reply(7, answers[1])]
    assert fed(carrier, [data]) == fed(LengthFramed(), in_bytes(data)) == expected


class Server:
    """The other end, by the same library; what is tested is how it is used."""

    def __init__(self, concurrent: int = 100) -> None:
        self.http = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        most = {SettingCodes.MAX_CONCURRENT_STREAMS: concurrent}
        self.http.local_settings = Settings(client=False, initial_values=most)
        self.http.initiate_connection()
        self.headers: dict[int, dict[str, str]] = {}
        self.bodies: dict[int, bytes] = {}
        self.asked: list[int] = []

    def take(self, data: bytes) -> bytes:
        for event in self.http.receive_data(data):
            match event:
                case RequestReceived(stream_id=int(number), headers=headers):
                    self.headers[number] = {str(k): str(v) for k, v in headers or ()}
                case DataReceived(stream_id=int(number), data=bytes(data)):
                    self.bodies[number] = self.bodies.get(number, b"") + data
                case StreamEnded(stream_id=int(number)):
                    self.asked.append(number)
        return self.http.data_to_send()

    def say(
        self, number: int, body: bytes, status: str = "200", kind: str = "application/dns-message"
    ) -> bytes:
        self.http.send_headers(number, [(":status", status), ("content-type", kind)])
        self.http.send_data(number, body, end_stream=True)
        return self.http.data_to_send()


def opened(concurrent: int = 100) -> tuple[Http2Carrier, Server]:
    carrier, server = Http2Carrier("dns.example", "/dns-query"), Server(concurrent)
    greeting = server.take(carrier.start())
    server.take(carrier.feed(greeting)[1])
    return carrier, server


def test_a_question_over_https() -> None:
    carrier, server = opened()
    server.take(carrier.ask(7, ONE))
    (stream,) = server.asked
    assert server.headers[stream] == {
        ":method": "POST",
        ":scheme": "https",
        ":authority": "dns.example",
        ":path": "/dns-query",
        "accept": "application/dns-message",
        "content-type": "application/dns-message",
        "content-length": str(len(ONE)),
    }
    assert server.bodies[stream] == with_id(ONE, 0)
    answer = response(ONE, "192.0.2.1")
    data = server.say(stream, with_id(answer, 0))
    assert fed(carrier, in_bytes(data)) == [Reply(7, with_id(answer, 7))]


@pytest.mark.parametrize(
    ("body", "status", "kind", "fault"),
    [
        (b"nothing", "404", "text/html", "HTTP status 404"),
        (response(ONE), "200", "text/html", "no DNS at this path"),
        (b"short", "200", "application/dns-message", "an empty answer"),
    ],
)
def test_what_is_no_answer(body: bytes, status: str, kind: str, fault: str) -> None:
    carrier, server = opened()
    server.take(carrier.ask(7, ONE))
    data = server.say(server.asked[0], body, status, kind)
    assert carrier.feed(data)[0] == [Reply(7, b"", fault)]


def test_no_more_at_once_than_the_server_takes() -> None:
    carrier, server = opened(concurrent=2)
    for number in range(5):
        server.take(carrier.ask(number, query(f"n{number}.example")))
    assert len(server.asked) == 2
    carrier.forget(3)
    while len(server.asked) < 4:
        done = server.asked[-2] if len(server.asked) == 2 else server.asked[1]
        server.take(carrier.feed(server.say(done, response(ONE)))[1])
    assert b"n3" not in b"".join(server.bodies.values()), "it was not wanted any more"
    assert b"n4" in b"".join(server.bodies.values())


def test_a_stream_that_is_reset() -> None:
    carrier, server = opened()
    server.take(carrier.ask(7, ONE))
    server.http.reset_stream(server.asked[0])
    data = server.http.data_to_send()
    assert carrier.feed(data)[0] == [Reply(7, b"", "the HTTP server reset the stream")]


def test_an_endless_answer() -> None:
    carrier, server = opened()
    server.take(carrier.ask(7, ONE))
    (stream,) = server.asked
    server.http.send_headers(
        stream, [(":status", "200"), ("content-type", "application/dns-message")]
    )
    for _ in range(4):
        server.http.send_data(stream, bytes(16_000))
        server.take(carrier.feed(server.http.data_to_send())[1])
    server.http.send_data(stream, bytes(16_000))
    with pytest.raises(ProtocolError, match="longer than any can be"):
        carrier.feed(server.http.data_to_send())


def test_a_server_that_says_goodbye() -> None:
    carrier, server = opened()
    server.take(carrier.ask(7, ONE))
    server.http.close_connection()
    with pytest.raises(ProtocolError, match="ends the HTTP connection"):
        carrier.feed(server.http.data_to_send())


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_bytes(pieces: list[bytes]) -> None:
    """After a server's greeting, so that something is understood of them."""
    carrier, server = opened()
    server.take(carrier.ask(7, ONE))
    try:
        fed(carrier, pieces)
    except ProtocolError:
        return
