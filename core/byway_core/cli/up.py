"""`byway up`: the whole machine under the rules, until Ctrl-C or `byway down`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import pwd
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from byway_core.cli import events
from byway_core.model.sentence import say

if TYPE_CHECKING:
    from byway_core.api.reloading import Reloading
    from byway_core.cli.keeper import Keeper
    from byway_core.helper_client.lease import Helper
    from byway_core.model.profile import Profile
    from byway_helper.contract import Plan
    from byway_helper.protocol import Request

    Reach = Callable[[], Awaitable[Helper | Keeper]]

T = TypeVar("T")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "up",
        help="send every program's traffic by the rules",
        description="Takes the traffic of every program on this machine and sends it where the "
        "profile's rules say, until Ctrl-C or `byway down`. The privileged helper does what takes "
        "privilege, and polkit asks whether it may.",
    )
    parser.add_argument("--profile", metavar="FILE", help="the profile (default: your own)")
    parser.add_argument(
        "--user",
        metavar="NAME",
        help="for root on a machine without a bus: make the rules, and be NAME for all the rest",
    )
    events.register_for_engine(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted; 1 where profile, helper or polkit forbid it, or the helper went."""
    from byway_core.helper_client.lease import Helper

    if args.user is None:
        return _run(args, Helper.reached)
    return _run_for(args)


def _run_for(args: argparse.Namespace) -> int:
    from byway_core.cli.keeper import keep

    if os.geteuid() != 0:
        print(f"byway up: --user is root's: sudo byway up --user {args.user}", file=sys.stderr)
        return 1
    try:
        user = pwd.getpwnam(args.user)
    except KeyError:
        print(f"byway up: there is no user {args.user}", file=sys.stderr)
        return 1
    return keep(user, lambda keeper: _run(args, keeper.reached))


def _run(args: argparse.Namespace, reach: Reach) -> int:
    from byway_core.api import Engine, Identity, Kind, default_workers
    from byway_core.api.reloading import Reloading
    from byway_core.cli.helper_words import advice
    from byway_core.cli.hosting import hosted, run_hosting
    from byway_core.cli.profile import opened
    from byway_core.coexistence.collect import ipv6_here
    from byway_core.engine.fakes import may_be_held
    from byway_core.intercept.kernel import renounce_capabilities
    from byway_core.model.errors import HelperError
    from byway_core.plan.whole_machine import plan_whole_machine
    from byway_core.relay.selector import RelaySelector
    from byway_helper.protocol import MAX_WORKERS, Request

    told = events.Events(wanted=args.events)
    profile = opened(args.profile, args.everything, told.failed)
    if profile is None:
        return 1
    nowhere = [name for name in profile.value.machine.lan if name not in _interfaces()]
    unfit = _nowhere(nowhere) if nowhere else _circle(profile.value)
    if unfit:
        told.failed(unfit)
        print(f"byway up: {unfit}", file=sys.stderr)
        return 1
    # Stopped, it would keep the machine's traffic and do nothing with it.
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    # Root's too: whatever is asked of the kernel from here on, the helper asks.
    renounce_capabilities()
    engine = Engine(
        profile.value,
        profile.passwords,
        Identity(Kind.MACHINE, str(profile.path)),
        workers=min(default_workers(profile.value), MAX_WORKERS),
    )
    engine.everything = args.everything
    fakes = may_be_held(profile.value)
    plan = plan_whole_machine(profile.value, ipv6=ipv6_here(), fakes=fakes)
    request = Request(plan, engine.workers, profile.value.machine.kill_switch)
    reloading = Reloading(engine, _circle)

    async def up(selector: RelaySelector) -> int:
        async with hosted(engine, selector, reloading=reloading) as interrupted:
            asked = asyncio.Event()

            def asked_for() -> None:
                asked.set()
                interrupted.set()

            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, asked_for)
            try:
                port = profile.value.general.mixed_port
                if port is not None:
                    engine.open_mixed_port(port)
                machine = profile.value.machine
                engine.open_lan_ports(machine.lan, machine.lan_ports)
                return await _serve(reach, reloading, request, interrupted, asked, told)
            except HelperError as error:
                told.failed(str(error), error.fault)
                print(f"byway up: {error}{advice(error.fault)}", file=sys.stderr)
                return 1
            except OSError as error:  # of a port
                told.failed(error.strerror or str(error))
                print(f"byway up: {error.strerror or error}", file=sys.stderr)
                return 1

    return run_hosting(up)


def _interfaces() -> set[str]:
    return {name for _, name in socket.if_nameindex()}


def _nowhere(names: list[str]) -> str:
    return say(
        "machine.lan: this machine has no interface {names}; it has {others}",
        names=", ".join(names),
        others=", ".join(sorted(_interfaces() - {"lo"})) or say("none"),
    )


def _circle(profile: Profile) -> str:
    """What is wrong where a server for names is this machine's own, or "". Only this machine's
    addresses can be bound to."""
    own = []
    resolvers = [profile.dns.servers, *(each.servers for each in profile.dns.resolvers)]
    for server in (server for servers in resolvers for server in servers):
        if server.address is None or server.via:
            continue
        address = str(server.address)
        family = socket.AF_INET6 if server.address.version == 6 else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.bind((address, 0))
        except OSError:
            continue
        own.append(address)
    if not own:
        return ""
    return say(
        "[dns] of the profile names {servers}, which is on this machine: its own questions would "
        "come back to it. Without dns.servers each question goes to the server that its program "
        "has asked.",
        servers=", ".join(own),
    )


async def _serve(
    reach: Reach,
    reloading: Reloading,
    request: Request,
    interrupted: asyncio.Event,
    asked: asyncio.Event,
    told: events.Events,
) -> int:
    from byway_core.cli.agent import terminal_agent
    from byway_core.cli.keeper import Keeper
    from byway_core.model.errors import HelperError

    lost = asyncio.Event()
    helper = await reach()
    kept = isinstance(helper, Keeper)
    try:
        await _warn(request.plan, bus=not kept)
        began = time.monotonic()
        with contextlib.nullcontext() if kept else terminal_agent():
            handover = await _unless(interrupted, helper.start(request, lost.set))
        if handover is None:
            return 130
        reloading.engine.take_over(handover)
        reloading.leased(helper, request.plan)
        print(
            f"every program's traffic goes by the rules now ({time.monotonic() - began:.2f} s)"
            f"{told.ended_by('Ctrl-C or `byway down`')}",
            file=sys.stderr,
        )
        told.say("in-force")
        return await _hold(interrupted, lost, told, kept=kept)
    finally:
        await reloading.close()
        # Before the listeners go: nobody is refused in between. A kill switch ends with an explicit
        # act only: a logout, or a terminal that is closed, is for it as if we had died; and what
        # is lost is nobody's to give back.
        session_ended = request.kill_switch and interrupted.is_set()
        if not lost.is_set() and (asked.is_set() or not session_ended):
            with contextlib.suppress(HelperError):
                await helper.stop()
        helper.close()


async def _warn(plan: Plan, *, bus: bool) -> None:
    """Say what else on this machine will stand in the way. Not a reason not to start: much of it
    concerns a part of the traffic only, and the user may know better."""
    from byway_core.cli.status_explain import conflicts
    from byway_core.cli.status_words import finding_in_words

    found = [each for each in await conflicts(plan) if bus or each.name not in _FOR_HELPERS]
    for finding in found:
        print("\n".join((*finding_in_words(finding), "")), file=sys.stderr)
    if found:
        print("`byway status --explain` has the whole list", file=sys.stderr, flush=True)


_FOR_HELPERS = ("System bus", "polkit", "Password")


async def _hold(
    interrupted: asyncio.Event, lost: asyncio.Event, told: events.Events, *, kept: bool
) -> int:
    await _unless(interrupted, lost.wait())
    if interrupted.is_set():
        return 0
    text = say("the rules are gone: the helper has ended, or a `byway repair` has been run")
    if kept:
        text = say(
            "the rules are gone: root's part of it has ended, or a `byway repair` has been run"
        )
    told.say("lost", text=text)
    print(f"byway up: {text}", file=sys.stderr)
    return 1


async def _unless(interrupted: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` returns, or None once there is an interruption, which cancels it."""
    loop = asyncio.get_running_loop()
    both = loop.create_task(work), loop.create_task(interrupted.wait())
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        return both[0].result() if both[0].done() else None
    finally:
        for each in both:
            each.cancel()
        await asyncio.gather(*both, return_exceptions=True)
