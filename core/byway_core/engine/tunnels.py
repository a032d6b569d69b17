"""What DNS servers are asked through, by name: upstreams, and groups that choose one each time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from byway_core.model.decision import Query, Verdict
from byway_core.model.errors import RefusedError
from byway_core.model.group import Group, leaves
from byway_core.relay.routing import Routing
from byway_core.upstreams.gateway import Gateway
from byway_core.upstreams.standing import Standing
from byway_core.upstreams.ways import Ways

_PORT = 53


class Tunnels(Mapping[str, Gateway]):
    """Of one profile. A group without a way raises RefusedError; one that goes directly at present
    is missing."""

    def __init__(
        self, gateways: Mapping[str, Gateway], groups: Mapping[str, Group], standing: Standing
    ) -> None:
        self._gateways = gateways
        self._groups = groups
        self._standing = standing

    @classmethod
    def of(cls, routing: Routing, standing: Standing) -> Tunnels:
        return cls(routing.gateways, routing.groups, standing)

    def __getitem__(self, name: str) -> Gateway:
        if name not in self._groups:
            return self._gateways[name]
        self._standing.use(name)
        ways = Ways(self._groups, self._standing)
        way = next(ways.of(name, Query("", None, _PORT)), None)
        if way is None:
            raise RefusedError(ways.none_alive(name))
        if way.member == Verdict.REJECT.value:
            raise RefusedError(ways.because(way))
        return self._gateways[way.member]

    def servers(self, name: str) -> Iterator[str]:
        """The hosts of all upstreams that the name may come down to."""
        for member in leaves(self._groups, name):
            if member in self._gateways:
                yield self._gateways[member].server[0]

    def may_go_directly(self, name: str) -> bool:
        return Verdict.DIRECT.value in leaves(self._groups, name)

    def __iter__(self) -> Iterator[str]:
        yield from self._gateways
        yield from self._groups

    def __len__(self) -> int:
        return len(self._gateways) + len(self._groups)
