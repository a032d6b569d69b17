"""DNS over HTTPS (RFC 8484) over HTTP/2, which it recommends as the least and some servers have
for the most. HTTP/2 itself is the h2 library's: it knows no socket either.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import H2Error

from byway_core.model.errors import ProtocolError
from byway_core.model.sentence import say
from byway_core.protocols.dns_message import with_id
from byway_core.protocols.dns_over_stream import Reply

_MEDIA_TYPE = "application/dns-message"
# RFC 1035 4.2.2: what a length of two bytes can say.
_LONGEST = 65_535
# Questions at once before the server has said how many it takes; RFC 9113 6.5.2 wants no less.
_CONCURRENT = 100


@dataclass(slots=True)
class _Stream:
    number: int
    status: str = ""
    media_type: str = ""
    body: bytearray = field(default_factory=bytearray)


class Http2Carrier:
    """Implements `dns_over_stream.Carrier`; a stream for each question."""

    def __init__(self, authority: str, path: str) -> None:
        self._headers = [
            (":method", "POST"),
            (":scheme", "https"),
            (":authority", authority),
            (":path", path),
            ("accept", _MEDIA_TYPE),
            ("content-type", _MEDIA_TYPE),
        ]
        self._http = H2Connection(H2Configuration(client_side=True, header_encoding=None))
        self._streams: dict[int, _Stream] = {}
        self._waiting: deque[tuple[int, bytes]] = deque()

    def start(self) -> bytes:
        self._http.initiate_connection()
        return self._http.data_to_send()

    def ask(self, number: int, query: bytes) -> bytes:
        self._waiting.append((number, query))
        return self._go_on()

    def forget(self, number: int) -> None:
        """Its stream is left to end: to reset it would save nothing."""
        self._waiting = deque(each for each in self._waiting if each[0] != number)

    def feed(self, data: bytes) -> tuple[list[Reply], bytes]:
        replies: list[Reply] = []
        try:
            for event in self._http.receive_data(data):
                self._take(event, replies)
            return replies, self._go_on()
        except H2Error as error:
            raise ProtocolError(say("breaks HTTP/2: {error}", error=error)) from error

    def _go_on(self) -> bytes:
        """Ask what waits, as far as the server lets it."""
        http = self._http
        most = min(_CONCURRENT, http.remote_settings.max_concurrent_streams)
        try:
            while self._waiting and len(self._streams) < most:
                number, query = self._waiting.popleft()
                stream = http.get_next_available_stream_id()
                length = ("content-length", str(len(query)))
                http.send_headers(stream, [*self._headers, length])
                # RFC 8484 4.1: an id of 0, so that equal questions look alike to caches.
                http.send_data(stream, with_id(query, 0), end_stream=True)
                self._streams[stream] = _Stream(number)
        except H2Error as error:  # no more streams, or no more room for what we send
            raise ProtocolError(say("takes no more questions: {error}", error=error)) from error
        return http.data_to_send()

    def _take(self, event: Event, replies: list[Reply]) -> None:
        match event:
            case ResponseReceived(stream_id=int(number), headers=headers):
                if stream := self._streams.get(number):
                    fields = {_text(name): _text(value) for name, value in headers or ()}
                    stream.status = fields.get(":status", "")
                    stream.media_type = fields.get("content-type", "")
            case DataReceived(stream_id=int(number)):
                self._take_data(number, event)
            case StreamEnded(stream_id=int(number)):
                if stream := self._streams.pop(number, None):
                    replies.append(_reply(stream))
            case StreamReset(stream_id=int(number)):
                if stream := self._streams.pop(number, None):
                    replies.append(
                        Reply(stream.number, b"", say("the HTTP server reset the stream"))
                    )
            case ConnectionTerminated():
                raise ProtocolError(say("ends the HTTP connection"))

    def _take_data(self, number: int, event: DataReceived) -> None:
        self._http.acknowledge_received_data(event.flow_controlled_length or 0, number)
        stream = self._streams.get(number)
        if stream is None:
            return
        stream.body += event.data or b""
        if len(stream.body) > _LONGEST:
            raise ProtocolError(say("sends an answer longer than any can be"))


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _reply(stream: _Stream) -> Reply:
    if stream.status != "200":
        return Reply(stream.number, b"", say("HTTP status {status}", status=stream.status))
    if stream.media_type.partition(";")[0].strip().lower() != _MEDIA_TYPE:
        return Reply(stream.number, b"", say("no DNS at this path"))
    if len(stream.body) < 12:
        return Reply(stream.number, b"", say("an empty answer"))
    return Reply(stream.number, with_id(bytes(stream.body), stream.number))
