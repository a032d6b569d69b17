"""The AppImage in the hands of an ordinary user: not collected by itself, for building it takes
minutes. `./dev package appimage --test` runs this, as root; BYWAY_IMAGE names the file.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.support.byway import ROOT
from tests.support.own_system import on_own_system

MOST_BYTES = 55 * 1024 * 1024
# Who has nothing to do with it, and is on every system.
USER = "games"
# {image} is the file. The user's home has a copy, and FUSE is for everybody, as on most systems.
PRELUDE = """
import atexit, signal, time
from tests.support.byway import until
IMAGE, USER, HOME = sys.argv[1], "games", Path("/mnt/home")
PROFILE = str(ROOT / "resources/byway_resources/starter.toml")
sh("ip link set lo up", "install -d -m 1777 /mnt/tmp",
   "mknod -m 666 /mnt/fuse c 10 229", "mount --bind /mnt/fuse /dev/fuse",
   f"install -d -o {USER} -g {USER} -m 700 {HOME} {HOME}/run {HOME}/other",
   f"install -o {USER} -g {USER} -m 755 {IMAGE} {HOME}/Byway.AppImage",
   f"install -m 644 {PROFILE} {HOME}/profile.toml")
PROFILE = f"{HOME}/profile.toml"
os.environ.pop("PYTHONPATH", None)
ENVIRONMENT = {"HOME": str(HOME), "XDG_RUNTIME_DIR": f"{HOME}/run", "PATH": "/usr/bin:/bin",
               "LANG": "C.UTF-8", "TMPDIR": "/mnt/tmp"}
AS_USER = ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"]
BYWAY = [*AS_USER, str(HOME / "Byway.AppImage")]
def byway(*words, check=True, **more):
    done = subprocess.run([*BYWAY, *words], env={**ENVIRONMENT, **more}, cwd=HOME, timeout=50,
                          capture_output=True, text=True)
    assert not check or done.returncode == 0, done
    return done
def start(*words, command=BYWAY, **more):
    process = subprocess.Popen([*command, *words], env={**ENVIRONMENT, **more}, cwd=HOME,
                               stdout=subprocess.PIPE, text=True)
    atexit.register(process.kill)  # where a test fails
    return process
def traces():
    return [each for each in os.listdir("/mnt/tmp")]
def gone():
    until(lambda: not traces(), "no temporary folder is left")
"""


@pytest.fixture(scope="session")
def image() -> Path:
    file = os.environ.get("BYWAY_IMAGE", "")
    assert file, "run this by ./dev package appimage --test"
    return Path(file).resolve()


def use(image: Path, code: str) -> str:
    return on_own_system(code, str(image), prelude=PRELUDE, patience=120)


def test_it_is_small_and_of_the_second_type(image: Path) -> None:
    assert image.stat().st_size <= MOST_BYTES
    with image.open("rb") as file:
        assert file.read(11)[8:] == b"AI\x02"


@pytest.mark.timeout(1200)
def test_built_elsewhere_it_is_the_same(image: Path, tmp_path: Path) -> None:
    """Another folder, another user's mask, its own environment of packages."""
    tree = tmp_path / "elsewhere"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, names.decode().split("\0")):
        there = tree / name
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes((ROOT / name).read_bytes())
        there.chmod((ROOT / name).stat().st_mode & 0o700 | 0o044)
    (tree / ".venv").symlink_to(ROOT / ".venv")
    when = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    environment = {**os.environ, "SOURCE_DATE_EPOCH": when.stdout.strip()}
    build = [tree / "packaging/appimage/build"]
    subprocess.run(build, env=environment, umask=0o027, check=True)
    (made,) = (tree / "dist").glob("*.AppImage")
    assert made.read_bytes() == image.read_bytes()


def test_the_command_line_and_nothing_left_behind(image: Path) -> None:
    use(
        image,
        """
        from byway_core.version import __version__
        assert __version__ in byway("--version").stdout
        assert "--install-helper" in byway("--help").stdout
        assert byway("status", check=False).stderr.startswith("byway does not run")
        assert byway("no-such-command", check=False).returncode == 2
        assert "--appimage-mount" in byway("--appimage-help").stdout
        assert byway("--appimage-extract", "AppRun").returncode == 0
        assert os.readlink(HOME / "squashfs-root/AppRun") == "usr/lib/byway/byway"
        gone()
    """,
    )


@pytest.mark.parametrize("how", ["mounted", "extracted", "without fuse"])
def test_a_program_goes_by_the_rules(image: Path, how: str) -> None:
    """With no libnftables on the machine, and no helper; the program has its user's environment."""
    use(
        image,
        f"""
        how = {how!r}
        sh("mount --bind /dev/null $(realpath /usr/lib/*/libnftables.so.1)",
           "mkdir /mnt/www && echo hello > /mnt/www/index.html")
        server = subprocess.Popen([sys.executable, "-m", "http.server", "8123", "-d", "/mnt/www",
                                   "--bind", "127.0.0.1"], stderr=subprocess.DEVNULL)
        more = {{"APPIMAGE_EXTRACT_AND_RUN": "1"}} if how == "extracted" else {{}}
        if how == "without fuse":
            sh("chmod 600 /mnt/fuse")
        url = "http://127.0.0.1:8123/"
        waits = ["--retry", "9", "--retry-connrefused", "--retry-delay", "1"]
        run = ["run", "--profile", PROFILE, "--"]
        assert byway(*run, "curl", "-sS", *waits, url, **more).stdout == "hello\\n"
        with_more = {{**ENVIRONMENT, **more}}
        told = byway(*run, "env", LD_LIBRARY_PATH="/mine", QT_PLUGIN_PATH="/too", **more).stdout
        seen = dict(line.split("=", 1) for line in told.splitlines())
        image = seen.pop("APPIMAGE"), seen.pop("APPDIR")
        assert image[0] == str(HOME / "Byway.AppImage") and "byway" in image[1]
        assert seen == {{**with_more, "LD_LIBRARY_PATH": "/mine", "QT_PLUGIN_PATH": "/too"}}, seen
        server.kill()
        server.wait()
        gone()
    """,
    )


@pytest.mark.parametrize("how", ["mounted", "extracted"])
def test_the_process_that_was_started_is_the_program(image: Path, how: str) -> None:
    """So a signal reaches it, its status is told, and its files are there for its children."""
    use(
        image,
        f"""
        more = {{"APPIMAGE_EXTRACT_AND_RUN": "1"}} if {how!r} == "extracted" else {{}}
        run = ["run", "--profile", PROFILE, "--", "sh", "-c"]
        assert byway(*run, "exit 7", check=False, **more).returncode == 7
        gone()
        one = start(*run, "echo started; exec sleep 1000", **more)
        assert one.stdout.readline() == "started\\n"
        assert traces()
        one.send_signal(signal.SIGTERM)
        assert one.wait(20) == 128 + signal.SIGTERM
        gone()
        # A second process of the same files outlives the first, as an engine does its window.
        first = start("serve", "--events", "--profile", PROFILE, **more)
        assert first.stdout.readline()
        own = Path(f"/proc/{{first.pid}}/exe").resolve()
        assert "byway" in str(own) and str(own).startswith("/mnt/tmp/.")
        second = start(*run, "echo started; exec sleep 1000", command=[*AS_USER, str(own)])
        assert second.stdout.readline() == "started\\n"
        first.kill()
        first.wait()
        assert subprocess.run([*AS_USER, str(own), "--version"], env=ENVIRONMENT).returncode == 0
        second.terminate()
        second.wait(20)
        gone()
    """,
    )


def test_mounted_to_be_looked_at(image: Path) -> None:
    use(
        image,
        """
        shown = start("--appimage-mount")
        folder = Path(shown.stdout.readline().strip())
        look = [*AS_USER, "cat", str(folder / "usr/lib/byway/NOTICES")]
        assert "libnftables1" in subprocess.run(look, capture_output=True, text=True).stdout
        shown.send_signal(signal.SIGINT)
        assert shown.wait(20) == 0
        gone()
    """,
    )


def test_its_window(image: Path) -> None:
    """Shown on an X server, and told from where; BYWAY_PICTURE names a file for what is seen."""
    picture = os.environ.get("BYWAY_PICTURE", "/dev/null")
    told = use(
        image,
        f"""
        from tests.support.screen import desktop
        folder = HOME / "other"
        with desktop(folder, AS_USER) as shown:
            seconds = []
            for number in range(4):
                begin = time.monotonic()
                app = start("--temp-dirs", **shown.environment)
                until(lambda: shown.windows("Byway"), "the window is there")
                seconds.append(time.monotonic() - begin)
                if number == 0:
                    until(lambda: shown.windows("First steps.*"), "the first steps")
                    shown.picture(Path({picture!r}))
                app.terminate()
                assert app.wait(20) == 0
                gone()
        print("start to window:", *(f"{{each:.2f}} s" for each in seconds))
    """,
    )
    print(told)


@pytest.mark.timeout(600)
def test_on_a_bare_system(image: Path, tmp_path: Path) -> None:
    """Debian 13 with libgl1 and libegl1, and nothing else that is not in every Debian; no FUSE."""
    bare = tmp_path / "bare"
    make = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=libgl1,libegl1"]
    subprocess.run([*make, "trixie", bare], check=True)
    use(
        image,
        f"""
        from tests.support.screen import desktop
        bare = Path({str(bare)!r})
        with desktop(HOME / "other", AS_USER) as shown:
            sockets = "/tmp/.X11-unix"
            sh(f"mkdir {{bare}}{{sockets}}", f"mount --bind {{sockets}} {{bare}}{{sockets}}",
               f"mount --rbind /proc {{bare}}/proc", f"install -m 755 {{IMAGE}} {{bare}}/Byway")
            there = ["/usr/sbin/chroot", "--userspec=games", str(bare)]
            app = start("/Byway", "--temp-dirs", command=there,
                        **{{**shown.environment, "TMPDIR": "/tmp", "HOME": "/tmp"}})
            until(lambda: shown.windows("Byway"), "the window is there")
            app.terminate()
            assert app.wait(20) == 0
            until(lambda: not list(bare.glob("tmp/.extracted*")), "nothing is left")
    """,
    )


def test_in_the_menu_and_out_of_it(image: Path) -> None:
    use(
        image,
        """
        def files():
            return sorted(str(p) for p in HOME.rglob("*") if p.is_file())
        before = files()
        done = byway("--integrate")
        new = [each for each in files() if each not in before]
        assert sorted(line.split()[1] for line in done.stdout.splitlines()) == new
        entry = HOME / ".local/share/applications/io.github.byway.Byway.desktop"
        sh(f"desktop-file-validate {entry}")
        assert f"Exec={HOME}/Byway.AppImage\\n" in entry.read_text()
        assert f"Exec={HOME}/Byway.AppImage --toggle\\n" in entry.read_text()
        assert any(each.endswith(".svg") for each in new)
        byway("--integrate")
        assert [each for each in files() if each not in before] == new
        byway("--unintegrate")
        assert files() == before
    """,
    )


ALLOWED = """
polkit.addRule(function(action, subject) {
    if (action.id == "org.freedesktop.policykit.exec" && subject.user == "games"
        && action.lookup("program") == "/usr/bin/python3")
        return polkit.Result.RESULT;
});
"""
STAGED = """
async def staged(work):
    async with stage(helper=False, rules=RULES) as place:
        sh("mount -t tmpfs -o mode=755 tmpfs /run", "mkdir /run/dbus",
           f"ln -s {place.folder}/bus /run/dbus/system_bus_socket",
           f"chmod 755 {place.folder}")
        await asyncio.to_thread(work)
# polkit's own files are out of sight meanwhile, and its policy of ours is there already.
def there():
    return [p for p in written() if "polkit-1" not in p]
"""


def test_the_helper_is_installed_by_pkexec_and_removed(image: Path) -> None:
    """Root's process cannot even read the user's mount: what it has came through the pipe."""
    rules = ALLOWED.replace("RESULT", "YES")
    use(
        image,
        f"RULES = {rules!r}"
        + STAGED
        + """
def work():
    begin = there()
    done = byway("--install-helper")
    for words in "/usr/lib/byway/byway-helper", "files are in place":
        assert words in done.stdout, done
    for each in there():
        found = Path(each).lstat()
        assert found.st_uid == found.st_gid == 0, each
    shown = start("--appimage-mount")
    mount = shown.stdout.readline().strip()
    try:
        os.listdir(mount)
        raise AssertionError("root reads a user's FUSE mount: has it been mounted for all?")
    except PermissionError:
        pass
    shown.terminate()
    shown.wait(20)
    helper = subprocess.run(["/usr/lib/byway/byway-helper", "--repair"], capture_output=True)
    assert helper.returncode == 0, helper
    again = byway("install-helper").stdout
    assert "wrote" not in again, again
    assert byway("--uninstall-helper").returncode == 0
    assert there() == begin, there()
    assert not Path("/usr/lib/byway").exists()
asyncio.run(staged(work))
""",
    )


def test_nothing_is_installed_where_nobody_allows_it(image: Path) -> None:
    rules = ALLOWED.replace("RESULT", "NO")
    use(
        image,
        f"RULES = {rules!r}"
        + STAGED
        + """
def work():
    begin = there()
    refused = byway("--install-helper", check=False)
    assert refused.returncode == 1, refused
    assert f"sudo {HOME}/Byway.AppImage --install-helper" in refused.stderr, refused
    assert there() == begin
asyncio.run(staged(work))
""",
    )


def test_an_image_that_somebody_else_could_change_installs_nothing(image: Path) -> None:
    use(
        image,
        """
        begin = written()
        def refused(command, words, **more):
            done = subprocess.run(command, env={**ENVIRONMENT, **more}, capture_output=True,
                                  text=True, cwd="/")
            assert done.returncode == 1 and words in done.stderr, done
            assert written() == begin
        file = HOME / "Byway.AppImage"
        file.chmod(0o775)
        refused([*BYWAY, "--install-helper"], "can be written to by other users")
        file.chmod(0o755)
        HOME.chmod(0o777)
        refused([*BYWAY, "--install-helper"], f"{HOME} can be written to by other users")
        HOME.chmod(0o711)
        other = ["setpriv", "--reuid", "man", "--regid", "man", "--clear-groups"]
        refused([*other, str(file), "--install-helper"], "belongs to another user")
        # Root's word is root's, and with sudo that of who has called it.
        refused([str(file), "--install-helper"], "belongs to another user")
        sudo = {"SUDO_UID": str(os.stat(file).st_uid)}
        done = subprocess.run([str(file), "--install-helper"], env={**ENVIRONMENT, **sudo})
        assert done.returncode == 0 and Path("/usr/lib/byway/byway-helper").exists()
        done = subprocess.run([str(file), "--uninstall-helper"], env={**ENVIRONMENT, **sudo})
        assert done.returncode == 0 and written() == begin
    """,
    )
