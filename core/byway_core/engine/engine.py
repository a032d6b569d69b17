"""The engine: one loop's worth of everything, and the workers beside it."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from pathlib import Path

from byway_core.accounting.ledger import Ledger
from byway_core.config.group_choices import read_choices
from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.hosts_file import HostsFile
from byway_core.dns.known_names import KnownNames
from byway_core.dns.local_answers import LocalAnswers
from byway_core.dns.memory import Learned as LearnedName
from byway_core.engine.composition import Composed, compose, raise_descriptor_limit, routing_of
from byway_core.engine.crew import Crew, Member
from byway_core.engine.fakes import MACHINE, OWN_NAMESPACES, Fakes
from byway_core.engine.groups import Groups
from byway_core.engine.listening import lan_listeners, proxy_listeners
from byway_core.engine.messages import (
    CloseFlow,
    DnsConnection,
    Finish,
    Finished,
    Flows,
    GroupUsed,
    InUse,
    Learned,
    LookInside,
    Marked,
    MemberFailed,
    NewProfile,
    Silent,
    StopListening,
)
from byway_core.engine.own_names import OwnNames, choice_of
from byway_core.engine.tunnels import Tunnels
from byway_core.flatpak import own_number
from byway_core.helper_client.handover import Handover
from byway_core.helper_client.marked import MarkedSockets
from byway_core.intercept.desk import Desk
from byway_core.intercept.interception import Interception
from byway_core.model.errors import Area, Trouble
from byway_core.model.profile import Passwords, Profile
from byway_core.model.sentence import say
from byway_core.relay.datagrams import Datagrams
from byway_core.relay.listener import Entrance
from byway_core.relay.machine import Relay
from byway_core.relay.routing import Edges
from byway_core.relay.selector import RelaySelector
from byway_core.upstreams.direct import PlainSockets
from byway_core.upstreams.standing import Standing

log = logging.getLogger(__name__)


class Kind(Enum):
    """What an engine was started for."""

    RUN = "run"
    SERVE = "serve"
    MACHINE = "machine"
    DESKTOP = "desktop"


@dataclass(frozen=True, slots=True)
class Identity:
    """How an engine is shown to its user. `program` is the command line it runs, or ""."""

    kind: Kind
    profile_path: str
    program: str = ""


# Which fake addresses each may give out; the others have no programs' questions.
_FAKES = {Kind.MACHINE: MACHINE, Kind.RUN: OWN_NAMESPACES}


class Engine:
    """Made before there is a loop or a thread, because it forks its workers; then `start`ed on any
    asyncio loop. `workers` counts this process's relay: 1 forks nobody, and is what a process
    with a GUI in it uses."""

    def __init__(
        self, profile: Profile, passwords: Passwords, identity: Identity, *, workers: int = 1
    ) -> None:
        self.identity = identity
        self.profile, self.passwords = profile, passwords
        self.since = time.time()
        self._routing = routing_of(profile, passwords)
        if workers > 1:
            # What is there now stays: the collector need not look at it, and so does not write to
            # the pages that the workers share with this process.
            gc.collect()
            gc.freeze()
        as_asked = identity.kind is Kind.MACHINE
        self._crew = Crew.fork(profile, self._routing, workers - 1, as_asked=as_asked)
        self.workers = workers
        self.mixed_port: int | None = None
        # The target that all connections have, whatever the file's rules say; "" for what they say.
        self.everything = ""
        self._marked: MarkedSockets | None = None
        # Relays, by number, that still pass on what programs sent last.
        self._unfinished: set[int] = set()
        # Profiles are counted; workers, by number, that do not decide by the last one yet.
        self._profiles = 0
        self._behind: set[int] = set()
        self._caught_up = asyncio.Event()

    def start(self, loop: asyncio.AbstractEventLoop, selector: RelaySelector | None = None) -> None:
        """Wire everything to a loop; nothing is accepted yet. `selector`: the loop's own, where it
        is made for the relay; any other loop hosts the relay by one descriptor."""
        raise_descriptor_limit()
        self._loop = loop
        self.ledger = Ledger(loop, own_number(), self.profile.rules)
        self._names = KnownNames(on_learn=self._learned)
        as_asked = self.identity.kind is Kind.MACHINE
        self._fakes = Fakes(
            _FAKES.get(self.identity.kind, ()),
            self._names.fakes,
            tell=self._crew.tell,
            in_use=self.ledger.addresses,
        )
        standing = Standing()
        tunnels = Tunnels.of(self._routing, standing)
        choice = choice_of(self.profile.dns, tunnels, as_asked=as_asked)
        local = LocalAnswers({}, HostsFile(), self._fakes.answers)
        self._forwarder = DnsForwarder(loop, choice, local, self._names)
        self._resolver = OwnNames(
            loop, self._forwarder, self.profile, self._routing, standing, as_asked=as_asked
        )
        self._fakes.configure(self._resolver.fake_choice)
        self._desk = Desk()
        edges = Edges(
            self._names,
            self._resolver,
            PlainSockets(),
            self._forwarder.serve_tcp,
            self._desk,
            standing,
        )
        self._relay = Relay(
            routing=self._routing,
            edges=edges,
            sink=self.ledger,
            call_later=loop.call_later,
            first_id=1,
            id_step=self.workers,
        )
        self._relay.silent.on_change = self._crew.tell_silent
        self._relay.watch(self._desk)
        self.groups = Groups(
            self._relay,
            self.profile,
            read_choices(Path(self.identity.profile_path)),
            tell=self._crew.tell,
            call_later=loop.call_later,
        )
        self._datagrams = Datagrams(self._relay, loop.call_later, self._forwarder.answer)
        self._selector = selector
        if selector is None:
            loop.add_reader(self._relay.fileno(), self._relay.turn)
        else:
            selector.carry(self._relay)
        self._crew.attach(loop, self._heard, self._lost)
        if self.undecidable:
            log.warning("%s", self.undecidable)

    # -- where connections come in ------------------------------------------------------------

    def intercept(self, interception: Interception) -> None:
        """Serve what a namespace (or the helper) handed over; the sockets are the engine's now."""
        program = self.identity.program
        for number, listeners in enumerate(interception.tcp):
            for listening in listeners:
                self._listen(number, listening, Entrance.TRANSPARENT, program)
        for gate in interception.gates:
            self._datagrams.serve(gate, program)
        for number, diagnosis in enumerate(interception.diagnoses):
            if number == 0:
                self._desk.look_inside(diagnosis)
            else:
                self._crew.give(number, LookInside(), diagnosis.detach())

    @property
    def undecidable(self) -> str:
        """What users must know of their rules that ask for the process, where nobody knows it; else
        ""."""
        if not self._desk.obstacle or not self._relay.routing.rules.asks_process:
            return ""
        return say(
            "rules by process or user match nothing here: {obstacle}", obstacle=self._desk.obstacle
        )

    @property
    def has_machine(self) -> bool:
        """Whether the whole machine's traffic comes here."""
        return self._marked is not None

    def take_over(self, handover: Handover) -> None:
        """Serve the whole machine: what the helper handed over is the engine's now, and from here
        on it goes out by marked sockets only. A relay without a channel of its own has none."""
        first, *others = handover.channels
        self._marked = sockets = MarkedSockets(socket.socket(fileno=first))
        self._relay.edges = replace(self._relay.edges, sockets=sockets)
        self._forwarder.use_sockets(udp=sockets.udp, tcp=sockets.stream)
        for number, channel in enumerate(others, 1):
            self._crew.give(number, Marked(), channel)
        self.intercept(Interception.of(handover.tcp, (*handover.udp, *handover.answers)))

    def open_mixed_port(self, port: int) -> None:
        """Open the local proxy port on loopback; 0 takes any. PortTakenError says who is asked."""
        self.mixed_port, listeners = proxy_listeners(port, self.workers)
        for number, listening in listeners:
            self._listen(number, listening, Entrance.MIXED, "")

    def open_lan_ports(self, interfaces: Sequence[str], ports: Sequence[int]) -> None:
        """Take connections that come to these ports of this machine by these interfaces, as if
        they had been intercepted. OSError with a text for people."""
        for interface in interfaces:
            for port in ports:
                for number, listening in lan_listeners(interface, port, self.workers):
                    self._listen(number, listening, Entrance.OWN_PORT, self.identity.program)

    def _listen(
        self, number: int, listening: socket.socket, entrance: Entrance, program: str
    ) -> None:
        if number == 0 or not self._crew.listen(number, listening, entrance, program):
            self._relay.listen(listening, entrance, program)

    # -- steering -----------------------------------------------------------------------------

    def use(self, profile: Profile, passwords: Passwords) -> None:
        """A new profile for new connections; live ones keep their way. The number of workers and
        the local port stay as they were."""
        self.use_composed(compose(profile, passwords))

    def use_composed(self, new: Composed) -> None:
        """As `use`, with what takes time done before. Workers follow: see `in_use`."""
        self.profile, self.passwords = new.profile, new.passwords
        self._relay.routing = new.routing
        self.ledger.use_rules(new.profile.rules)
        self._resolver.configure(new.profile, new.routing)
        self._fakes.configure(self._resolver.fake_choice)
        self.groups.configure(new.profile, new.chosen)
        self._profiles += 1
        self._behind = set(self._crew.numbers)
        self._caught_up.clear()
        self._crew.tell(NewProfile(self._profiles, new.packed))

    async def in_use(self) -> None:
        """Until all workers decide by the profile that was used last."""
        while self._behind:
            await self._caught_up.wait()

    def troubles(self) -> tuple[Trouble, ...]:
        """What does not work at present."""
        found = [Trouble(Area.NAMES, text) for text in self._forwarder.problems()]
        found += [Trouble(Area.FAKE_ADDRESSES, text) for text in self._fakes.problems()]
        if self._desk.obstacle:
            unknown = say(
                "which application a connection is of is not known: {obstacle}",
                obstacle=self._desk.obstacle,
            )
            found.append(Trouble(Area.PROGRAMS, self.undecidable or unknown))
        return tuple(found)

    @property
    def fake_addresses(self) -> int | None:
        """How many names have one; None where none are given out."""
        return self._fakes.count

    def close_flow(self, flow_id: str) -> bool:
        """End a live flow by the ledger's id; False where there is none."""
        pid, _, number = flow_id.partition(".")
        if (
            pid != str(own_number())
            or not number.isdecimal()
            or not self.ledger.is_live(int(number))
        ):
            return False
        owner = (int(number) - 1) % self.workers
        member = self._crew.member(owner)
        if owner == 0 or member is None:
            return any(each.close_flow(int(number)) for each in (self._relay, self._datagrams))
        member.channel.send(CloseFlow(int(number)))
        return True

    def finish(self, done: Callable[[], None]) -> None:
        """All programs have ended. What they sent last may still be on its way; `done` is called
        when it is passed on, which may be never. `close` ends the rest."""
        self._done = done
        self._unfinished = {0, *self._crew.numbers}
        self._crew.tell(Finish())
        self._relay.finish(partial(self._finished, 0))

    def close(self) -> None:
        """End everything: live connections are reset, workers have gone when this returns."""
        self._crew.tell(StopListening())
        self._crew.close()
        if self._selector is None:
            self._loop.remove_reader(self._relay.fileno())
        else:
            self._selector.drop()
        self.groups.close()
        self._datagrams.close()
        self._relay.close()
        self._desk.close()
        self._resolver.close()
        self._forwarder.close()
        self._fakes.close()
        if self._marked is not None:
            self._marked.close()
        self.ledger.close()

    # -- the workers --------------------------------------------------------------------------

    def _learned(self, batch: Sequence[LearnedName], hearsay: bool) -> None:
        if self._crew:
            self._crew.tell(Learned(tuple(batch), hearsay))

    def _heard(self, number: int, message: object, descriptors: list[int]) -> None:
        match message:
            case Flows(batch):
                self.ledger.merge(number, batch)
            case GroupUsed(group):
                self.groups.used(group)
            case MemberFailed(name, words, doubt):
                self.groups.failed(name, words, doubt)
            case DnsConnection():
                self._forwarder.serve_tcp(socket.socket(fileno=descriptors.pop()))
            case Finished():
                self._finished(number)
            case Silent(destination, is_silent):
                self._relay.silent.learn(destination, is_silent)
                self._crew.tell(message)
            case InUse(profile) if profile == self._profiles:
                self._is_in_use(number)

    def _lost(self, member: Member) -> None:
        log.error(
            "worker %d (process %d) has died; its connections are lost, and this process takes "
            "its place",
            member.number,
            member.pid,
        )
        self.ledger.lost(member.number, say("the worker that carried it has died"))
        for listening, entrance, program in member.listening:
            self._relay.listen(listening, entrance, program)
        self._finished(member.number)
        self._is_in_use(member.number)

    def _is_in_use(self, number: int) -> None:
        self._behind.discard(number)
        if not self._behind:
            self._caught_up.set()

    def _finished(self, number: int) -> None:
        """The relay of that number has finished, if it was told to."""
        if number in self._unfinished:
            self._unfinished.remove(number)
            if not self._unfinished:
                self._done()
