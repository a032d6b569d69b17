"""`[general]`: the local proxy port, how much is logged, how many workers."""

from __future__ import annotations

from byway_core.config.findings import Findings
from byway_core.config.secret_value import read_secret
from byway_core.config.section import PORT_RANGE, Section, type_name
from byway_core.model.profile import General, LogLevel
from byway_core.model.sentence import say

_KEY = "general"
_KEYS = ("mixed_port", "mixed_username", "mixed_password", "log_level", "workers")
# More workers than this only take memory: each fills a processor, and desktops end about here.
_WORKERS = (1, 64)
# The port also speaks SOCKS5, whose user names have one octet for their length (RFC 1929, 2).
_MAX_USERNAME = 255


def read_general(findings: Findings, value: object) -> General:
    if value is None:
        return General()
    if not isinstance(value, dict):
        findings.error(
            (_KEY,),
            say("general is {type}", type=type_name(value)),
            expected=say("the table [general]"),
        )
        return General()
    section = Section(findings, (_KEY,), value, _KEYS)
    port = section.integer("mixed_port", PORT_RANGE)
    username = section.string("mixed_username")
    password = read_secret(section, "mixed_password")
    _check_account(section, username)
    return General(
        mixed_port=port,
        mixed_username=username,
        mixed_password=password,
        log_level=section.choice("log_level", LogLevel) or LogLevel.INFO,
        workers=section.integer("workers", _WORKERS),
    )


def _check_account(section: Section, username: str | None) -> None:
    for key, other in (
        ("mixed_username", "mixed_password"),
        ("mixed_password", "mixed_username"),
    ):
        if not section.has(key):
            continue
        if not section.has(other):
            section.error(
                key,
                say("{key} without {other}", key=key, other=other),
                expected=say("both or none"),
            )
        if not section.has("mixed_port"):
            section.warn(
                key, say("{key} protects a port that is not open", key=key), expected="mixed_port"
            )
    if username is None:
        return
    if not username or ":" in username or not username.isprintable():
        expected = say("a name without colons or control characters")
        section.error("mixed_username", say("no HTTP client can send this name"), expected=expected)
    if len(username.encode()) > _MAX_USERNAME:
        message = say("the name is too long for SOCKS5")
        section.error(
            "mixed_username",
            message,
            expected=say("at most {most} bytes", most=_MAX_USERNAME),
        )
