"""AppStream's file: metainfo.xml with what is said elsewhere already put in.

https://www.freedesktop.org/software/appstream/docs/chap-Metadata.html
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import byway_resources
from byway_core.version import __version__
from byway_gui.presenters.desktop_entry import list_of, read_entry

_TEMPLATE = Path(__file__).with_name("metainfo.xml")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# What has not been released yet is a development version, of the day it was made.
_UNRELEASED = "Unreleased"


@dataclass(frozen=True, slots=True)
class Release:
    version: str
    day: date
    changes: tuple[str, ...]
    development: bool = False


def releases(changelog: str, made: date) -> list[Release]:
    """Those of CHANGELOG.md, the newest first: headings `## 0.2.0 (2026-01-31)`, and what is
    changed as a list. ValueError for another heading."""
    found = []
    for heading, text in re.findall(r"^## (.+)\n((?:(?!## ).*\n?)*)", changelog, re.M):
        changes = tuple(
            " ".join(each.split()) for each in re.findall(r"^- (.+(?:\n  .+)*)", text, re.M)
        )
        if heading == _UNRELEASED:
            if changes:
                found.append(Release(__version__, made, changes, development=True))
            continue
        version = re.fullmatch(r"(\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)", heading)
        if version is None:
            raise ValueError(f"CHANGELOG.md: {heading!r} is not like '0.2.0 (2026-01-31)'")
        found.append(Release(version[1], date.fromisoformat(version[2]), changes))
    return found


def metainfo(root: Path, made: date) -> str:
    """`root` is the tree's."""
    component = ElementTree.parse(_TEMPLATE).getroot()  # noqa: S314 - our own file
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    home = project["urls"]["Homepage"]
    entry = read_entry(byway_resources.desktop_entry())
    component[:0] = [*_names(entry)]
    for image in component.iter("image"):
        image.text = f"{home}/raw/v{__version__}/docs/images/{image.text}"
    _add(component, "launchable", f"{byway_resources.APPLICATION}.desktop", type="desktop-id")
    _add(component, "url", home, type="homepage")
    _add(component, "url", f"{home}/issues", type="bugtracker")
    _add(component, "url", home, type="vcs-browser")
    for tag, group, key in (
        ("category", "categories", "Categories"),
        ("keyword", "keywords", "Keywords"),
    ):
        parent = _add(component, group)
        for word in list_of(entry[key]):
            _add(parent, tag, word)
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    _add_releases(component, releases(changelog, made))
    ElementTree.indent(component)
    return ElementTree.tostring(component, encoding="unicode", xml_declaration=False) + "\n"


def _names(entry: dict[str, str]) -> Iterator[ElementTree.Element]:
    """Identity first, as its readers are used to."""
    for tag, text in (("id", byway_resources.APPLICATION), ("name", entry["Name"])):
        made = ElementTree.Element(tag)
        made.text = text
        yield made
    for key, text in entry.items():
        found = re.fullmatch(r"Comment(?:\[(.+)\])?", key)
        if found is not None:
            made = ElementTree.Element("summary", {_LANGUAGE: found[1]} if found[1] else {})
            made.text = text
            yield made


def _add_releases(component: ElementTree.Element, found: list[Release]) -> None:
    parent = _add(component, "releases")
    for release in found:
        kind = "development" if release.development else "stable"
        day = release.day.isoformat()
        made = _add(parent, "release", version=release.version, type=kind, date=day)
        changes = _add(_add(made, "description"), "ul")
        for change in release.changes:
            _add(changes, "li", change.replace("`", ""))


def _add(
    parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, tag, attributes)
    made.text = text
    return made
