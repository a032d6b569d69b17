"""The installer, on a private view of the system's files; and what it installed, in use."""

from __future__ import annotations

from functools import partial

from tests.support import own_system

PRELUDE = """
INSTALL = [sys.executable, "-I", str(ROOT / "packaging/helper/install.py")]
def install(*words):
    return subprocess.run([*INSTALL, *words], capture_output=True, text=True)
"""
on_own_system = partial(own_system.on_own_system, prelude=PRELUDE)


def test_installed_again_and_removed():
    on_own_system("""
        first = install()
        assert first.returncode == 0, first
        there = written()
        assert f"{len(there)} files are in place" in first.stdout
        packages = map(int, re.findall(r"\\((\\d+) files\\)", first.stdout))
        single = re.findall(r"^(?:wrote|linked) .*[^)]$", first.stdout, re.M)
        assert sum(packages) + len(single) == len(there), first.stdout
        boot = Path("/usr/lib/systemd/system/multi-user.target.wants/byway-clean-up.service")
        assert boot.resolve() == Path("/usr/lib/systemd/system/byway-clean-up.service")
        for file in map(Path, there):
            found = file.stat()
            assert found.st_uid == 0 and not found.st_mode & 0o022, file
        for word in ("/usr/lib/byway/byway-helper", "/usr/share/polkit-1/actions/io.github.byway."):
            assert word in first.stdout
        again = install().stdout
        assert "wrote" not in again and "linked" not in again  # nothing to do
        stale = Path("/usr/lib/byway/python/byway_helper/of_yesterday.py")
        stale.write_text("")
        Path("/usr/lib/byway/byway-helper").write_text("changed")
        again = install().stdout
        assert again.count("wrote") == 1 and "wrote    /usr/lib/byway/byway-helper" in again
        assert written() == there and not stale.exists()
        assert install("--uninstall").returncode == 0
        assert not [p for p in Path("/mnt/up").rglob("*") if not p.is_dir()]
        assert not Path("/usr/lib/byway").exists()
        assert install("--uninstall").returncode == 0
    """)


def test_started_by_the_bus_and_used(backend):
    """With nothing but the system's interpreter and what was installed."""
    on_own_system(f"""
        from byway_core.helper_client.lease import Helper
        sh("mount -t tmpfs tmpfs /run")  # there is iptables' lock
        if "{backend}" == "iptables":
            sh("mount --bind /dev/null $(realpath /usr/lib/*/libnftables.so.1)")
        from byway_helper.contract import *
        from byway_helper.protocol import Request
        assert install().returncode == 0
        there = sh("find /usr/lib/byway")
        async def main():
            async with stage(helper=False, installed=True) as place:
                before = shown()
                helper = await Helper.reached()
                assert (await helper.status())["backend"] == "{backend}"
                await helper.start(Request(Plan(Mode.GLOBAL)), lambda: None)
                assert taking(shown())
                await helper.stop()
                assert shown() == before
                helper.close()
        asyncio.run(main())
        assert sh("find /usr/lib/byway") == there  # it writes nothing
    """)


def test_uninstalled_while_it_is_in_force():
    on_own_system("""
        from byway_core.helper_client.lease import Helper
        from byway_helper.contract import *
        from byway_helper.protocol import Request
        async def main():
            assert install().returncode == 0
            async with stage(helper=False, installed=True) as place:
                before = shown()
                helper = await Helper.reached()
                lost = asyncio.Event()
                await helper.start(Request(Plan(Mode.GLOBAL), kill_switch=True), lost.set)
                assert "inet byway {" in shown() and "inet byway_guard {" in shown()
                done = await asyncio.to_thread(install, "--uninstall")
                assert done.returncode == 0, done
                assert "ended    the helper" in done.stdout
                await asyncio.wait_for(lost.wait(), DEADLINE)
                helper.close()
                assert shown() == before, shown()
                assert not [p for p in Path("/mnt/up").rglob("*") if not p.is_dir()]
        asyncio.run(main())
    """)


def test_what_boot_and_the_bus_start_may_do_little():
    on_own_system("""
        assert install().returncode == 0
        for unit in "byway-helper.service", "byway-clean-up.service":
            told = sh(f"systemd-analyze security --offline=true --root=/ {unit}")
            level = float(told.rpartition(": ")[2].split()[0])
            print(unit, level)
            assert level <= 2.5, told
    """)


def test_nothing_where_others_could_change_it():
    on_own_system("""
        for change, back in (("chmod o+w", "chmod o-w"), ("chown 1", "chown 0")):
            for folder in ("/usr/lib", "/usr/share/dbus-1"):
                sh(f"{change} {folder}")
                refused = install()
                assert refused.returncode == 1 and f"{folder} can be written" in refused.stderr
                assert written() == []
                sh(f"{back} {folder}")
        sh("mkdir /mnt/evil", "ln -s /mnt/evil /usr/lib/byway")
        refused = install()
        assert refused.returncode == 1 and "/usr/lib/byway is no folder" in refused.stderr
        assert not os.listdir("/mnt/evil")
        sh("rm /usr/lib/byway")
        # A link where a file shall be is replaced, not followed.
        sh("mkdir /usr/lib/byway", "echo kept > /mnt/target",
           "ln -s /mnt/target /usr/lib/byway/byway-helper",
           "ln -s /mnt/target /usr/lib/byway/.byway-helper.new")
        assert install().returncode == 0
        assert Path("/mnt/target").read_text() == "kept\\n"
        assert not Path("/usr/lib/byway/byway-helper").is_symlink()
    """)


def test_only_root():
    on_own_system("""
        sh(f"mount --bind {ROOT} /media")  # where others reach it, in root's home too
        INSTALL[:] = ["/usr/bin/python3", "-I", "/media/packaging/helper/install.py"]
        os.setresuid(1, 1, 1)
        refused = install()
        assert refused.returncode == 1 and "takes root" in refused.stderr
    """)
