"""The Flatpak in the hands of an ordinary user: not collected by itself, for building it takes
minutes. `./dev package flatpak --test` runs this, as root; BYWAY_FLATPAK names the file, and
BYWAY_RUNTIME the repository with the runtime for it.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.packaging.test_flatpak import ID, PERMISSIONS
from tests.support.own_system import on_own_system

# Who has nothing to do with it, and is on every system.
USER = "games"
# {home} is the user's, and stays from one test to the next.
PRELUDE = f"""
import atexit, contextlib, json, shlex, signal, time
from tests.support.byway import until as eventually
from tests.support.keyring_session import session_bus
from tests.support.own_system import *
from tests.support.screen import desktop
from tests.support.tray_host import tray_host
from tests.support.whole_machine import curl, profile_text
HOME, ID, USER = Path(sys.argv[1]), "{ID}", "{USER}"
DATA = HOME / ".var/app" / ID
AS_USER = ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"]
ENVIRONMENT = {{"HOME": str(HOME), "XDG_RUNTIME_DIR": str(HOME / "run"), "PATH": "/usr/bin:/bin",
               "LANG": "C.UTF-8", "GIO_USE_VFS": "local"}}
def flatpak(*words, check=True):
    more = {{k: os.environ[k] for k in ("DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS")
            if k in os.environ}}
    done = subprocess.run([*AS_USER, "flatpak", "--user", *words], env={{**ENVIRONMENT, **more}},
                          cwd=HOME, timeout=110, capture_output=True, text=True)
    assert not check or done.returncode == 0, done
    return done
def byway(*words, check=False):
    return flatpak("run", "--command=byway", ID, *words, check=check)
def start(*words, command="byway-desktop", **more):
    process = subprocess.Popen(
        [*AS_USER, "flatpak", "run", f"--command={{command}}", ID, *words],
        env={{**ENVIRONMENT, **more, **{{k: os.environ[k] for k in
             ("DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS") if k in os.environ}}}},
        cwd=HOME, stderr=subprocess.PIPE, text=True)
    atexit.register(process.kill)  # where a test fails
    return process
def files():
    # Flatpak's own repository is not compared: it prunes when it likes.
    found = (str(each.relative_to(HOME)) for each in HOME.rglob("*")
             if each.is_symlink() or not each.is_dir())
    return sorted(each for each in found
                  if not re.match(r"\\.local/share/flatpak/|run/|\\.cache/|\\.dbus", each))
@contextlib.contextmanager
def buses():
    # Flatpak asks the system's about parental controls.
    sh("mount -t tmpfs -o mode=755 tmpfs /run", "mkdir /run/dbus")
    daemon = subprocess.Popen(["dbus-daemon", "--system", "--nofork", "--print-address"],
                              stdout=subprocess.PIPE)
    try:
        assert daemon.stdout.readline()  # it listens
        with session_bus(HOME / "run", AS_USER):
            yield
    finally:
        daemon.kill()
        daemon.wait()
"""


def use(home: Path, code: str) -> str:
    return on_own_system(code, str(home), prelude=PRELUDE, patience=280)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Of a user who has installed it. Not below pytest's own folder, which each pytest that starts
    closes to others."""
    package, runtime = os.environ.get("BYWAY_FLATPAK", ""), os.environ.get("BYWAY_RUNTIME", "")
    assert package, "run this by ./dev package flatpak --test"
    with tempfile.TemporaryDirectory(prefix="byway-flatpak-") as name:
        install(Path(name), package, runtime)
        yield Path(name)


def install(folder: Path, package: str, runtime: str) -> None:
    use(
        folder,
        f"""
        sh(f"chown {{USER}}:{{USER}} {{HOME}}",
           f"install -d -o {{USER}} -g {{USER}} -m 700 {{HOME}}/run",
           "install -m 644 {package} /mnt/byway.flatpak")
        with buses():
            flatpak("remote-add", "--no-gpg-verify", "local", "file://{runtime}")
            flatpak("install", "--noninteractive", "local", "io.github.byway.Debian//13")
            (HOME / "before").write_text("\\n".join(files()))
            flatpak("install", "--noninteractive", "--bundle", "/mnt/byway.flatpak")
        """,
    )


def test_what_it_may_do(home: Path) -> None:
    """As Flatpak says it, and no more."""
    shown = use(home, 'print(flatpak("info", "--show-permissions", ID).stdout)')
    assert re.sub(r"\n\n+", "\n\n", shown).strip() == PERMISSIONS.strip()


def test_what_a_sandbox_forbids_is_said(home: Path) -> None:
    use(
        home,
        """
        with buses():
            from byway_core.version import __version__
            assert __version__ in byway("--version", check=True).stdout
            profile = DATA / "config/byway/profile.toml"
            sh(f"install -d -o {USER} -g {USER} {profile.parent}")
            profile.write_text(profile_text())
            run = byway("run", "--", "true")
            assert run.returncode == 1 and "is a Flatpak, whose sandbox may" in run.stderr, run
            trials = byway("leaktest")
            assert trials.returncode and "is a Flatpak" in trials.stderr, trials
            idle = byway("status")
            assert "`byway up` sends" in idle.stderr, idle
            up = byway("up")
            assert up.returncode == 1 and "says how to install it" in up.stderr, up
            told = byway("install-helper")
            script = DATA / "data/byway/install-helper.sh"
            assert told.returncode == 1 and f"sudo sh {script}\\n" in told.stderr, told
            def run(*words):
                return subprocess.run([*AS_USER, "sh", script, *words], capture_output=True,
                                      text=True)
            listed = run("--list")
            assert "/usr/lib/byway/byway-helper" in listed.stdout, listed
            refused = run()
            assert refused.returncode == 1 and "takes root" in refused.stderr, refused
            assert not written()
        """,
    )


RULES = """
polkit.addRule(function(action, subject) {
    if (action.id == "io.github.byway.intercept" && subject.user == "games")
        return polkit.Result.YES;
});
"""


def test_the_whole_machine_by_its_window(home: Path) -> None:
    """The helper by the exported script, authorised by polkit over the sandbox's system bus; seen,
    turned on, and turned off from another sandbox. BYWAY_PICTURE names a file for what is seen."""
    picture = os.environ.get("BYWAY_PICTURE", "/dev/null")
    use(
        home,
        f"RULES, PICTURE = {RULES!r}, {picture!r}\n"
        + """
async def main():
    async with stage(helper=False, rules=RULES), beyond():
        with session_bus(HOME / "run", AS_USER) as session:
            async with tray_host(session) as tray:
                loop = asyncio.get_running_loop()
                def tooltip():
                    async def told():
                        return await (await tray.item()).tooltip()
                    return asyncio.run_coroutine_threadsafe(told(), loop).result(DEADLINE)
                await asyncio.to_thread(work, tooltip)
def pids_of(name):
    # Of the program itself, not of the sandbox around it.
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = each.read_bytes().split(b"\\0")
            if words[1:2] == [b"/app/bin/" + name.encode()]:
                found.append(int(each.parent.name))
    return found
def get():
    return curl("203.0.113.1", "www.proxied.test")
def goes(who):
    eventually(lambda: get() == who, f"it comes from {who}")
OURS, PROXYS = "198.51.100.2", "198.51.100.1"
def work(tooltip):
    profile = DATA / "config/byway/profile.toml"
    sh(f"rm -rf {DATA}", f"install -d -o {USER} -g {USER} {HOME}/other")
    before, begin = shown(), written()
    with desktop(HOME / "other", AS_USER, tray=False) as screen:
        app = start(**screen.environment)
        def toggle():
            # A second sandbox, which tells the first one's window.
            started = start("--toggle", **screen.environment)
            assert started.wait(30) == 0, started.stderr.read()
        def first_steps():
            assert app.poll() is None, app.stderr.read()
            return screen.windows("First steps.*")
        eventually(first_steps, "the first steps")
        script = DATA / "data/byway/install-helper.sh"
        eventually(script.exists, "the script is there")
        eventually(lambda: tooltip() == "Byway: Off", "the tray has it")  # and all is painted
        screen.picture(Path(PICTURE))
        screen.keys("Escape")
        rules = "PROCESS-NAME,curl,REJECT", "DOMAIN-SUFFIX,proxied.test,office", "MATCH,DIRECT"
        sh(f"install -d -o {USER} -g {USER} {profile.parent}")
        profile.write_text(profile_text(rules=rules))
        installed = subprocess.run(["sh", script], env={}, capture_output=True, text=True)
        assert installed.returncode == 0, installed
        for each in written():
            found = Path(each).lstat()
            assert found.st_uid == found.st_gid == 0, each
        assert get() == OURS
        toggle()
        goes(PROXYS)
        eventually(lambda: tooltip() == "Byway: on, for every program", "the tray tells it")
        (status,) = json.loads(byway("status", "--json", check=True).stdout)
        assert status["kind"] == "machine" and status["has_machine"], status
        # /proc in a sandbox shows nobody: the first rule matches nothing, and that is told.
        assert "rules by process or user match nothing here: this Byway is a Flatpak" in str(status)
        assert "www.proxied.test" in byway("connections", "--all").stdout
        tried = byway("leaktest", "--here")
        assert tried.returncode == 0 and "not from a Flatpak" in tried.stderr, tried
        toggle()
        goes(OURS)
        eventually(lambda: tooltip() == "Byway: Off", "the tray tells it")
        assert shown() == before, shown()
        # An engine of a third sandbox, whose processes have the same ids as the window's own: the
        # window takes it up, and ends it.
        up = start("up", command="byway")
        goes(PROXYS)
        eventually(lambda: tooltip() == "Byway: on, for every program", "the window takes it up")
        toggle()
        assert up.wait(30) == 0
        goes(OURS)
        up = start("up", command="byway")
        goes(PROXYS)
        down = byway("down")
        assert down.returncode == 0 and up.wait(30) == 0, down
        assert get() == OURS
        assert shown() == before, shown()
        explained = byway("status", "--explain", check=True).stdout
        assert "reached, version" in explained and "conflict" not in explained, explained
        assert "a Flatpak sees no processes" in explained, explained
        # An engine outlives its window, and the next one, in another sandbox, takes it up.
        toggle()
        goes(PROXYS)
        (window,) = pids_of("byway-desktop")
        os.kill(window, signal.SIGKILL)
        eventually(lambda: not pids_of("byway-desktop"), "it is gone")
        assert get() == PROXYS
        app = start(**screen.environment)
        eventually(lambda: screen.windows("Byway"), "the next window")
        eventually(lambda: tooltip() == "Byway: on, for every program", "it takes the engine up")
        toggle()
        goes(OURS)
        eventually(lambda: shown() == before, "all is given back")
        sh(shlex.join([*AS_USER, "env", f"XDG_RUNTIME_DIR={HOME}/run", "flatpak", "kill", ID]))
        app.wait(30)
    removed = subprocess.run(["sh", script, "--uninstall"], env={}, capture_output=True, text=True)
    assert removed.returncode == 0, removed
    assert written() == begin
    assert shown() == before, shown()
asyncio.run(main())
""",
    )


def test_it_goes_without_a_trace(home: Path) -> None:
    use(
        home,
        """
        with buses():
            flatpak("uninstall", "--noninteractive", "--delete-data", ID)
            assert ID not in flatpak("list").stdout
        left = [each for each in files() if each not in (HOME / "before").read_text().splitlines()]
        left = [each for each in left if not each.startswith(("other", "before"))]
        assert not left and not DATA.exists(), left
        """,
    )
