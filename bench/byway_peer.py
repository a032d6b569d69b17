"""Byway among the peers: started as its users run it, rules loaded and ledger on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bench import rules
from bench.peers import Peer, UnavailableError
from bench.topology import ROOT


class Byway(Peer):
    name = "byway"
    number = 1

    def python(self, *arguments: str) -> list[str]:
        """The checkout's own packages, whether or not an installed Byway is there as well."""
        path = ":".join(str(ROOT / folder) for folder in ("core", "polkit", "resources"))
        # Its control socket must not meet that of a Byway which the user runs.
        environment = [f"PYTHONPATH={path}", f"XDG_RUNTIME_DIR={self.folder}"]
        return ["env", *environment, sys.executable, *arguments]

    def version(self) -> str:
        program = "import byway_core.version as v; print(v.__version__)"
        command = self.python("-c", program)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise UnavailableError(done.stderr.strip()[-300:])
        git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
        commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout
        return f"{done.stdout.strip()} ({commit.strip() or 'no commit known'})"

    def command(self) -> list[str]:
        path = self.folder / "byway.toml"
        path.write_text(f"{rules.byway_profile()}\n[general]\nmixed_port = {self.mixed_port}\n")
        os.chmod(path, 0o600)
        arguments = ["-m", "bench.byway_under_test", "--profile", str(path)]
        return self.python(*arguments, "--port", str(self.tproxy_port))

    def working_folder(self) -> Path:
        return ROOT
