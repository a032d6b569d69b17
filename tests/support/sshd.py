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
ListenAddress {host}:{port}
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
        for key in ("host_key", "user_key"):
            keygen = [program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", key]
            subprocess.run(keygen, cwd=directory, check=True)
        write_accounts(directory, "tester", "*")
        write_hosts(directory, hosts)
        text = _CONFIG.format(host=host, port=port, directory=directory)
        (directory / "sshd_config").write_text(text)
        argv = [program("sshd"), "-D", "-e", "-f", "sshd_config"]
        with running(with_files(argv, as_root=False), (host, port), directory):
            yield SshServer(host, port, "tester", directory)
