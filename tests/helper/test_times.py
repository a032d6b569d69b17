"""How long it takes, printed: from `byway up` to the first connection that is taken, from `byway
down` to the first that is not, and to load 10,000 bypassed networks. None is a test's to assert."""

from __future__ import annotations

import os

CODE = """
    import re
    from ipaddress import ip_network
    from byway_core.helper_client.lease import Helper
    from byway_helper.contract import Mode, Plan, Udp
    from byway_helper.protocol import Request
    run = asyncio.to_thread
    began = time.monotonic()
    up = Up(place)
    while await run(curl, "203.0.113.1", "www.proxied.test") != "198.51.100.1":
        assert up.process.poll() is None, up.log.read_text()
    print(f"up: the first connection by the rules after {time.monotonic() - began:.2f} s, of which "
          f"the helper took {re.search('[(](.*) s[)]', up.log.read_text())[1]}")
    began = time.monotonic()
    up.process.send_signal(signal.SIGINT)
    while await run(curl, "203.0.113.1", "www.proxied.test") != "198.51.100.2":
        pass
    print(f"down: the first that is not after {time.monotonic() - began:.2f} s; ", end="")
    up.process.wait(DEADLINE)
    print(f"clean after {time.monotonic() - began:.2f} s")
    # In a user namespace the kernel takes no message that is longer.
    count = COUNT
    networks = tuple(ip_network(f"{n >> 8}.{n & 255}.0.0/24") for n in range(512, count + 512))
    for guarded in False, True:
        helper = await Helper.reached()
        began = time.monotonic()
        await helper.start(
            Request(Plan(Mode.GLOBAL, udp=Udp.ALL, bypass=networks), kill_switch=guarded),
            lambda: None)
        loaded = time.monotonic() - began
        began = time.monotonic()
        await helper.update(Plan(Mode.GLOBAL, bypass=networks[1:]))
        print(f"{count} networks{' with the kill switch' if guarded else ''}: started in "
              f"{loaded:.2f} s, updated in {time.monotonic() - began:.2f} s")
        await helper.stop()
        helper.close()
"""


def test_times(on_stage, request, capsys):
    root = os.geteuid() == 0
    told = on_stage(CODE.replace("COUNT", "10_000" if root else "1_000"), real_root=root)
    assert told.count(" s") >= 6, told
    with capsys.disabled():
        print(f"\n{request.node.name}\n{told}", end="")
