from pathlib import Path

import pytest

from features.errors import FileError
from features.importing.files import OutsideFile, assign
from features.importing.rules import Mapping
from tests.features.importing.trying import written


def mapping(**sources: dict[str, object]) -> Mapping:
    columns: dict[str, object] = {}
    feeds = [{"from": name, "columns": columns} for name in sources]
    return Mapping.model_validate({"sources": sources, "tables": {"orders": feeds}})


def looked_into(path: Path, **source: object) -> OutsideFile:
    return assign(mapping(s=source), [path])[0]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-32", "utf-32")],
)
def test_unicode_is_recognised(tmp_path, encoding, found):
    assert looked_into(written(tmp_path, "a.csv", "a,b\n义乌,2\n".encode(encoding))).encoding == found


def test_the_digest_is_of_the_bytes(tmp_path):
    file = looked_into(written(tmp_path, "a.csv", "abc"))
    assert file.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("name", "content", "said", "remedy"),
    [
        ("a.csv", b"", "is empty", "header and rows"),
        ("a.csv", b"a,b\n\x00\x01", "is binary", "CSV"),
        ("a.csv", b"PK\x03\x04" + bytes(30), "is binary", "give CSV text"),
        ("a.csv", "a,b\n1,2\n".encode("utf-16-le"), "is binary", "utf-16-le"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "is binary", "format:"),
        ("a.csv", "名称,金额\n义乌市,2\n".encode("gb18030"), "byte 0 on line 1", "gb18030 is likely"),
        ("a.csv", "name\nx\nMüller\n".encode("cp1252"), "byte 8 on line 3", "cp1252 is likely"),
        ("a.csv", "name\n义".encode()[:-1], "cannot be read", "UTF-8"),
    ],
)
def test_what_is_not_text_is_told_in_one_line(tmp_path, name, content, said, remedy):
    with pytest.raises(FileError) as caught:
        looked_into(written(tmp_path, name, content))
    assert said in str(caught.value)
    assert remedy in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_named_encoding_holds(tmp_path):
    file = written(tmp_path, "a.csv", "名称\n义乌\n".encode("gb18030"))
    assert looked_into(file, encoding="GB18030").encoding == "gb18030"
    with pytest.raises(FileError, match="not utf-16 text"):
        looked_into(written(tmp_path, "odd.csv", b"\xff\xfea"), encoding="utf-16")
    for unknown in ("nonsense", "hex"):
        with pytest.raises(FileError, match=f"{unknown}: is unknown"):
            looked_into(file, encoding=unknown)


def test_a_fault_far_into_a_file_is_found_and_placed(tmp_path, monkeypatch):
    monkeypatch.setattr("features.importing.files._CHUNK", 16)
    good = "name,义乌\n".encode() * 50
    for bad in (b"caf\xe9\n", b"caf\xe4\xb9"):
        with pytest.raises(FileError, match=f"byte {len(good) + 3} on line 51"):
            looked_into(written(tmp_path, "a.csv", good + bad))


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_what_is_no_file_is_told(tmp_path, name):
    with pytest.raises(FileError, match=r"does not exist|is a folder"):
        looked_into(tmp_path / name)


def test_every_file_has_one_source_and_every_source_a_file(tmp_path):
    closed, opened = written(tmp_path, "Closed_1.CSV", "a\n1\n"), written(tmp_path, "open.csv", "a\n1\n")
    two = mapping(closed={"files": "closed*.csv"}, open={"files": ["open*", "late*"]})
    assert [file.source_name for file in assign(two, [opened, closed])] == ["open", "closed"]
    with pytest.raises(FileError, match="no file named closed"):
        assign(two, [opened])
    with pytest.raises(FileError, match=r"is taken by no source .*closed \(closed\*\.csv\)"):
        assign(two, [closed, opened, written(tmp_path, "other.csv", "a\n1\n")])
    with pytest.raises(FileError, match="is taken by sources any and open"):
        assign(mapping(any={}, open={"files": "open*"}), [opened])
    with pytest.raises(FileError, match="given twice"):
        assign(two, [closed, opened, closed])
    assert assign(mapping(closed={"files": "closed*", "optional": True}, open={"files": "open*"}), [opened])
