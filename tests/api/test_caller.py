"""Requests on a front end's own loop, asyncio's and Qt's."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.engines import LedgerDoor

from byway_core.api import caller
from byway_core.api.caller import Caller
from byway_core.api.control import ControlServer
from byway_core.api.rendezvous import listen
from byway_core.api.wire import ControlError


@pytest.fixture
def engine(any_loop: asyncio.AbstractEventLoop) -> Iterator[LedgerDoor]:
    engine = LedgerDoor(any_loop)
    yield engine
    engine.ledger.close()


@pytest.fixture
def server(
    any_loop: asyncio.AbstractEventLoop, engine: LedgerDoor, tmp_path: Path
) -> Iterator[ControlServer]:
    server = ControlServer(any_loop, engine, tmp_path, kind="serve")
    yield server
    server.close()


def test_answers(
    any_loop: asyncio.AbstractEventLoop, engine: LedgerDoor, server: ControlServer
) -> None:
    engine.happen("lives.example.com")
    client = Caller(any_loop, server.path)

    async def ask() -> None:
        status, flows = await asyncio.gather(
            client.request("status"), client.request("connections")
        )
        assert (status["pid"], [flow["host"] for flow in flows]) == (
            os.getpid(),
            ["lives.example.com"],
        )
        with pytest.raises(ControlError, match="nonsense"):
            await client.request("nonsense")
        assert await client.request("close", id="none") == {"closed": False}

    any_loop.run_until_complete(ask())
    client.close()


def test_an_end_is_an_answer_to_all_that_is_asked(
    any_loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    with listen(tmp_path, os.getpid()) as listener:
        client = Caller(any_loop, tmp_path / f"{os.getpid()}.sock")

        async def ask() -> None:
            asked = [any_loop.create_task(client.request("status")) for _ in range(2)]
            await asyncio.sleep(0)
            listener.accept()[0].close()
            for each in asked:
                with pytest.raises(ConnectionError):
                    await each
            assert not client.is_open
            with pytest.raises(ConnectionError):
                await client.request("status")

        any_loop.run_until_complete(ask())


def test_silence_ends(
    any_loop: asyncio.AbstractEventLoop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller, "PATIENCE", 0.05)
    with listen(tmp_path, os.getpid()):
        client = Caller(any_loop, tmp_path / f"{os.getpid()}.sock")
        with pytest.raises(TimeoutError):
            any_loop.run_until_complete(client.request("status"))
        client.close()
