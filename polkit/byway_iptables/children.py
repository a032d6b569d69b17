"""iptables-restore text -> kernel, by python-iptables, for hosts that have x_tables only.

A child for each family and change: the library serves one family in a process, and may never come
back. While rules are in force, one more for each family waits: no kernel ends these rules with us,
but the child does when the pipe from us closes, however we die. What is ours in a table is replaced
in one commit; what is others' stays.
"""

import contextlib
import ctypes
import ctypes.util
import fcntl
import functools
import importlib.util
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from byway_helper.contract import Family, Plan, Ports
from byway_helper.netfilter import NetfilterError
from byway_helper.render import render_iptables, render_iptables_guard, render_iptables_raw

_OURS = "BYWAY_"  # so our chains begin
_NOTHING = "*{}\nCOMMIT\n"  # is to be in a table
_SECONDS = 60.0  # for a child; 16,384 networks with the kill switch take it four
_ATTEMPTS = 20  # somebody without the lock was faster: EAGAIN, and EINVAL for the counters
_LOCK = "/run/xtables.lock"  # iptables(8)'s
_CODE = "import sys; sys.path.append(sys.argv[1]); from byway_iptables.children import main; main()"
IN_BUNDLE = "--iptables-child"  # packaging/bundle calls main for it
_LIBIPTC = {Family.IPV4: ("ip", "libip4tc.so.2"), Family.IPV6: ("ip6", "libip6tc.so.2")}
_CHAINS = {"mangle": b"BYWAY_OUT", "filter": b"BYWAY_GUARD", "raw": b"BYWAY_RAW"}  # if any of ours
_TAKING = ("mangle", "raw")  # all but the kill switch
_LOOK, _SOON, _OFTEN = 1.0, 0.05, 2.0  # seconds from look to look, after news, and for how long
_FIELDS = {"-d": "dst", "-i": "in_interface", "-o": "out_interface", "-p": "protocol"}
_MASKS = {"-i": "iniface_mask", "-o": "outiface_mask"}
_VALUES = {"--tcp-flags": 2, "--socket-exists": 0}
_Children = dict[Family, "subprocess.Popen[str]"]


class Iptables:
    """The rules of one plan. Every method raises NetfilterError."""

    def __init__(self, why: str) -> None:
        """`why` there is no nftables: errors say it too."""
        self._why = why
        self._waiting: _Children = {}
        self._guards: dict[Family, str] = {}
        self._texts: dict[Family, str] = {}
        self._changing = threading.Lock()
        self._ending = False
        self._woken = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def put(self, plan: Plan, ports: Mapping[Family, Ports], *, guarded: bool) -> None:
        self._waiting = self._waiting or {each: _child(each, "waits") for each in plan.families}
        with self._changing:
            children = {family: _child(family) for family in plan.families}  # load meanwhile
            for family in plan.families:
                guard = guarded and render_iptables_guard(plan, family)
                self._guards[family] = guard or _NOTHING.format("filter")
                taking = render_iptables(plan, family, ports[family])
                self._texts[family] = taking + self._guards[family]
            texts = {family: _nothing(family) for family in set(Family) - set(plan.families)}
            try:
                _tell(texts | self._with_raw(), children)
            except OSError as error:
                raise NetfilterError(f"nftables: {self._why}; iptables: {error}") from error

    update = put

    def end(self, *, keep_guard: bool) -> None:
        """The kill switch that is kept is made anew: others' `iptables -F` takes it away."""
        self._ending = True
        self._woken.set()
        self._keeper.join()
        texts = {family: _nothing(family, keep_guard=keep_guard) for family in self._waiting}
        if keep_guard:
            texts = {family: text + self._guards[family] for family, text in texts.items()}
        with contextlib.suppress(NetfilterError):  # somebody has killed them
            _tell(texts, self._waiting)
        clear(keep_guard=keep_guard)

    def look(self) -> None:
        """Others have changed something, and may be about to change more."""
        self._woken.set()

    def _keep(self) -> None:
        """Firewalls that start flush whole tables, and wg-quick puts its own in front. No kernel
        tells of that, so it is asked; often after wg-quick's routing rules, which come first."""
        often = 0.0
        while True:
            if self._woken.wait(_LOOK if time.monotonic() > often else _SOON):
                self._woken.clear()
                often = time.monotonic() + _OFTEN
            if self._ending:
                return
            with self._changing, contextlib.suppress(NetfilterError):  # then the next time
                texts = self._with_raw()
                _tell({each: text for each, text in texts.items() if not _stands(each, text)})

    def _with_raw(self) -> dict[Family, str]:
        """And the table that is not made where nobody else has it."""
        raw = render_iptables_raw()
        return {each: text + raw * _exists(each, "raw") for each, text in self._texts.items()}


def clear(*, keep_guard: bool) -> None:
    """Remove what is there of ours, whoever has left it."""
    _tell({family: _nothing(family, keep_guard=keep_guard) for family in Family})


def guard_stands() -> bool:
    return any(_holds(family, "filter") for family in Family)


def _nothing(family: Family, *, keep_guard: bool = False) -> str:
    """What removes ours; empty where there is nothing."""
    names = _TAKING if keep_guard else ("filter", *_TAKING)
    return "".join(_NOTHING.format(name) for name in names if _holds(family, name))


def _exists(family: Family, table: str) -> bool:
    names = Path(f"/proc/self/net/{_LIBIPTC[family][0]}_tables_names")
    return names.exists() and table in names.read_text().split()


def _holds(family: Family, table: str) -> bool:
    """Whether there are chains of ours."""
    with _opened(family, table) as ask:
        return bool(ask and ask(ctypes.c_int, "is_chain", _CHAINS[table]))


def _stands(family: Family, text: str) -> bool:
    """Whether others' chains lead to ours as they were made to."""
    for section in text.split("COMMIT\n")[:-1]:
        name, *lines = section.removeprefix("*").splitlines()
        with _opened(family, name) as ask:
            for where, chain, *words in map(str.split, lines):
                if not chain.startswith(_OURS):
                    targets = list(_targets(ask, chain)) if ask else []
                    if words[-1].encode() not in (targets[:1] if where == "-I" else targets):
                        return False
    return True


def _targets(ask: Callable[..., Any], chain: str) -> Iterator[bytes]:
    """Of a chain's rules, in order."""
    rule = ask(ctypes.c_void_p, "first_rule", chain.encode())
    while rule:
        yield ask(ctypes.c_char_p, "get_target", ctypes.c_void_p(rule))
        rule = ask(ctypes.c_void_p, "next_rule", ctypes.c_void_p(rule))


@contextlib.contextmanager
def _opened(family: Family, table: str) -> Iterator[Callable[..., Any] | None]:
    """Calls libiptc about a table as it is in the kernel: with the type of the result, a name and
    arguments. None where there is no library or no such table, for to open one is to make it."""
    name, file = _LIBIPTC[family]
    handle = None
    with contextlib.suppress(OSError):
        library = ctypes.CDLL(file)

        def call(result: Any, what: str, *words: Any) -> Any:
            function = library[f"{name}tc_{what}"]
            function.restype = result
            return function(*words, *filter(None, [handle]))

        if _exists(family, table):
            handle = ctypes.c_void_p(call(ctypes.c_void_p, "init", table.encode()))
    try:
        yield call if handle else None
    finally:
        if handle:
            call(None, "free")


def _child(family: Family, *more: str) -> subprocess.Popen[str]:
    """Does what it is told, or what is right at our end."""
    start = [f"-IB{'S' * sys.flags.no_site}Wignore", "-c", _CODE, str(Path(__file__).parents[1])]
    if hasattr(sys, "frozen"):  # in a bundle, whose program takes no interpreter's options
        start = [IN_BUNDLE]
    command = [sys.executable, *start, str(family.value), str(os.getpid()), *more]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stderr=pipe, text=True)  # noqa: S603


def _tell(texts: Mapping[Family, str], children: _Children | None = None) -> None:
    """Those who wait, or new ones, and wait for their ends; NetfilterError has what they say."""
    errors = []
    there = children or {}
    more = {each: _child(each) for each in texts if texts[each] and each not in there}
    children = {**there, **more}
    for family, child in children.items():
        try:
            said = child.communicate(texts[family], timeout=_SECONDS)[1]
        except subprocess.TimeoutExpired:
            child.kill()
            said = f"nothing after {_SECONDS:.0f} s {child.communicate()[1]}"
        if child.returncode:
            errors.append(f"IPv{family.value}: {said.strip() or 'killed'}")
    if errors:
        raise NetfilterError("; ".join(errors))


def main() -> None:
    """In a child. Told nothing, the helper has died: then its rules go, but for the kill switch."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # systemd ends all of a unit at once
    family, parent = Family(int(sys.argv[2])), int(sys.argv[3])
    away = [f"*{name}" for name in _TAKING]
    if sys.argv[4:]:  # it has time, and others have not
        select.select([sys.stdin], (), (), _LOOK)
    try:
        library = _library()
        sections = sys.stdin.read().split("COMMIT\n")[:-1] or away
        with contextlib.suppress(OSError):  # where it cannot be made, nobody else has it
            fcntl.flock(os.open(_LOCK, os.O_CREAT | os.O_CLOEXEC, 0o600), fcntl.LOCK_EX)
        for section in sections:
            _replace(library, family, section)
        if os.getppid() != parent:  # it has died, maybe before there was anything to take away
            for section in away:
                _replace(library, family, section)
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")


def _library() -> Any:
    """python-iptables, kept from its search for libraries, which runs ldconfig and gcc."""
    found = {"xtables": "libxtables.so.12", "c": "libc.so.6"}
    found |= {"ip4tc": _LIBIPTC[Family.IPV4][1], "ip6tc": _LIBIPTC[Family.IPV6][1]}
    if wrapper := importlib.util.find_spec("libxtwrapper"):
        found["xtwrapper"] = wrapper.origin or ""
    ctypes.util.find_library = found.get  # type: ignore[assignment]
    os.environ["XTABLES_LIBDIR"] = "/"
    import iptc

    del os.environ["XTABLES_LIBDIR"]  # libxtables knows its own
    iptc.xtables.xtables._option_lookup = staticmethod(_option)
    return iptc


def _option(options: Any, name: bytes) -> Any:
    """A match's or target's option in the list that its extension has. The library's own reads 48
    bytes for each; since iptables 1.8.11 the last two fields, bounds, have 64 bits each."""
    entry, place = options.contents, ctypes.addressof(options.contents)
    size = ctypes.sizeof(entry)
    if ctypes.c_size_t.from_address(place + size).value < 1 << 32:  # a bound, and no name's place
        size += 8
    while entry.name not in (None, name):
        entry = type(entry).from_address(place := place + size)
    return entry if entry.name else None


def _replace(library: Any, family: Family, section: str) -> None:
    """Of this table, what is ours becomes this."""
    name, *lines = section.removeprefix("*").splitlines()
    if not lines and not _holds(family, name):
        return
    kind = library.Table if family is Family.IPV4 else library.Table6
    kept = kind(name, False)  # no commit but ours
    # Whether a target is a chain is asked of all tables, and each is made for it: only of this.
    kind.existing_table_names = {**dict.fromkeys(kind.ALL, False), name: True}
    entry = functools.cache(lambda words: _entry(kept.create_rule(), iter(words)))
    domain = socket.AF_INET if family is Family.IPV4 else socket.AF_INET6
    for left in reversed(range(_ATTEMPTS)):
        _write(kept, functools.partial(_towards, entry, domain), [line.split() for line in lines])
        try:
            kept.commit()
            break
        except library.IPTCError:
            if not left:
                raise
            kept.refresh()
    kept.refresh()
    if sum(1 for _ in _ours(kept)) != len(lines):
        raise OSError(f"table {name} is not as it was written")


def _write(kept: Any, entry: Callable[..., Any], rules: list[list[str]]) -> None:
    """Into the library's copy of the table."""
    for chain, place in reversed(list(_ours(kept))):  # by place: others' may be unknown to it
        kept._iptc.iptc_delete_num_entry(chain.encode(), place, kept._handle)
    for chain in [each.name for each in kept.chains if each.name.startswith(_OURS)]:
        kept.delete_chain(chain)
    for chain in dict.fromkeys(rule[1] for rule in rules if rule[1].startswith(_OURS)):
        kept.create_chain(chain)
    for where, chain, *words in rules:
        if where == "-I":
            kept.insert_entry(chain, entry(words), 0)
        else:  # its own append_entry takes half as long again; what fails is seen afterwards
            kept._iptc.iptc_append_entry(chain.encode(), ctypes.byref(entry(words)), kept._handle)


def _ours(kept: Any) -> Iterator[tuple[str, int]]:
    """Chain and place of all in our chains, and of what jumps to them from others."""
    for chain in [each.name for each in kept.chains]:
        entry, place = kept.first_rule(chain), 0
        while entry:
            if chain.startswith(_OURS) or (kept.get_target(entry) or b"").startswith(
                _OURS.encode()
            ):
                yield chain, place
            entry, place = kept.next_rule(entry), place + 1


def _towards(entry: Callable[..., Any], domain: socket.AddressFamily, words: list[str]) -> Any:
    """A rule as the kernel has it. Of those by network there are thousands, and the library takes
    30 us for each: they are copies of the one for any network. struct ipt_ip and ip6t_ip6 begin
    with source, destination and the masks of both."""
    if words[0] != "-d":
        return entry(tuple(words))
    every = entry(tuple(words[2:]))
    made = type(every).from_buffer_copy(every)
    address, _, length = words[1].partition("/")
    packed = socket.inet_pton(domain, address)
    size, mask = len(packed), -1 << 8 * len(packed) - int(length)
    made[size : 2 * size] = packed
    made[3 * size : 4 * size] = (mask & (1 << 8 * size) - 1).to_bytes(size)
    return made


def _entry(rule: Any, words: Iterator[str]) -> Any:
    """The rule of these words, as the kernel has it."""
    for word in words:
        if word in _FIELDS:
            setattr(rule, _FIELDS[word], value := next(words))
            if word in _MASKS and rule.nfproto == socket.AF_INET6:
                # The library's own compares the lowest bit of each character: lan0 were lo.
                setattr(rule.entry.ipv6, _MASKS[word], b"\xff" * (len(value) + 1))
        elif word == "-m":
            module = rule.create_match(next(words))
        elif word in ("-j", "-g"):
            module = rule.create_target(next(words), goto=word == "-g")
        else:
            option, negated = (next(words), [word]) if word == "!" else (word, [])
            values = islice(words, _VALUES.get(option, 1))
            module.set_parameter(option.removeprefix("--"), [*negated, *values])
    return rule.rule
