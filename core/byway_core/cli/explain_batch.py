"""`byway explain --batch`: a question a line, an answer a line, as fast as they come.

    example.com 443 tcp   ->   {"host": "example.com", …, "action": "office", …}
    what is this          ->   {"line": 2, "input": "what is this", "error": "…"}

Every line, an empty one too, has exactly one answer. What has been read is answered and flushed
before more is read, so a program may wait for each answer before it asks again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator

from byway_core.model.decision import Network, Process, Query
from byway_core.rules.compile import RuleSet
from byway_core.rules.names import parse_destination

# What is read at once; a pipe holds as much.
_CHUNK = 65_536
# A name has at most 253 characters, so nothing this long is a question.
_MAX_LINE = 4_096

# What json.dumps ends up calling for a string, at a fifth of the cost.
_quoted = json.JSONEncoder().encode

_NETWORKS = {b"tcp": Network.TCP, b"udp": Network.UDP}
_NAMES = {Network.TCP: '"tcp"', Network.UDP: '"udp"'}


class Batch:
    """Answers lines, all of them for that process; `failed` tells whether one could not be read."""

    def __init__(self, rules: RuleSet, process: Process | None) -> None:
        self.failed = False
        self._rules = rules
        self._process = process
        self._number = 0
        self._verdicts: dict[int | None, str] = {}

    def answer(self, line: bytes) -> str:
        """One JSON object, without a line's end."""
        self._number += 1
        try:
            return self._decide(line)
        except ValueError as error:
            self.failed = True
            shown = line[:_MAX_LINE].decode(errors="replace").rstrip("\r")
            return json.dumps({"line": self._number, "input": shown, "error": str(error)})

    def _decide(self, line: bytes) -> str:
        if len(line) > _MAX_LINE:
            raise ValueError(f"a line of more than {_MAX_LINE} bytes")
        fields = line.split()
        if not 2 <= len(fields) <= 3:
            raise ValueError("expected HOST PORT or HOST PORT NETWORK")
        written = _text(fields[0])
        host, address = parse_destination(written)
        port = _port(fields[1])
        network = _network(fields[2]) if len(fields) == 3 else Network.TCP
        query = Query(host, address, port, network, process=self._process)
        index = self._rules.decide(query).rule_index
        verdict = self._verdicts.get(index) or self._describe(index)
        resolves = f"[{_quoted(host)}]" if self._rules.wants_address(query) else "[]"
        return (
            f'{{"host": {_quoted(written)}, "port": {port}, "network": {_NAMES[network]}, '
            f'{verdict}, "resolves": {resolves}}}'
        )

    def _describe(self, index: int | None) -> str:
        """The members that depend on the rule alone, kept for the next time."""
        if index is None:
            text = '"action": "DIRECT", "rule": null, "index": null'
        else:
            rule = self._rules.rules[index]
            action, written = json.dumps(str(rule.action)), json.dumps(rule.text)
            text = f'"action": {action}, "rule": {written}, "index": {index}'
        self._verdicts[index] = text
        return text


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise ValueError("the host is not UTF-8") from None


def _port(text: bytes) -> int:
    if text.isdigit() and len(text) <= 5 and int(text) <= 0xFFFF:
        return int(text)
    raise ValueError(f"{text.decode(errors='replace')} is no port")


def _network(text: bytes) -> Network:
    network = _NETWORKS.get(text.lower())
    if network is None:
        raise ValueError(f"{text.decode(errors='replace')} is no network: tcp or udp")
    return network


def lines(read: Callable[[], bytes]) -> Iterator[list[bytes]]:
    """The lines that each call of `read` completes; an unended last one too. One that is too long
    is cut, and its rest dropped, so that memory stays flat whatever comes in."""
    rest = b""
    while chunk := read():
        *whole, last = chunk.split(b"\n")
        if whole:
            whole[0] = rest + whole[0]
            rest = last
            yield whole
        else:
            rest += last
        rest = rest[: _MAX_LINE + 1]
    if rest:
        yield [rest]


def answer_all(rules: RuleSet, process: Process | None, source: int, target: int) -> bool:
    """Answer everything from one descriptor on another; False where a line could not be read.

    Raises BrokenPipeError where nobody listens any more.
    """
    batch = Batch(rules, process)
    for group in lines(lambda: os.read(source, _CHUNK)):
        answers = "\n".join(map(batch.answer, group)) + "\n"
        _write(target, answers.encode())
    return not batch.failed


def _write(target: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(target, view) :]
