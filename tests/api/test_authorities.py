"""Whom TLS trusts, where the system's authorities are not where OpenSSL was built to look."""

from __future__ import annotations

import ssl

import pytest

from byway_core import authorities

HERE = "/etc/ssl/certs/ca-certificates.crt"  # Debian's, whose OpenSSL needs no help


def trusted(context: ssl.SSLContext) -> int:
    return context.cert_store_stats()["x509_ca"]


def test_found_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    monkeypatch.setenv("SSL_CERT_DIR", "/nowhere")
    monkeypatch.setattr(authorities, "_ELSEWHERE", ("/nowhere", HERE))
    assert trusted(authorities.client_context()) > 50


def test_where_there_are_none_nobody_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    monkeypatch.setenv("SSL_CERT_DIR", "/nowhere")
    monkeypatch.setattr(authorities, "_ELSEWHERE", ("/nowhere",))
    context = authorities.client_context()
    assert trusted(context) == 0
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
