"""The lines that rejects name are the lines that an editor shows."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import FileError
from features.importing.csv_reader import read_head, read_rows
from features.importing.files import OutsideFile
from features.importing.rules import Source

Rows = list[tuple[int, str | None, tuple[str | None, ...]]]


def read(path: Path, text: str, needed: Sequence[str] = ("a", "b"), **source: object) -> Rows:
    given = Source.model_validate(source)
    encoding = given.encoding or "utf-8"
    path.write_bytes(text.encode(encoding))
    file = OutsideFile(path, "s", given, "csv", "", encoding, given.quote in text)
    head = read_head(file, needed)
    keep = {name: f"c{number}" for number, name in enumerate(needed)}
    return sorted(
        (row["line"], row["ragged"], tuple(row[name] for name in keep.values()))
        for batch in read_rows(file, head, keep)
        for row in batch.to_pylist()
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "f.csv"


def test_lines_count_the_header_newlines_in_quotes_and_blank_lines(path):
    text = 'a,b\n1,"x\ny"\n\n2,3\n4\n5,6,7\n8,9\n'
    assert read(path, text) == [
        (2, None, ("1", "x\ny")),
        (5, None, ("2", "3")),
        (6, "4", (None, None)),
        (7, "5,6,7", (None, None)),
        (8, None, ("8", "9")),
    ]


def test_a_header_may_span_lines_and_stand_below_a_title(path):
    text = 'Report of May\n\n"a\nx",b\n1,2\n'
    assert read(path, text, ["a\nx", "b"], skip_lines=1) == [(5, None, ("1", "2"))]


def test_a_file_may_have_no_header(path):
    assert read(path, "1,2\n3,4\n", header=["a", "b"]) == [(1, None, ("1", "2")), (2, None, ("3", "4"))]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_finds_the_columns(path, separator):
    assert read(path, f'a{separator}b{separator}"c,d;e"\n1{separator}2{separator}3\n') == [(2, None, ("1", "2"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_and_line_ends(path, encoding, newline):
    name = "Müller" if encoding == "cp1252" else "义乌 Müller"
    text = newline.join(["a,b", f'1,"{name}{newline}x"', "2,3", ""])
    assert read(path, text, encoding=encoding) == [(2, None, ("1", f"{name}{newline}x")), (4, None, ("2", "3"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_newlines_are_kept_wherever_a_block_ends(path, encoding, monkeypatch):
    monkeypatch.setattr("features.importing.csv_reader._BLOCK", 256)
    values = ["\r\n" * (number % 20) + "x" for number in range(60)]
    lines = [2 + number + sum(value.count("\n") for value in values[:number]) for number in range(60)]
    text = "a,b\r\n" + "".join(f'{number},"{value}"\r\n' for number, value in enumerate(values))
    assert read(path, text, encoding=encoding) == [
        (line, None, (str(number), value)) for number, (line, value) in enumerate(zip(lines, values, strict=True))
    ]


def test_a_quote_in_the_midst_of_a_field_is_a_letter(path):
    assert read(path, 'a,b\n5" pipe,"say ""hi"""\n') == [(2, None, ('5" pipe', 'say "hi"'))]


def test_a_swallowed_end_is_an_error(path):
    with pytest.raises(FileError, match="quote that is never closed"):
        read(path, 'a,b\n1,2\n3,"4\n5,6\n7,8\n')
    with pytest.raises(FileError, match="opens a quote on line 3 that is never closed"):
        read(path, 'a,b\n1,2\n"3,4\n5,6\n')


def test_a_header_that_never_closes_its_quote_is_an_error(path):
    with pytest.raises(FileError, match="quote that is never closed"):
        read(path, 'a,"b\n' + "1,2\n" * 50_000)


def test_no_header_is_an_error(path):
    with pytest.raises(FileError, match="no header"):
        read(path, "\n\n  \n")


FIELDS = st.text(st.sampled_from('ab "\n,;é义'), max_size=4)


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(st.lists(FIELDS, min_size=1, max_size=4), min_size=1, max_size=40), small=st.booleans())
def test_lines_and_values_are_those_of_pythons_reader(tmp_path_factory, rows, small):
    """Whatever is written by Python's csv is read back, torn rows told from whole ones, each with its first line."""
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    expected: list[tuple[int, bool, tuple[str, ...] | None]] = []
    line = 2
    for row in rows:
        start = stream.tell()
        writer.writerow(row)
        if len(row) != 2:
            expected.append((line, True, None))
        elif any(row):
            expected.append((line, False, tuple(row)))
        line += stream.getvalue()[start:].count("\n")
    path = tmp_path_factory.mktemp("csv") / "f.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("features.importing.csv_reader._BLOCK", 256 if small else 1 << 26)
        found = read(path, "a,b\n" + stream.getvalue())
    assert [(line, ragged is not None, None if ragged is not None else row) for line, ragged, row in found] == expected
