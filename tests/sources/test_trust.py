from pathlib import Path

import certifi
import pytest

from bot.sources import trust


def test_the_environment_may_name_the_authorities(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "ca.pem"
    own.write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    assert trust.authorities() == str(own)


def test_without_any_of_the_systems_there_are_certifis(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    monkeypatch.setattr(trust, "_USUAL", ())
    assert trust.authorities() == certifi.where()
    usual = tmp_path / "usual.pem"
    usual.write_text("")
    monkeypatch.setattr(trust, "_USUAL", ("/nowhere/ca.pem", str(usual)))
    assert trust.authorities() == str(usual)
