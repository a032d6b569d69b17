"""An OpenSSH server of its own, with an account of its own, on loopback."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import (
    Hosts,
    free_port,
    loopback_address,
    program,
    running,
    scratch,
    with_files,
    write_accounts,
    write_hosts,
)

_CONFIG = """\
ListenAddress {place}
HostKey {directory}/host_key
AuthorizedKeysFile {directory}/user_key.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True, slots=True)
class SshServer:
    """`options` are what ssh and scp need to get in, the port aside."""

    host: str
    port: int
    user: str
    directory: Path

    @property
    def options(self) -> list[str]:
        given = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes")
        options = [part for each in given for part in ("-o", each)]
        return ["-F", "none", "-i", str(self.directory / "user_key"), *options]


@contextmanager
def sshd(hosts: Hosts | None = None) -> Iterator[SshServer]:
    """In whose eyes /etc/hosts has `hosts` beside localhost. Its user is who runs the test."""
    host = loopback_address()
    port = free_port(host)
    with scratch("sshd") as directory:
        write_hosts(directory, hosts)
        argv = command(directory, f"{host}:{port}")
        with running(argv, (host, port), directory):
            yield SshServer(host, port, "tester", directory)


def command(directory: Path, place: str) -> list[str]:
    """What to run in that directory, where its keys and files are put, for a server there."""
    for key in ("host_key", "user_key"):
        keygen = [program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", key]
        subprocess.run(keygen, cwd=directory, check=True)
    write_accounts(directory, "tester", "*")
    (directory / "sshd_config").write_text(_CONFIG.format(place=place, directory=directory))
    return with_files([program("sshd"), "-D", "-e", "-f", "sshd_config"], as_root=False)
