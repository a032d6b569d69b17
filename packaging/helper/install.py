"""Installs Byway's privileged helper, or removes it: root-owned copies, each of them said.

    sudo python3 -I install.py [--uninstall | --list | --archive FILE]    (`byway install-helper`)

What root will run must be root's all the way down: a folder on the way to a target that somebody
else may write to is an error, before anything is copied. Sources are read once, whole, and what was
read is what is written, so that nothing can change in between. Run again, it brings everything up
to date and removes what is no longer part of it.

An archive has all of it and this file. From there a bundle's copy is installed: whoever has read it
calls `main` with its parts.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import io
import os
import select
import signal
import stat
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

# In a checkout packaging/helper; in the wheel byway_resources/helper, with its data beside it.
HERE = Path(__file__).resolve().parent
_IN_WHEEL = (HERE / "data").is_dir()
PACKAGES = HERE.parent.parent if _IN_WHEEL else HERE.parent.parent / "polkit"
DATA = HERE / "data" if _IN_WHEEL else PACKAGES / "data"
HOME = PurePosixPath("/usr/lib/byway")
PYTHON = HOME / "python"

UNITS = PurePosixPath("/usr/lib/systemd/system")
# In DATA -> the folder in which the system looks for it, and its mode.
FILES = {
    "byway-helper": (HOME, 0o755),
    "io.github.byway.Helper1.conf": (PurePosixPath("/usr/share/dbus-1/system.d"), 0o644),
    "io.github.byway.Helper1.service": (PurePosixPath("/usr/share/dbus-1/system-services"), 0o644),
    "io.github.byway.policy": (PurePosixPath("/usr/share/polkit-1/actions"), 0o644),
    "byway-helper.service": (UNITS, 0o644),
    "byway-clean-up.service": (UNITS, 0o644),
    "hardening.conf": (UNITS / "byway-.service.d", 0o644),
}
# Started at each boot, as if enabled: link -> where it leads.
LINKS = {UNITS / "multi-user.target.wants/byway-clean-up.service": "../byway-clean-up.service"}
# Taking everything back is a matter of milliseconds; of seconds where there is no nftables.
PATIENCE = 30

OWN = ("byway_helper", "byway_iptables")
KINDS = (".py", ".nft", ".iptables")
# Pure Python of each: compiled parts would be of one interpreter, and the system's may be another.
LIBRARIES = ("dbus_fast", "pyroute2")

SELF = "install.py"  # its name in an archive

Files = dict[PurePosixPath, tuple[bytes, int]]


class InstallError(Exception):
    """Why nothing was installed, for a person to read."""


def wanted() -> Files:
    """Every file to be there: target -> content and mode."""
    found: Files = {}
    for name, (folder, mode) in FILES.items():
        found[folder / name] = ((DATA / name).read_bytes(), mode)
    packages = [(name, PACKAGES / name) for name in OWN]
    packages += [(name, _library(name)) for name in LIBRARIES]
    for name, source in packages:
        for file in sorted(each for each in source.rglob("*") if each.suffix in KINDS):
            found[PYTHON / name / file.relative_to(source)] = (file.read_bytes(), 0o644)
    return found | _iptables()


def packed(files: Files) -> bytes:
    """The archive: the same files make the same bytes."""
    parts = {str(target): content for target, (content, _) in files.items()}
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in sorted({SELF: Path(__file__).read_bytes(), **parts}.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def unpacked(parts: Mapping[str, bytes]) -> Files:
    """What an archive's parts are to be; InstallError where one of them would go elsewhere."""
    modes = {str(folder / name): mode for name, (folder, mode) in FILES.items()}
    files: Files = {}
    for name, content in parts.items():
        if name == SELF:
            continue
        target = PurePosixPath("/", name)
        if str(target) not in modes and (PYTHON not in target.parents or ".." in target.parts):
            raise InstallError(f"{name} is no part of the helper: nothing was copied")
        files[target] = (content, modes.get(str(target), 0o644))
    return files


def _iptables() -> Files:
    """python-iptables, for hosts without nftables; nothing where it is not installed. Its part in C
    knows no Python: by this name every interpreter finds it."""
    if importlib.util.find_spec("iptc") is None:
        return {}
    source = _library("iptc")
    found = {
        PYTHON / "iptc" / file.name: (file.read_bytes(), 0o644) for file in source.glob("*.py")
    }
    wrapper = importlib.util.find_spec("libxtwrapper")
    if wrapper is not None and wrapper.origin is not None:
        found[PYTHON / "libxtwrapper.so"] = (Path(wrapper.origin).read_bytes(), 0o644)
    return found


def _library(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise InstallError(
            f"the Python package {name} is not there: run this with Byway's own interpreter, as in "
            "`byway install-helper`"
        )
    return Path(spec.origin).parent


def check_way(root: Path, target: PurePosixPath) -> None:
    """InstallError where a folder on the way is a link, or not root's alone to write."""
    way = root
    for part in target.parent.parts[1:]:
        way = way / part
        try:
            found = way.lstat()
        except FileNotFoundError:
            return  # made by us, and root's
        if stat.S_ISLNK(found.st_mode) and way.parent == root:
            found = way.stat()  # /lib -> usr/lib and the like
        if not stat.S_ISDIR(found.st_mode):
            raise InstallError(f"{way} is no folder")
        if found.st_uid != 0 or found.st_mode & 0o022:
            raise InstallError(f"{way} can be written to by others than root: nothing was copied")


def put(place: Path, content: bytes, mode: int) -> bool:
    """Write it beside and move it there, so that nobody sees half of it; False where it is so
    already."""
    try:
        found = place.lstat()
        same = stat.S_ISREG(found.st_mode) and stat.S_IMODE(found.st_mode) == mode
        if same and found.st_uid == 0 and place.read_bytes() == content:
            return False
    except FileNotFoundError:
        pass
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with open(descriptor, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        os.fsync(file.fileno())
    os.replace(fresh, place)
    return True


def link(place: Path, to: str) -> bool:
    """Make it lead there; False where it does."""
    if place.is_symlink() and os.readlink(place) == to:
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(to)
    os.replace(fresh, place)
    return True


def install(root: Path, files: Files) -> None:
    for target in (*files, *LINKS):
        check_way(root, target)
    os.umask(0o022)
    written = Counter(
        _said(target)
        for target, (content, mode) in files.items()
        if put(_under(root, target), content, mode)
    )
    for target, count in written.items():
        print(f"wrote    {target}" + (f" ({count} files)" if target.endswith("/") else ""))
    for target, to in LINKS.items():
        if link(_under(root, target), to):
            print(f"linked   {target}")
    _remove(root, {_under(root, target) for target in files})
    # What root runs must not be written by what runs as root: compiled now, or never.
    compiled = ["/usr/bin/python3", "-IS", "-m", "compileall", "-q", str(_under(root, PYTHON))]
    if root == Path("/") and subprocess.run(compiled, check=False).returncode:
        raise InstallError("/usr/bin/python3 could not compile the helper: is it 3.11 or newer?")
    _tell_systemd(root)
    print(f"{len(files) + len(LINKS)} files are in place")
    if PYTHON / "libxtwrapper.so" not in files:
        print("python-iptables was left out, for it is not here: hosts without nftables need it")
    if root == Path("/") and _helper():
        print("a helper runs; the new one takes its place a minute after the last has used it")


def uninstall(root: Path) -> None:
    targets = [*LINKS, *(folder / name for name, (folder, _) in FILES.items())]
    for target in targets:
        check_way(root, target)
    launcher = _under(root, HOME / "byway-helper")
    if root == Path("/") and launcher.exists():
        _end_helper()
        if subprocess.run([launcher, "--repair"], check=False).returncode:
            raise InstallError("the network could not be restored: nothing was removed")
    for target in targets:
        place = _under(root, target)
        if place.exists() or place.is_symlink():
            place.unlink()
            print(f"removed  {target}")
    _remove(root, set())
    for folder in (UNITS / "byway-.service.d", UNITS / "multi-user.target.wants"):
        with contextlib.suppress(OSError):  # not ours alone, or not there
            _under(root, folder).rmdir()
    _tell_systemd(root)


def _helper() -> int | None:
    """The process id of the one that runs, if one does."""
    sys.path.insert(0, str(PYTHON))  # installed by us, for an interpreter that has none of its own
    from dbus_fast import BusType, Message, MessageType
    from dbus_fast.aio import MessageBus

    async def pid() -> int | None:
        try:
            bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        except OSError:
            return None  # no bus, no helper
        dbus, member = "org.freedesktop.DBus", "GetConnectionUnixProcessID"
        asked = Message(dbus, "/", dbus, member, signature="s", body=["io.github.byway.Helper1"])
        reply = await bus.call(asked)
        bus.disconnect()
        return reply.body[0] if reply.message_type is MessageType.METHOD_RETURN else None

    return asyncio.run(pid())


def _end_helper() -> None:
    """What it has in force goes with it."""
    found = _helper()
    if found is None:
        return
    try:
        process = os.pidfd_open(found)
        signal.pidfd_send_signal(process, signal.SIGTERM)
    except ProcessLookupError:
        return
    poller = select.poll()
    poller.register(process, select.POLLIN)
    if not poller.poll(PATIENCE * 1000):
        raise InstallError(f"the helper, process {found}, does not end: nothing was removed")
    print(f"ended    the helper, process {found}")


def _said(target: PurePosixPath) -> str:
    """A file of our own, or the package that it belongs to."""
    if PYTHON in target.parents and target.parent != PYTHON:
        return f"{PYTHON / target.relative_to(PYTHON).parts[0]}/"
    return str(target)


def _tell_systemd(root: Path) -> None:
    if root == Path("/") and Path("/run/systemd/system").is_dir():
        subprocess.run(["/usr/bin/systemctl", "daemon-reload"], check=False)


def _remove(root: Path, keep: set[Path]) -> None:
    """Everything below our own folder that is not to be there."""
    home = _under(root, HOME)
    if not home.exists():
        return
    for folder, folders, names in os.walk(home, topdown=False):
        for name in names:
            file = Path(folder, name)
            if file not in keep:
                file.unlink()
        for name in folders:
            inner = Path(folder, name)
            if inner.is_symlink():
                inner.unlink()
            elif not any(inner.iterdir()):
                inner.rmdir()
    if not any(home.iterdir()):
        home.rmdir()
        print(f"removed  {HOME}")


def _under(root: Path, target: PurePosixPath) -> Path:
    return root.joinpath(*target.parts[1:])


def main(argv: Sequence[str] | None = None, parts: Mapping[str, bytes] | None = None) -> int:
    """Do it, of a checkout or with an archive's parts; the exit status."""
    parser = argparse.ArgumentParser(description="Install Byway's privileged helper, or remove it.")
    parser.add_argument("--root", type=Path, default=Path("/"), help="for building packages")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--uninstall", action="store_true")
    instead.add_argument("--list", action="store_true", help="only say what would be copied")
    instead.add_argument(
        "--archive", type=Path, metavar="FILE", help="pack all of it, for a bundle"
    )
    options = parser.parse_args(argv)
    if os.geteuid() != 0 and not (options.list or options.archive):
        print("install.py: this takes root (sudo)", file=sys.stderr)
        return 1
    root = options.root.resolve()
    try:
        if options.uninstall:
            uninstall(root)
            return 0
        files = wanted() if parts is None else unpacked(parts)
        if options.archive:
            options.archive.write_bytes(packed(files))
        elif options.list:
            print("\n".join(dict.fromkeys(map(_said, (*files, *LINKS)))))
        else:
            install(root, files)
    except InstallError as error:
        print(f"install.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
