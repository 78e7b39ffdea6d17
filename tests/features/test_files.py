import pytest

from features.files import replace_file, replace_folder


def test_a_file_appears_whole(tmp_path):
    with replace_file(tmp_path / "deep" / "a.txt") as fresh:
        fresh.write_text("new")
        assert not (tmp_path / "deep" / "a.txt").exists()
    assert (tmp_path / "deep" / "a.txt").read_text() == "new"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(RuntimeError), replace_file(tmp_path / "a.txt") as fresh:
        fresh.write_text("half")
        raise RuntimeError
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "old.txt").write_text("old")
    with replace_folder(tmp_path / "book") as fresh:
        (fresh / "new.txt").write_text("new")
    assert [file.name for file in (tmp_path / "book").iterdir()] == ["new.txt"]
    assert [file.name for file in tmp_path.iterdir()] == ["book"]


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "old.txt").write_text("old")
    with pytest.raises(RuntimeError), replace_folder(tmp_path / "book"):
        raise RuntimeError
    assert [file.name for file in tmp_path.rglob("*")] == ["book", "old.txt"]
