"""The command `byway`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; the exit status."""
    load_asyncio_without_tls()
    from byway_core.cli import main as run
    from byway_core.cli.unfailing import unfailing_stderr

    sys.stderr = unfailing_stderr()
    return run(sys.argv[1:])


def load_asyncio_without_tls() -> None:
    """asyncio loads OpenSSL where it finds it, 4 MB in every process, for TLS that is not asyncio's
    to speak here. It does without if there is none (asyncio/sslproto.py); later imports of ssl by
    others find it."""
    if "asyncio" in sys.modules or "ssl" in sys.modules:
        return
    sys.modules["ssl"] = None  # type: ignore[assignment] # `import ssl` raises ImportError now
    try:
        import asyncio  # noqa: F401
    finally:
        del sys.modules["ssl"]


if __name__ == "__main__":
    sys.exit(main())
