"""Executing a program as a shell would: the search in PATH, scripts without `#!`, and what to say
and which status to give where it cannot be done (POSIX, Shell Command Language, 2.8.2)."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

NOT_FOUND = 127
NOT_EXECUTABLE = 126

# Absent, as far as a search in PATH is concerned, execvp(3).
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.ENODEV, errno.ETIMEDOUT})
# What `sh` may be asked to read, when the kernel does not know the format and there is no `#!`.
_SHELL = "/bin/sh"


@dataclass(frozen=True, slots=True)
class NotExecuted:
    """`status` is what a shell would exit with; `sentence` says why, for the user."""

    status: int
    sentence: str


def execute(argv: tuple[str, ...], env: Mapping[str, str]) -> NotExecuted:
    """Become `argv[0]`, sought in `env`'s PATH. Returns only where that failed."""
    name = argv[0]
    failure: NotExecuted | None = None
    for path in candidates(name, env):
        try:
            _replace_process(path, argv, env)
        except OSError as error:
            code = error.errno or 0
            if code in _ABSENT and not os.path.exists(path):
                continue
            if code == errno.EACCES and "/" not in name and not os.path.exists(path):
                continue  # a folder in PATH that one may not look into: as good as absent
            # The search goes on after one that may not be executed, and stops at a stranger fault.
            status = NOT_FOUND if code == errno.ENOENT else NOT_EXECUTABLE
            failure = failure or NotExecuted(status, _why(path, code))
            if code not in (errno.EACCES, errno.ENOENT):
                break
    if failure is not None:
        return failure
    where = "no such file" if "/" in name else "no such program in PATH"
    return NotExecuted(NOT_FOUND, f"{name or 'an empty name'}: {where}")


def candidates(name: str, env: Mapping[str, str]) -> Iterable[str]:
    """The paths that `name` may mean, in order. An empty entry of PATH is the working directory."""
    if "/" in name:
        return [name]
    if not name:
        return []
    path = env.get("PATH", os.defpath)
    return [os.path.join(directory or ".", name) for directory in path.split(":")]


def _replace_process(path: str, argv: tuple[str, ...], env: Mapping[str, str]) -> None:
    try:
        os.execve(path, argv, env)  # noqa: S606 - no shell is the purpose
    except OSError as error:
        if error.errno != errno.ENOEXEC or _looks_binary(path):
            raise
        os.execve(_SHELL, [_SHELL, path, *argv[1:]], env)  # noqa: S606


def _looks_binary(path: str) -> bool:
    """As bash decides it: a NUL byte before the first newline."""
    try:
        with open(path, "rb") as file:
            return b"\0" in file.read(128).partition(b"\n")[0]
    except OSError:
        return True


def _why(path: str, code: int) -> str:
    if code == errno.ENOENT:
        return f"{path}: {_interpreter(path)} that it needs is missing"
    if os.path.isdir(path):
        return f"{path}: is a directory"
    if code == errno.EACCES:
        return f"{path}: not executable (permission denied)"
    if code == errno.ENOEXEC:
        return f"{path}: not a program of this machine"
    return f"{path}: {os.strerror(code)}"


def _interpreter(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            line = file.readline(256)
    except OSError:
        return "the interpreter"
    if line.startswith(b"#!"):
        named = line[2:].split()[:1]
        return f"the interpreter {os.fsdecode(b''.join(named))}"
    return "the loader or interpreter"
