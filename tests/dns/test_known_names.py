from __future__ import annotations

from collections.abc import Sequence

from byway_core.dns.known_names import KnownNames
from byway_core.dns.memory import Learned


def test_hearsay_is_kept_apart_and_a_replica_follows() -> None:
    replica = KnownNames()

    def forward(batch: Sequence[Learned], hearsay: bool) -> None:
        replica.learn(batch, hearsay=hearsay)

    names = KnownNames(on_learn=forward)
    names.learn([("192.0.2.1", "a.example", 60)])
    names.learn([("192.0.2.1", "b.example", 60), ("192.0.2.2", "b.example", 60)], hearsay=True)
    for each in (names, replica):
        assert each.names("192.0.2.1") == ("a.example",)
        assert each.names("192.0.2.2") == ()
        assert each.hearsay("192.0.2.1") == each.hearsay("192.0.2.2") == ("b.example",)
    assert names.leads("a.example", ["192.0.2.1"])
    assert not names.leads("b.example", ["192.0.2.1"])
    assert names.leads("b.example", ["192.0.2.1", "192.0.2.2"], hearsay=True)


def test_hearsay_pushes_out_nothing_that_is_known() -> None:
    names = KnownNames()
    names.learn([("192.0.2.1", "a.example", 60)])
    for high in range(256):
        batch = [(f"10.1.{high}.{low}", "x.example", 60) for low in range(256)]
        names.learn(batch, hearsay=True)
    assert names.names("192.0.2.1") == ("a.example",)
    assert names.hearsay("10.1.0.0") == ()
    assert names.hearsay("10.1.255.255") == ("x.example",)
