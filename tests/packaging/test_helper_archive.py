"""The helper from a bundle's archive: the same files, by the system's interpreter, and nothing that
somebody else could have put in the way."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from functools import partial
from pathlib import Path

import pytest
from tests.support import own_system
from tests.support.byway import ROOT

from byway_bundle.helper import PlaceError, check_place

PRELUDE = """
import hashlib, io, tarfile
from byway_bundle.helper import _PYTHON, RECEIVE, _fed
INSTALL = [sys.executable, "-I", str(ROOT / "packaging/helper/install.py")]
sh(f"mkdir /mnt/user && cd /mnt/user && {' '.join(INSTALL)} --archive helper.tar && chown -R 1 .")
ARCHIVE = Path("/mnt/user/helper.tar").read_bytes()
def receive(archive, *words, packed=ARCHIVE):
    # As root's side: told the sum of what was packed, given what arrives.
    command = [*_PYTHON, RECEIVE, hashlib.sha256(packed).hexdigest(), *words]
    return subprocess.run(command, input=archive, env={}, capture_output=True)
def repacked(**parts):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in {"install.py": INSTALLER, **parts}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()
INSTALLER = (ROOT / "packaging/helper/install.py").read_bytes()
"""
on_own_system = partial(own_system.on_own_system, prelude=PRELUDE)


def test_the_same_as_from_the_checkout_and_gone_again():
    on_own_system("""
        assert subprocess.run(INSTALL).returncode == 0
        def files():
            return {p: (Path(p).read_bytes(), Path(p).lstat().st_mode) for p in written()
                    if not Path(p).is_symlink()}
        directly = files()
        assert subprocess.run([*INSTALL, "--uninstall"]).returncode == 0
        assert written() == []
        listed = receive(ARCHIVE, "--list")
        assert b"/usr/lib/byway/byway-helper" in listed.stdout and written() == []
        done = receive(ARCHIVE)
        assert done.returncode == 0, done
        assert files() == directly
        for file in map(Path, written()):
            found = file.lstat()
            assert found.st_uid == found.st_gid == 0, file
            assert file.is_symlink() or not found.st_mode & 0o022, file
        # An older helper, with a module that there is no more.
        Path("/usr/lib/byway/byway-helper").write_text("old")
        Path("/usr/lib/byway/python/byway_helper/of_yesterday.py").write_text("")
        assert receive(ARCHIVE).returncode == 0
        assert files() == directly
        assert receive(ARCHIVE, "--uninstall").returncode == 0
        assert not [p for p in Path("/mnt/up").rglob("*") if not p.is_dir()]
        assert not Path("/usr/lib/byway").exists()
    """)


def test_what_was_not_packed_is_not_even_looked_at():
    on_own_system("""
        marked = repacked(**{"install.py": b"open('/usr/ran', 'w')"})
        for arrived in (marked, ARCHIVE[:-1], ARCHIVE[: len(ARCHIVE) // 2], ARCHIVE + b"x", b""):
            refused = receive(arrived)
            assert refused.returncode == 1 and b"not what was packed" in refused.stderr, refused
            assert written() == []
    """)


def test_nothing_goes_elsewhere():
    on_own_system("""
        for name in ("/etc/cron.d/byway", "usr/lib/byway/python/../../../../etc/x", "/usr/bin/sh",
                     "/usr/lib/byway/python", "../up", "/usr/lib/byway/other"):
            archive = repacked(**{name: b"x"})
            refused = receive(archive, packed=archive)
            assert refused.returncode == 1, (name, refused)
            assert b"is no part of the helper" in refused.stderr, refused
            assert written() == []
    """)


def test_a_link_or_a_folder_of_others_on_the_way():
    on_own_system("""
        sh("mkdir /mnt/evil", "ln -s /mnt/evil /usr/lib/byway")
        refused = receive(ARCHIVE)
        assert refused.returncode == 1 and b"/usr/lib/byway is no folder" in refused.stderr
        assert not os.listdir("/mnt/evil")
        sh("rm /usr/lib/byway", "mkdir /usr/lib/byway", "chown 1 /usr/lib/byway")
        refused = receive(ARCHIVE)
        assert refused.returncode == 1 and b"can be written to by others" in refused.stderr
        assert not os.listdir("/usr/lib/byway")
        sh("chown 0 /usr/lib/byway", "echo kept > /mnt/target",
           "ln -s /mnt/target /usr/lib/byway/byway-helper")
        assert receive(ARCHIVE).returncode == 0
        assert Path("/mnt/target").read_text() == "kept\\n"
    """)


def test_an_environment_and_folders_of_others_have_no_say():
    """Each of them would leave a mark, if root's interpreter looked there."""
    on_own_system("""
        trap = "open('/usr/ran', 'a').write(__file__)"
        sh("mkdir -p /mnt/evil/.local/lib")
        for name in ("sitecustomize", "usercustomize", "tarfile", "hashlib", "argparse"):
            Path(f"/mnt/evil/{name}.py").write_text(trap)
        version = "python%d.%d" % sys.version_info[:2]
        for each in Path("/usr/bin").glob("python3.*"):
            local = Path("/usr/local/lib", each.name, "dist-packages")
            local.mkdir(parents=True, exist_ok=True)
            (local / "sitecustomize.py").write_text(trap)
            (local / "evil.pth").write_text("import os; open('/usr/ran', 'a').write('pth')")
        before = written()
        Path("/mnt/evil/python3").write_text("#!/bin/sh\\ntouch /usr/ran\\n")
        os.chmod("/mnt/evil/python3", 0o755)
        os.environ.update(
            PATH="/mnt/evil", PYTHONPATH="/mnt/evil", PYTHONHOME="/mnt/evil", HOME="/mnt/evil",
            PYTHONSTARTUP="/mnt/evil/tarfile.py", LD_PRELOAD="/mnt/evil/x.so",
            LD_LIBRARY_PATH="/mnt/evil", PYTHONUSERBASE="/mnt/evil/.local")
        os.chdir("/mnt/evil")
        status = _fed([*_PYTHON, RECEIVE, hashlib.sha256(ARCHIVE).hexdigest()], ARCHIVE)
        assert status == 0
        assert not Path("/usr/ran").exists(), Path("/usr/ran").read_text()
        assert "/mnt/up/lib/byway/byway-helper" in written()
    """)


def test_what_is_read_once_may_change_afterwards():
    """The archive's file changes when root's side has begun to read: nobody reads it again."""
    on_own_system("""
        command = [*_PYTHON, RECEIVE, hashlib.sha256(ARCHIVE).hexdigest()]
        root = subprocess.Popen(command, stdin=subprocess.PIPE, env={})
        root.stdin.write(ARCHIVE[:100_000])
        root.stdin.flush()
        Path("/mnt/user/helper.tar").write_bytes(repacked(**{"/usr/lib/byway/byway-helper": b"!"}))
        root.stdin.write(ARCHIVE[100_000:])
        root.stdin.close()
        assert root.wait() == 0
        launcher = Path("/usr/lib/byway/byway-helper").read_bytes()
        assert launcher == (ROOT / "polkit/data/byway-helper").read_bytes()
    """)


def test_packed_twice_is_the_same(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        file = tmp_path / name
        install = [sys.executable, "-I", ROOT / "packaging/helper/install.py", "--archive", file]
        subprocess.run(install, check=True)
        made.append(file.read_bytes())
    assert made[0] == made[1]
    with tarfile.open(fileobj=io.BytesIO(made[0])) as archive:
        assert {(each.uid, each.gid, each.mtime) for each in archive} == {(0, 0, 0)}


@pytest.fixture
def image(tmp_path: Path) -> Path:
    file = tmp_path / "own" / "Byway.AppImage"
    file.parent.mkdir(mode=0o755)
    file.touch(mode=0o755)
    return file


def test_an_image_of_ones_own_is_taken(image: Path) -> None:
    check_place(image, os.getuid())


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o777])
def test_one_that_others_may_write_to_is_not(image: Path, mode: int) -> None:
    image.chmod(mode)
    with pytest.raises(PlaceError, match=r"Byway\.AppImage can be written to .* chmod go-w"):
        check_place(image, os.getuid())


def test_nor_one_in_a_folder_of_others(image: Path) -> None:
    image.parent.chmod(0o777)
    with pytest.raises(PlaceError, match=r"own can be written to by other users"):
        check_place(image, os.getuid())
    image.parent.chmod(0o1777)  # as /tmp: what is ours stays ours
    check_place(image, os.getuid())


def test_nor_a_link_to_such_a_place(image: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(image)
    image.parent.chmod(0o777)
    with pytest.raises(PlaceError, match="own can be written"):
        check_place(link, os.getuid())


def test_nor_another_users(image: Path) -> None:
    me = os.getuid()
    if me == 0:  # root's are anybody's to use
        os.chown(image, 4321, -1)
    else:
        me += 1
    with pytest.raises(PlaceError, match="belongs to another user"):
        check_place(image, me)
