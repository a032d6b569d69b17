"""The certificate authorities that this system trusts, for whoever speaks TLS here."""

from __future__ import annotations

import ssl
from pathlib import Path

# A bundle's OpenSSL was built on Debian and looks where Debian has them. Fedora's and RHEL's place,
# openSUSE's, Alpine's and Arch's.
_ELSEWHERE = (
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def client_context() -> ssl.SSLContext:
    """For a client that checks its server's certificate and name."""
    context = ssl.create_default_context()
    places = ssl.get_default_verify_paths()
    if not (places.cafile or places.capath):  # neither is there
        file = next((each for each in _ELSEWHERE if Path(each).is_file()), None)
        if file is not None:
            context.load_verify_locations(file)
    return context
