"""Failures to sentences. Which failures machines really give is tests/netns/test_obstacles.py."""

from __future__ import annotations

import errno

import pytest

from byway_core.intercept.obstacles import Facts, Stage, explain

UBUNTU = Facts(apparmor=1)
PLAIN = Facts(limits=(("max_user_namespaces", 1000), ("max_net_namespaces", 1000)))

CASES = [
    pytest.param(
        Stage.UNSHARE,
        errno.ENOSPC,
        Facts(limits=(("max_user_namespaces", 0),)),
        ["user.max_user_namespaces = 0", "sudo sysctl user.max_user_namespaces=15000"],
        id="none allowed",
    ),
    pytest.param(
        Stage.UNSHARE,
        errno.ENOSPC,
        PLAIN,
        ["a limit is reached (user.max_user_namespaces = 1000, user.max_net_namespaces = 1000)"],
        id="too many",
    ),
    pytest.param(
        Stage.UNSHARE,
        errno.EPERM,
        Facts(userns_clone=0),
        ["kernel.unprivileged_userns_clone = 0", "sysctl kernel.unprivileged_userns_clone=1"],
        id="Debian's old switch",
    ),
    pytest.param(
        Stage.UNSHARE,
        errno.EPERM,
        Facts(userns_clone=0, root=True, filtered=True),
        ["seccomp=unconfined"],
        id="the switch is not for root",
    ),
    pytest.param(
        Stage.UNSHARE, errno.EACCES, UBUNTU, ["sysctl kernel.apparmor"], id="AppArmor, unshare"
    ),
    pytest.param(
        Stage.LOOPBACK, errno.EPERM, UBUNTU, ["sysctl kernel.apparmor"], id="AppArmor, first use"
    ),
    pytest.param(Stage.MAPS, errno.EPERM, UBUNTU, ["AppArmor profile"], id="AppArmor, maps"),
    pytest.param(
        Stage.LOOPBACK, errno.EPERM, PLAIN, ["raise the loopback", "not permitted"], id="no reason"
    ),
    pytest.param(
        Stage.UNSHARE, errno.EPERM, Facts(filtered=True), ["seccomp filter"], id="container"
    ),
    pytest.param(
        Stage.UNSHARE,
        errno.EPERM,
        Facts(filtered=True, flatpak=True),
        ["is a Flatpak", "byway install-helper", "byway up"],
        id="a Flatpak",
    ),
    pytest.param(Stage.UNSHARE, errno.EPERM, PLAIN, ["SELinux", "chroot"], id="security module"),
    pytest.param(Stage.UNSHARE, errno.EINVAL, PLAIN, ["CONFIG_USER_NS"], id="not built"),
    pytest.param(Stage.UNSHARE, errno.ENOMEM, PLAIN, ["Cannot allocate memory"], id="no memory"),
    pytest.param(
        Stage.NEST, errno.ENOSPC, PLAIN, ["nested too deep"], id="no second user namespace"
    ),
    pytest.param(
        Stage.SOCKETS, errno.EMFILE, PLAIN, ["sockets", "Too many open files"], id="descriptors"
    ),
]


@pytest.mark.parametrize(("stage", "code", "facts", "words"), CASES)
def test_sentence(stage, code, facts, words):
    text = explain(stage, code, "", facts)
    assert all(word in text for word in words), text


def test_modules_are_named_with_the_command():
    text = explain(Stage.MODULES, 0, "nft_tproxy nf_tproxy_ipv4", PLAIN)
    assert "nft_tproxy, nf_tproxy_ipv4" in text
    assert "sudo modprobe -a nft_tproxy nf_tproxy_ipv4" in text


def test_library_is_named_with_the_packages():
    text = explain(Stage.LIBRARY, 0, "libnftables.so.1: cannot open", PLAIN)
    assert "libnftables1" in text
    assert "cannot open" in text


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("code", [0, errno.EPERM, errno.ENOSPC, errno.ENOENT, errno.EIO])
@pytest.mark.parametrize("facts", [Facts(), UBUNTU, PLAIN], ids=["none", "ubuntu", "plain"])
def test_every_stage_has_words_for_everything(stage, code, facts):
    assert len(explain(stage, code, "some detail", facts)) > 40


def test_facts_of_this_machine_can_be_read():
    facts = Facts.read()
    assert dict(facts.limits)["max_user_namespaces"] > 0
