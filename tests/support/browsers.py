"""Browsers, headless and without any proxy setting, that trust a test's own authority."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.support.origins import CertificateAuthority
from tests.support.processes import program

# Starting one on a busy machine with two processors.
PATIENCE = 60.0


def trust(store: Path, authority: CertificateAuthority) -> None:
    """Make an NSS certificate store in that folder that trusts the authority."""
    store.mkdir(parents=True, exist_ok=True)
    for command in (
        ["-N", "--empty-password"],
        ["-A", "-n", "tests", "-t", "C,,", "-i", str(authority.certificate)],
    ):
        subprocess.run([program("certutil"), "-d", f"sql:{store}", *command], check=True)


def chromium(home: Path, authority: CertificateAuthority, *options: str) -> list[str]:
    """The command, but for the address; `home` is its home folder."""
    trust(home / ".pki/nssdb", authority)
    # Its sandbox wants namespaces of its own, within the program's; root it refuses.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [
        "chromium", "--headless=new", "--disable-gpu", "--no-first-run", *sandbox,
        "--disable-background-networking", "--disable-component-update", *options,
        f"--user-data-dir={home}/chromium",
    ]  # fmt: skip


def firefox(home: Path, authority: CertificateAuthority, *options: str) -> list[str]:
    """The command, but for the address."""
    profile = home / "firefox"
    trust(profile, authority)
    quiet = {
        "app.normandy.enabled": "false",
        "browser.aboutwelcome.enabled": "false",
        "browser.shell.checkDefaultBrowser": "false",
        "datareporting.policy.dataSubmissionEnabled": "false",
        "network.captive-portal-service.enabled": "false",
        "network.connectivity-service.enabled": "false",
        "network.trr.mode": "5",  # DNS over HTTPS is off by the user's choice
    }
    lines = "".join(f'user_pref("{name}", {value});\n' for name, value in quiet.items())
    (profile / "user.js").write_text(lines)
    return ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile), *options]
