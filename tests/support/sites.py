"""What real clients fetch from: a folder over HTTP, a git repository over HTTP, Debian packages."""

from __future__ import annotations

import hashlib
import http.server
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.origins import Origin
from tests.support.processes import free_port, loopback_address, program, running


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # closing joins them
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """A client that goes away in the middle is what some tests are about."""


@contextmanager
def _served(handler: Any, host: str | None, port: int) -> Iterator[Origin]:
    with _Server((host or loopback_address(), port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield Origin(str(server.server_address[0]), server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


class _Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def folder(path: Path, host: str | None = None, port: int = 0) -> Iterator[Origin]:
    """The files below `path` by HTTP/1.1."""
    with _served(partial(_Files, directory=str(path)), host, port) as origin:
        yield origin


class _Git(http.server.BaseHTTPRequestHandler):
    """git-http-backend(1) as the CGI program that it is."""

    timeout = 30

    def __init__(self, root: Path, *arguments: Any) -> None:
        self._root = root
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self._root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "tester",
            "REMOTE_ADDR": self.client_address[0],
        }
        backend = [program("git"), "http-backend"]
        done = subprocess.run(
            backend, input=body, env=environment, stdout=subprocess.PIPE, check=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        self.send_response(int(dict(fields).get("Status", "200").split()[0]))
        for name, value in fields:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def git_http(root: Path, host: str | None = None) -> Iterator[Origin]:
    """The repositories below `root`, to be cloned and pushed to, by git's own HTTP protocol."""
    with _served(partial(_Git, root), host, 0) as origin:
        yield origin


@contextmanager
def git_daemon(root: Path, host: str) -> Iterator[Origin]:
    """The repositories below `root` by git's own protocol."""
    port = free_port(host)
    # Not by `git daemon`: that is a parent which, ended, would leave the daemon behind.
    found = subprocess.run(["git", "--exec-path"], check=True, capture_output=True, text=True)
    daemon = f"{found.stdout.strip()}/git-daemon"
    safe = ["env", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"]
    argv = [*safe, daemon, "--export-all", "--reuseaddr"]
    argv += [f"--base-path={root}", f"--listen={host}", f"--port={port}", str(root)]
    with running(argv, (host, port), root):
        yield Origin(host, port)


def git(*arguments: str | Path, cwd: Path) -> str:
    """Run git with a configuration of its own; what it printed."""
    environment = {
        **os.environ,
        "HOME": str(cwd),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{
            f"GIT_{who}_{what}": f"tester{at}"
            for who in ("AUTHOR", "COMMITTER")
            for what, at in (("NAME", ""), ("EMAIL", "@example.com"))
        },
    }
    done = subprocess.run(
        [program("git"), *arguments], cwd=cwd, env=environment, capture_output=True, check=True
    )
    return done.stdout.decode()


def repository(root: Path, size: int) -> str:
    """A bare repository `root`/project.git with some commits and `size` random bytes; the id of
    its last commit."""
    work = root / "work"
    work.mkdir()
    git("init", "-q", "-b", "main", ".", cwd=work)
    for number in range(3):
        (work / f"file{number}").write_bytes(os.urandom(size // 3))
        git("add", ".", cwd=work)
        git("commit", "-q", "-m", f"commit {number}", cwd=work)
    git("clone", "-q", "--bare", "work", "project.git", cwd=root)
    git("config", "http.receivepack", "true", cwd=root / "project.git")
    return git("rev-parse", "HEAD", cwd=work).strip()


def debian_repository(root: Path, size: int) -> str:
    """A Debian repository in `root` with one package, hello-byway, of `size` bytes; the sha256 of
    its file pool/hello-byway.deb."""
    content = root / "build"
    (content / "DEBIAN").mkdir(parents=True)
    control = (
        "Package: hello-byway\nVersion: 1.0\nArchitecture: all\n"
        "Maintainer: Tester <tester@example.com>\n"
        "Description: what apt-get fetches\n"
    )
    (content / "DEBIAN/control").write_text(control)
    (content / "payload").write_bytes(os.urandom(size))
    (root / "pool").mkdir()
    deb = root / "pool/hello-byway.deb"
    build = [program("dpkg-deb"), "--root-owner-group", "-Znone", "--build", content, deb]
    subprocess.run(build, check=True, capture_output=True)
    data = deb.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    index = f"{control}Filename: pool/hello-byway.deb\nSize: {len(data)}\nSHA256: {digest}\n\n"
    lists = root / "dists/stable/main/binary-all"
    lists.mkdir(parents=True)
    (lists / "Packages").write_text(index)
    listed = hashlib.sha256(index.encode()).hexdigest()
    (root / "dists/stable/Release").write_text(
        "Suite: stable\nCodename: stable\nArchitectures: all\nComponents: main\n"
        f"SHA256:\n {listed} {len(index)} main/binary-all/Packages\n"
    )
    return digest
