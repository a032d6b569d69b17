"""The search in PATH. What is executed, and said, is tests/netns/test_life.py."""

from __future__ import annotations

import os

import pytest

from byway_core.intercept.execution import NOT_FOUND, candidates, execute


@pytest.mark.parametrize(
    ("name", "path", "found"),
    [
        pytest.param("x", "/a:/b", ["/a/x", "/b/x"], id="in order"),
        pytest.param("x", "", ["./x"], id="empty PATH is here"),
        pytest.param("x", "/a::/b:", ["/a/x", "./x", "/b/x", "./x"], id="empty entries are here"),
        pytest.param("x", "relative", ["relative/x"], id="relative entry"),
        pytest.param("./x", "/a", ["./x"], id="a path is not sought"),
        pytest.param("/y/x", "/a", ["/y/x"], id="absolute"),
        pytest.param("", "/a", [], id="empty name"),
    ],
)
def test_candidates(name, path, found):
    assert list(candidates(name, {"PATH": path})) == found


def test_without_path_the_systems_default():
    assert list(candidates("x", {})) == [f"{folder}/x" for folder in os.defpath.split(":")]


def test_only_the_given_environment_counts(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    failure = execute(("true",), {"PATH": "/no/such/folder"})
    assert failure.status == NOT_FOUND
