"""What rules compare of a process: its names, its path. Always in any letter case, because the
same lists are read on systems where that does not count.
"""

from __future__ import annotations

from byway_core.model.decision import Process


def own_name(path: str) -> str:
    """The last part of an executable's path."""
    return path.rpartition("/")[2]


def names_of(process: Process) -> tuple[str, ...]:
    """As they are written: the executable's, and the kernel's word where that is another (a
    script's name; its first 15 bytes). Those that are known."""
    path, name, _ = process
    file = own_name(path)
    if not name or name == file:
        return (file,) if file else ()
    return (file, name) if file else (name,)


def texts_of(process: Process, of_path: bool) -> tuple[str, ...]:
    """What a pattern is asked about: the path, or the names."""
    if of_path:
        return (process.path,) if process.path else ()
    return names_of(process)
