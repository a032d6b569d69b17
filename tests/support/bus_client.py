"""Code that talks to the helper as an engine does: with a stage's `place`, a `bus`, which is a
client's connection, and all that the helper's contract has names for."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Awaitable

from tests.support.helper_stage import DEADLINE
from tests.support.own_network import inside

from byway_core.helper_client.lease import Helper
from byway_core.model.errors import HelperError, HelperFault

_AROUND = """
import asyncio, os, socket
from tests.support.bus_client import fault_of, nobody_has_it
from tests.support.helper_stage import *
from tests.support.kernel_rules import *
from byway_core.helper_client.lease import Helper
from byway_core.model.errors import HelperError, HelperFault
from byway_helper.contract import *
from byway_helper.protocol import Request
{first}
async def main(place, bus):
{code}
async def staged():
    async with stage(**{options}) as place:
        bus = await connected()
        try:
            await main(place, bus)
        finally:
            bus.disconnect()
asyncio.run(staged())
"""


def on_bus(
    code: str,
    first: str = "",
    *,
    without_nftables: bool = False,
    real_root: bool = False,
    **options: str,
) -> str:
    """What `code` prints, with what `first` defines; `options` are `stage`'s."""
    code = textwrap.indent(textwrap.dedent(code), "    ")
    whole = _AROUND.format(first=first, code=code, options=options)
    return inside(whole, without_nftables=without_nftables, real_root=real_root)


async def fault_of(work: Awaitable[object]) -> HelperFault | None:
    """Why it is refused; None if it is not."""
    try:
        await work
    except HelperError as error:
        return error.fault
    return None


async def nobody_has_it(asking: Helper) -> None:
    """Until the helper says so."""
    async with asyncio.timeout(DEADLINE):
        while (await asking.status())["owner"]:
            pass
