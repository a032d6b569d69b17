"""One question on its way: which server is asked when, whose answer counts, when it is over.

The order is glibc's: each server in turn, then all over again; but whoever was asked may still
answer while the next one is tried, and a server that said no is not asked again.
It must not know who asked, nor what is remembered of the answer.
"""

from __future__ import annotations

import errno
import os
import time
from typing import Protocol

from byway_core.dns.asking import Ask
from byway_core.dns.recall import Whose
from byway_core.dns.servers import AnyServer, ServerList, StreamServer
from byway_core.model.errors import ProtocolError
from byway_core.model.sentence import say
from byway_core.protocols.dns_message import Answer, Question, Rcode, parse_answer
from byway_core.protocols.dns_padding import unpadded

# glibc's resolver, the most patient of the usual ones, gives up after 2 x 5 s. A failure that is
# told after 9 s still reaches it, and is an error with a cause instead of one more silence.
LONGEST = 9.0

_NEVER = float("inf")
# No socket to ask with: no descriptor is left, or the helper that gives them has gone.
_OURS = (errno.EMFILE, errno.ENFILE, errno.ENOTCONN)
_RESPONSE = 0x80
_RCODE = 0x0F
# "I cannot", not "there is no such name": worth asking another server (as glibc does).
_UNABLE = (Rcode.SERVFAIL, Rcode.NOTIMP, Rcode.REFUSED)
_HEADER = 12


# What makes two questions one: over TCP, the query without its id, whose answer it is to be, and
# under which servers it was asked.
Key = tuple[bool, bytes, Whose, int]


class Desk(Protocol):
    """What an exchange needs of the room."""

    def open(self, exchange: Exchange, server: AnyServer) -> Ask:
        """A socket to ask this server with. OSError where no more can be had."""

    def silent(self, server: AnyServer, why: str) -> None:
        """This server did not answer, or cannot be reached: ask others first for a while."""

    def answered(
        self, exchange: Exchange, server: AnyServer, message: bytes, answer: Answer
    ) -> None:
        """It is over: this server's answer (which may be that there is no such name)."""

    def gave_up(self, exchange: Exchange, refusal: bytes | None) -> None:
        """It is over, with no answer; `refusal` is the message of a server that said it cannot."""


class Exchange:
    """Bytes in, an answer out. The owner calls `start`, then `look` every so often, and `close`
    when it has been told the end."""

    __slots__ = (
        "_asks",
        "_desk",
        "_ends_at",
        "_failed",
        "_latest",
        "_plan",
        "_refusal",
        "_retry_at",
        "_step",
        "key",
        "over_tcp",
        "query",
        "question",
    )

    def __init__(
        self,
        desk: Desk,
        query: bytes,
        question: Question,
        plan: ServerList,
        key: Key,
        *,
        over_tcp: bool,
    ) -> None:
        self.key = key
        self.query = query
        self.question = question
        self.over_tcp = over_tcp
        self._desk = desk
        self._plan = plan
        self._step = 0
        self._asks: dict[AnyServer, Ask] = {}
        self._failed: set[AnyServer] = set()
        self._latest: AnyServer | None = None
        self._refusal: bytes | None = None
        self._retry_at = _NEVER
        self._ends_at = _NEVER

    def start(self, now: float) -> None:
        self._ends_at = now + LONGEST
        self._advance(now)

    def look(self, now: float) -> None:
        """See to what time brings."""
        if now >= self._ends_at:
            self._desk.gave_up(self, self._refusal)
        elif now >= self._retry_at:
            if self._latest is not None:
                self._desk.silent(
                    self._latest, say("no answer within {n} s", n=f"{self._plan.timeout:g}")
                )
            self._advance(now)

    def close(self) -> None:
        for ask in self._asks.values():
            ask.close()
        self._asks.clear()

    def came(self, ask: Ask, message: bytes) -> None:
        """From `Asker`."""
        if not self._is_ours(ask, message):
            return  # a stray, a duplicate or a forgery: the true answer may still come
        if isinstance(ask.server, StreamServer):
            message = unpadded(message, self.query, self.question)
        if message[3] & _RCODE in _UNABLE:
            self._refusal = message
            self._out(ask)
            return
        try:
            answer = parse_answer(message)
        except ProtocolError:
            self._out(ask)
            return
        self._desk.answered(self, ask.server, message, answer)

    def failed(self, ask: Ask, error: OSError) -> None:
        """From `Asker`."""
        self._desk.silent(ask.server, _words(error))
        self._out(ask)

    def _advance(self, now: float) -> None:
        servers = self._plan.servers
        while self._step < len(servers) * self._plan.attempts:
            server = servers[self._step % len(servers)]
            self._step += 1
            if server not in self._failed and self._put_to(server):
                self._latest = server
                self._retry_at = now + self._plan.timeout
                return
        self._retry_at = _NEVER  # but one that was asked may still answer
        if len(self._failed) == len(servers):
            self._desk.gave_up(self, self._refusal)

    def _put_to(self, server: AnyServer) -> bool:
        try:
            ask = self._asks.get(server) or self._open(server)
            ask.send(self.query)
        except OSError as error:
            if error.errno not in _OURS:
                self._desk.silent(server, _words(error))
            self._failed.add(server)
            stale = self._asks.pop(server, None)
            if stale is not None:
                stale.close()
            return False
        return True

    def _open(self, server: AnyServer) -> Ask:
        try:
            ask = self._desk.open(self, server)
        except OSError:
            # No socket to be had: give up listening to the one that was asked longest ago.
            if not self._asks:
                raise
            self._asks.pop(next(iter(self._asks))).close()
            ask = self._desk.open(self, server)
        self._asks[server] = ask
        return ask

    def _out(self, ask: Ask) -> None:
        """This server will not do; the next, unless one has been asked meanwhile."""
        ask.close()
        self._asks.pop(ask.server, None)
        self._failed.add(ask.server)
        everybody = len(self._failed) == len(self._plan.servers)
        if ask.server == self._latest or everybody:
            self._advance(time.monotonic())

    def _is_ours(self, ask: Ask, message: bytes) -> bool:
        """RFC 5452 9.1: the right id and the question as it was asked."""
        if len(message) < _HEADER or not message[2] & _RESPONSE:
            return False
        if message[0] << 8 | message[1] != ask.id:
            return False
        end = self.question.end
        asked, echo = self.query[_HEADER:end], message[_HEADER:end]
        if asked == echo:
            return True
        if message[4:6] == b"\0\0":  # some leave the question out of an error
            return message[3] & _RCODE != Rcode.NOERROR
        # The case of a name is not always kept; its type and class are not text.
        return asked[-4:] == echo[-4:] and asked[:-4].lower() == echo[:-4].lower()


def _words(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)
