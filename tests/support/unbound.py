"""A real DNS server that speaks everything: unbound, over UDP, TCP, TLS and HTTPS, on loopback.

Its certificate is from an authority of its own, which `trusted` makes known to this process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.origins import certificate_authority
from tests.support.processes import free_port, loopback_address, program, running, scratch

from byway_core.dns import tls_session

NAME = "dns.byway.test"
_CONFIG = """\
server:
  interface: {host}@{plain}
  interface: {host}@{tls}
  interface: {host}@{https}
  port: {plain}
  tls-port: {tls}
  https-port: {https}
  tls-service-key: "{key}"
  tls-service-pem: "{certificate}"
  http-endpoint: "/dns-query"
  http-query-buffer-size: 1m
  incoming-num-tcp: 20
  num-threads: 1
  tcp-idle-timeout: {idle}
  do-daemonize: no
  use-syslog: no
  verbosity: 1
  log-queries: yes
  chroot: ""
  username: ""
  directory: "{directory}"
  pidfile: ""
  module-config: "iterator"
  access-control: 127.0.0.0/8 allow
  local-zone: "byway.test." static
  local-data: "web.byway.test. 300 IN A 192.0.2.1"
  local-data: "web.byway.test. 300 IN AAAA 2001:db8::1"
  local-data: "byway.test. 300 IN SOA ns.byway.test. root.byway.test. 1 2 3 4 60"
{many}
remote-control:
  control-enable: no
"""


@dataclass(frozen=True)
class Unbound:
    """`authority` is the certificate that its own is signed by; `many` is how many addresses
    `many.byway.test` has."""

    host: str
    plain: int
    tls: int
    https: int
    authority: Path
    log: Path
    many: int

    def questions(self) -> list[str]:
        """The names that it was asked, as it has logged them."""
        lines = self.log.read_text(errors="replace").splitlines()
        asked = (line.split() for line in lines if " info: 127." in line)
        return [words[words.index("info:") + 2].rstrip(".") for words in asked]


@contextmanager
def unbound(*, idle_ms: int = 30_000, many: int = 60) -> Iterator[Unbound]:
    """Trusted by no process yet. `idle_ms`: when it closes a connection."""
    host = loopback_address()
    plain, tls, https = (free_port(host) for _ in range(3))
    with certificate_authority() as authority, scratch("unbound") as directory:
        certificate, key = authority.issue(NAME, host)
        data = "".join(
            f'  local-data: "many.byway.test. 60 IN A 198.51.100.{number}"\n'
            for number in range(many)
        )
        (directory / "unbound.conf").write_text(
            _CONFIG.format(
                host=host,
                plain=plain,
                tls=tls,
                https=https,
                key=key,
                certificate=certificate,
                directory=directory,
                many=data,
                idle=idle_ms,
            )
        )
        argv = [program("unbound"), "-d", "-d", "-p", "-c", str(directory / "unbound.conf")]
        with running(argv, (host, https), directory):
            log = directory / f"port-{https}.log"
            yield Unbound(host, plain, tls, https, authority.certificate, log, many)


@contextmanager
def trusted(authority: Path) -> Iterator[None]:
    """This process takes certificates of that authority, as if the system did."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(authority))
        tls_session._context.cache_clear()
        try:
            yield
        finally:
            tls_session._context.cache_clear()
