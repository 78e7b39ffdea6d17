import pytest

from features.home import home


def test_the_environment_names_the_home(monkeypatch, tmp_path):
    monkeypatch.setenv("BOLANGGU_HOME", str(tmp_path))
    assert home() == tmp_path


@pytest.mark.parametrize("value", [None, ""])
def test_without_it_a_folder_where_one_stands(monkeypatch, tmp_path, value):
    monkeypatch.delenv("BOLANGGU_HOME", raising=False)
    if value is not None:
        monkeypatch.setenv("BOLANGGU_HOME", value)
    monkeypatch.chdir(tmp_path)
    assert home() == tmp_path / ".bolanggu"
