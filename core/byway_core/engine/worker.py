"""One worker process: a loop, a relay, a replica of the DNS memory, and the channel home.

Forked before the main process has a loop or a thread, so that it shares the pages of the compiled
rules and nothing else. It ends when the channel does, that is, with the main process.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from dataclasses import replace

from byway_core.accounting.feed import LedgerFeed
from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.hosts_file import HostsFile
from byway_core.dns.known_names import KnownNames
from byway_core.dns.local_answers import LocalAnswers
from byway_core.engine.channel import Channel
from byway_core.engine.composition import raise_descriptor_limit, routing_of, unpacked
from byway_core.engine.messages import (
    CloseFlow,
    DnsConnection,
    FakesGiven,
    Finish,
    Finished,
    Flows,
    GroupsKnown,
    GroupUsed,
    InUse,
    Learned,
    Listen,
    LookInside,
    Marked,
    MemberFailed,
    NewProfile,
    Silent,
    StopListening,
)
from byway_core.engine.own_names import OwnNames, choice_of
from byway_core.engine.tunnels import Tunnels
from byway_core.helper_client.marked import MarkedSockets
from byway_core.intercept.desk import Desk
from byway_core.model.profile import Profile
from byway_core.relay.machine import Relay
from byway_core.relay.routing import Edges, Routing
from byway_core.relay.selector import RelaySelector
from byway_core.upstreams.direct import PlainSockets
from byway_core.upstreams.standing import Doubt, Standing


class Worker:
    """The process's composition. `number` counts from 1 (the main process's relay is 0), `of` is
    how many relays there are, `as_asked` is `OwnNames`'."""

    def __init__(
        self,
        sock: socket.socket,
        profile: Profile,
        routing: Routing,
        number: int,
        of: int,
        *,
        as_asked: bool,
    ) -> None:
        raise_descriptor_limit()
        self._selector = RelaySelector()
        self._loop = asyncio.SelectorEventLoop(self._selector)
        self._channel = Channel(sock)
        self._names = KnownNames()
        # For names of Byway's own only: programs' questions are the main process's.
        self._standing = Standing()
        self._standing.on_use = self._group_used
        self._standing.on_failure = self._member_failed
        tunnels = Tunnels.of(routing, self._standing)
        choice = choice_of(profile.dns, tunnels, as_asked=as_asked)
        local = LocalAnswers({}, HostsFile() if as_asked else None)
        self._forwarder = DnsForwarder(self._loop, choice, local, KnownNames())
        self._resolver = OwnNames(
            self._loop, self._forwarder, profile, routing, self._standing, as_asked=as_asked
        )
        self._feed = LedgerFeed(self._loop, self._send_flows)
        self._desk = Desk()
        self._relay = Relay(
            routing=routing,
            edges=Edges(
                self._names,
                self._resolver,
                PlainSockets(),
                self._hand_dns,
                self._desk,
                self._standing,
            ),
            sink=self._feed,
            call_later=self._loop.call_later,
            first_id=number + 1,
            id_step=of,
        )
        # A name that the main process has just given out is in the channel before the program
        # that asked can connect: taking it in first keeps the order.
        self._relay.before_accept = self._channel.drain
        self._relay.silent.on_change = self._tell_silent
        self._relay.watch(self._desk)

    def run(self) -> None:
        """Serve until the main process is gone."""
        self._channel.attach(self._loop, self._receive, self._loop.stop)
        self._selector.carry(self._relay)
        self._loop.run_forever()
        self._selector.drop()
        self._channel.insist()
        self._relay.close()
        self._desk.close()
        self._feed.close()
        self._channel.close()
        self._loop.close()

    def _receive(self, message: object, descriptors: list[int]) -> None:
        match message:
            case Learned() | FakesGiven() | GroupsKnown() | Silent():
                self._learn(message)
            case Listen(entrance, program):
                listening = socket.socket(fileno=descriptors.pop())
                self._relay.listen(listening, entrance, program)
            case Marked():
                self._mark(MarkedSockets(socket.socket(fileno=descriptors.pop())))
            case LookInside():
                self._desk.look_inside(socket.socket(fileno=descriptors.pop()))
            case CloseFlow(flow_id):
                self._relay.close_flow(flow_id)
            case NewProfile(number, packed):
                profile, passwords = unpacked(packed)
                self._feed.use_rules()
                self._relay.routing = routing = routing_of(profile, passwords)
                self._resolver.configure(profile, routing)
                self._channel.send(InUse(number))
            case StopListening():
                self._relay.stop_listening()
            case Finish():
                self._relay.finish(self._send_finished)

    def _learn(self, message: Learned | FakesGiven | GroupsKnown | Silent) -> None:
        """What others have found out."""
        match message:
            case Learned(entries, hearsay):
                self._names.learn(entries, hearsay=hearsay)
            case FakesGiven(given, refused):
                self._names.fakes.refused = refused
                self._names.fakes.learn(given)
            case GroupsKnown(known):
                self._standing.known = known
            case Silent(destination, is_silent):
                self._relay.silent.learn(destination, is_silent)

    def _mark(self, sockets: MarkedSockets) -> None:
        self._relay.edges = replace(self._relay.edges, sockets=sockets)
        self._forwarder.use_sockets(udp=sockets.udp, tcp=sockets.stream)

    def _send_flows(self, batch: bytes) -> None:
        self._channel.send(Flows(batch))

    def _tell_silent(self, destination: tuple[str, int], is_silent: bool) -> None:
        self._channel.send(Silent(destination, is_silent))

    def _send_finished(self) -> None:
        self._feed.flush()
        self._channel.send(Finished())

    def _group_used(self, group: str) -> None:
        self._channel.send(GroupUsed(group))

    def _member_failed(self, member: str, words: str, doubt: Doubt) -> None:
        self._channel.send(MemberFailed(member, words, doubt))

    def _hand_dns(self, connection: socket.socket) -> None:
        with connection:
            self._channel.send(DnsConnection(), [connection.fileno()])


# Ctrl-C, or a terminal that goes away, reaches the whole foreground group: the main process decides
# what it means.
TERMINAL_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_forked(
    sock: socket.socket,
    profile: Profile,
    routing: Routing,
    number: int,
    of: int,
    *,
    as_asked: bool,
) -> None:
    """The whole life of a forked worker, with TERMINAL_SIGNALS blocked so far; does not return."""
    for signum in TERMINAL_SIGNALS:
        signal.signal(signum, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, TERMINAL_SIGNALS)
    status = 1
    try:
        Worker(sock, profile, routing, number, of, as_asked=as_asked).run()
        status = 0
    finally:
        os._exit(status)  # never the forked copy of the caller's own clean-up
