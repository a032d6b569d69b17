"""Chromium's first QUIC packets: a post-quantum hello, cut, shuffled and spread over two datagrams,
another way each time."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess

import pytest
from tests.support.processes import loopback_address, scratch

from byway_core.sniff.first_bytes import Verdict
from byway_core.sniff.quic_hello import QuicSniffer

# Starting a browser on a busy machine with two processors.
PATIENCE = 60.0
NAME = "www.site.test"


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_the_name_in_chromiums_first_packets() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, scratch("quic") as home:
        server.bind((loopback_address(), 0))
        server.settimeout(PATIENCE)
        address, port = server.getsockname()
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = subprocess.Popen(
            [
                "chromium", "--headless=new", "--disable-gpu", "--no-first-run", *sandbox,
                "--disable-background-networking", "--disable-component-update", "--enable-quic",
                f"--origin-to-force-quic-on={NAME}:{port}",
                f"--host-resolver-rules=MAP {NAME} {address}",
                f"--user-data-dir={home}", f"https://{NAME}:{port}/",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            sniffers: dict[object, QuicSniffer] = {}
            verdict = Verdict.MORE
            while verdict is Verdict.MORE:
                datagram, source = server.recvfrom(65_536)
                sniffer = sniffers.setdefault(source, QuicSniffer())
                verdict = sniffer.look(datagram)
        finally:
            browser.terminate()
            browser.wait(PATIENCE)
        assert (verdict, sniffer.host) == (Verdict.FOUND, NAME)
