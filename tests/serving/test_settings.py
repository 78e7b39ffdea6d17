import os
from pathlib import Path

import pytest

from features.errors import ConfigError
from serving.settings import Settings, settings


@pytest.mark.parametrize(("mode", "is_inside"), [(0o755, True), (0o700, False)])
def test_roots_postgresql_lies_where_its_own_user_gets_to(tmp_path, monkeypatch, mode, is_inside):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("serving.settings._is_open_to_all", lambda folder: bool(folder.stat().st_mode & 0o001))
    (tmp_path / "home").mkdir(mode=mode)
    folder = Settings(home=tmp_path / "home").postgres_folder
    assert folder.is_relative_to(tmp_path) == is_inside
    assert folder.is_relative_to(Path("/var/lib/bolanggu")) != is_inside


def test_anybody_elses_lies_in_the_home(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert Settings(home=tmp_path).postgres_folder == tmp_path / "postgres"


def test_a_variable_that_cannot_be_is_named(monkeypatch):
    monkeypatch.setenv("BOLANGGU_POOL_SIZE", "many")
    settings.cache_clear()
    with pytest.raises(ConfigError, match=r"environment variable BOLANGGU_POOL_SIZE: .*set it anew or unset it"):
        settings()
    settings.cache_clear()
