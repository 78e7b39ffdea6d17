import pytest

from demo import run_demo
from features.errors import CallerError


def test_no_demo_is_made_within_another(tmp_path, monkeypatch):
    own = tmp_path / "demo"
    (own / "market").mkdir(parents=True)
    monkeypatch.setenv("BOLANGGU_HOME", str(own))
    with pytest.raises(CallerError, match=r"BOLANGGU_HOME .*/demo: is where a demo itself lies.*; unset it"):
        run_demo(0, once=True, buyers=200)
    assert [each.name for each in own.iterdir()] == ["market"]


def test_what_no_demo_made_is_not_erased(tmp_path, monkeypatch):
    own = tmp_path / "demo" / "talk.odp"
    own.parent.mkdir()
    own.write_text("slides")
    monkeypatch.setenv("BOLANGGU_HOME", str(tmp_path))
    with pytest.raises(CallerError, match=r"demo: would be erased, and bears no demo's mark .*; move it away"):
        run_demo(0, once=True, buyers=200)
    assert own.read_text() == "slides"
