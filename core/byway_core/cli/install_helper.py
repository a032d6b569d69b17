"""`byway install-helper`: the privileged helper, copied to where it is root's alone, or removed.

Root is asked for here and only here; the installer is a script of its own (packaging/helper), which
imports nothing of ours.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys

from byway_core import flatpak


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "install-helper",
        help="install the privileged helper of `byway up`, or remove it",
        description="Copies the privileged helper from this Byway to folders that only root can "
        "write to, and says each file; run again, it brings the copies up to date. Asks for root "
        "through sudo or polkit. Distributions' packages bring the helper themselves.",
    )
    parser.add_argument("--uninstall", action="store_true", help="remove all of it again")
    parser.add_argument("--list", action="store_true", help="only say what would be copied")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """The installer in our place; 1 where there is none, or nobody who could ask for root."""
    from byway_core.api.own_program import image
    from byway_resources import helper_installer

    if flatpak.is_here():
        return _of_flatpak(args)
    if file := image():
        return _of_image(file, args)
    installer = helper_installer()
    if installer is None:
        print(
            "byway install-helper: this Byway has no installer with it. The helper comes as a "
            "package, byway-helper, from where this one came.",
            file=sys.stderr,
        )
        return 1
    # -I: nothing of a user's environment is imported by root.
    command = [sys.executable, "-I", str(installer)]
    command += [f"--{name}" for name in ("uninstall", "list") if getattr(args, name)]
    if os.geteuid() != 0 and not args.list:
        asking = _asking()
        if not asking:
            print(
                "byway install-helper: this takes root, and neither sudo nor pkexec can ask for it "
                f"here. As root:\n\n    {shlex.join(command)}\n",
                file=sys.stderr,
            )
            return 1
        command = [asking, *command]
        print(f"as root: {shlex.join(command)}", file=sys.stderr)
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 - each word is ours


def _of_flatpak(args: argparse.Namespace) -> int:
    """Nothing in a sandbox may install anything outside of it: its user is told how."""
    from byway_core.api.helper_script import install_by_hand

    wanted = [f"--{name}" for name in ("uninstall", "list") if getattr(args, name)]
    try:
        command = install_by_hand(*wanted)
    except OSError as error:
        print(f"byway install-helper: {error}", file=sys.stderr)
        return 1
    if args.list:
        command = command.removeprefix("sudo ")
    print(
        "byway install-helper: a Flatpak may not do this itself. In a terminal of your own, "
        f"outside of its sandbox:\n\n    {command}\n\nThe package byway-helper, where there is "
        "one for your system, does as well.",
        file=sys.stderr,
    )
    return 1


def _of_image(file: str, args: argparse.Namespace) -> int:
    """By the AppImage itself: root cannot read what is in it where it is mounted."""
    if args.list:
        print(f"{file} --install-helper says it, before it asks for a password")
        return 0
    option = "--uninstall-helper" if args.uninstall else "--install-helper"
    os.execv(file, [file, option])  # noqa: S606 - the program that we are in


def _asking() -> str:
    """The program that asks for root, or "": without a terminal sudo has nowhere to."""
    sudo = shutil.which("sudo") if sys.stdin is not None and sys.stdin.isatty() else None
    return sudo or shutil.which("pkexec") or ""
