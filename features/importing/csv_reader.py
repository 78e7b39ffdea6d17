"""CSV as a stream of record batches of text, each row with the line of the file on which it starts."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from features.errors import FileError
from features.importing.files import OutsideFile

_SEPARATORS = (",", ";", "\t", "|")
_BLOCK = 1 << 26
_LONGEST_ROW = 1 << 20
_CLOSE = "close it, or name another quote: in its source"


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a file before its rows: column names, separator, and the lines above the first row."""

    names: list[str]
    separator: str
    lines: int


@dataclass(slots=True)
class Lines:
    """Where rows start: follows good, ragged and blank rows and the newlines inside their values.

    Attributes:
        next_record: number of the next record, counted as lines are, as if no value held a newline.
        shift: newlines inside the values of all records before it.
        ragged: records with too many or too few fields that are not yet placed: number to the file's text.
    """

    next_record: int
    shift: int = 0
    ragged: dict[int, str] = field(default_factory=dict)

    def place(self, inside: "np.ndarray[Any, Any]") -> tuple["np.ndarray[Any, Any]", list[tuple[int, str]]]:
        """Give the lines of the next good rows (`inside` tells the newlines in each) and of ragged rows among them."""
        count, reach = len(inside), len(inside) + len(self.ragged)
        records = np.arange(self.next_record, self.next_record + reach, dtype=np.int64)
        torn = np.isin(records, list(self.ragged))
        last = np.flatnonzero(~torn)[count - 1] + 1 if count else 0
        records, torn = records[:last], torn[:last]
        newlines = np.zeros(last, dtype=np.int64)
        newlines[~torn] = inside
        newlines[torn] = [self.ragged[int(record)].count("\n") for record in records[torn]]
        lines = records + self.shift + np.cumsum(newlines) - newlines
        placed = [
            (int(line), self.ragged.pop(int(record))) for line, record in zip(lines[torn], records[torn], strict=True)
        ]
        self.next_record += int(last)
        self.shift += int(newlines.sum())
        return lines[~torn], placed

    def rest(self) -> list[tuple[int, str]]:
        """Give the ragged rows after the last good one."""
        placed = []
        for record in sorted(self.ragged):
            text = self.ragged.pop(record)
            placed.append((record + self.shift, text))
            self.shift += text.count("\n")
        return placed


def read_head(file: OutsideFile, needed: Sequence[str]) -> Head:
    """Read a CSV file's header; the separator, where the mapping names none, is the one that finds the most columns.

    Raises:
        FileError: there is no header.
    """
    source = file.source
    best = Head([], ",", 0)
    for separator in [source.separator] if source.separator else _SEPARATORS:
        head = _head(file, separator)
        if _fit(head, needed) > _fit(best, needed):
            best = head
    if not best.names:
        raise FileError("file", file.path, "has no header", "give a file with a header, or name its columns in header:")
    return best


def _fit(head: Head, needed: Sequence[str]) -> tuple[int, int]:
    return len(set(head.names) & set(needed)), len(head.names)


def _head(file: OutsideFile, separator: str) -> Head:
    source = file.source
    with file.path.open(encoding=file.encoding, newline="") as stream:
        for _ in range(source.skip_lines):
            stream.readline()
        lines = source.skip_lines
        if source.header is not None:
            return Head(source.header, separator, lines)
        taken: list[str] = []

        def limited() -> Iterator[str]:
            while line := stream.readline(_LONGEST_ROW):
                taken.append(line)
                yield line

        try:
            for row in csv.reader(limited(), delimiter=separator, quotechar=source.quote):
                if any(name.strip() for name in row):
                    return Head([name.strip().lstrip("\ufeff") for name in row], separator, lines + len(taken))
        except csv.Error as error:
            cause = f"has a header that cannot be read ({error})"
            raise FileError("file", file.path, cause, "look for a quote that is never closed") from error
    return Head([], separator, 0)


def read_rows(file: OutsideFile, head: Head, keep: dict[str, str]) -> Iterator[pa.RecordBatch]:
    """Read the rows as batches of `line` (int64), `ragged` (the text of a torn row, else null) and the columns kept.

    Blank rows are passed over: they are no rows. `keep` gives outside names with the names they get here.

    Raises:
        FileError: the file breaks off, as where a quote is never closed.
    """
    lines = Lines(head.lines + 1)
    schema = pa.schema(
        [("line", pa.int64()), ("ragged", pa.string()), *((name, pa.string()) for name in keep.values())]
    )
    last: pa.RecordBatch | None = None
    try:
        for batch in _open(file, head, lines):
            placed, torn = lines.place(_newlines(batch, file))
            yield from _torn(torn, schema)
            yield _kept(batch, placed, head, keep, schema)
            last = batch if batch.num_rows else last
    except pa.ArrowInvalid as error:
        cause = f"cannot be read as CSV ({str(error).splitlines()[0]})"
        raise FileError("file", file.path, cause, "look for a quote that is never closed") from error
    rest = lines.rest()
    _check_end(file, last, rest)
    yield from _torn(rest, schema)


class _Utf8(io.RawIOBase):
    """A file as UTF-8 whose reads never part a carriage return from its newline: Arrow drops such a newline."""

    def __init__(self, file: OutsideFile) -> None:
        self._text = file.path.open(encoding=file.encoding, newline="")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Read on, at most so many bytes: a sign takes up to four."""
        text = self._text.read(size // 4 - 1)
        return (text + self._text.read(1) if text.endswith("\r") else text).encode()

    def close(self) -> None:
        self._text.close()
        super().close()


def _open(file: OutsideFile, head: Head, lines: Lines) -> Iterator[pa.RecordBatch]:
    names = [f"f{number}" for number in range(len(head.names))]

    def torn(row: "pyarrow.csv.InvalidRow") -> str:
        lines.ragged[row.number] = row.text
        return "skip"

    try:
        return pyarrow.csv.open_csv(  # type: ignore[no-any-return]
            pa.PythonFile(_Utf8(file), mode="r"),
            read_options=pyarrow.csv.ReadOptions(
                # Row numbers are known only to one thread.
                use_threads=False, column_names=names, skip_rows=head.lines, block_size=_BLOCK
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=head.separator, quote_char=file.source.quote, newlines_in_values=file.quotes,
                ignore_empty_lines=False, invalid_row_handler=torn,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )  # fmt: skip
    except pa.ArrowInvalid as error:
        raise FileError("file", file.path, "has no rows below its header", "give a file with rows") from error


def _newlines(batch: pa.RecordBatch, file: OutsideFile) -> "np.ndarray[Any, Any]":
    """Count the newlines inside each row's values."""
    counts = np.zeros(batch.num_rows, dtype=np.int64)
    if file.quotes:
        for column in batch.columns:
            counts += pc.count_substring(column, "\n").to_numpy(zero_copy_only=False)
    return counts


def _kept(
    batch: pa.RecordBatch, lines: "np.ndarray[Any, Any]", head: Head, keep: dict[str, str], schema: pa.Schema
) -> pa.RecordBatch:
    columns = [batch.column(head.names.index(name)) for name in keep]
    whole = pa.record_batch([pa.array(lines), pa.nulls(batch.num_rows, pa.string()), *columns], schema=schema)
    blank = pc.equal(batch.column(0), "")
    if not pc.any(blank).as_py():
        return whole
    for column in batch.columns[1:]:
        blank = pc.and_(blank, pc.equal(column, ""))
    return whole.filter(pc.invert(blank))


def _torn(rows: list[tuple[int, str]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    if rows:
        numbers, texts = zip(*rows, strict=True)
        nothing = [pa.nulls(len(rows), pa.string())] * (len(schema) - 2)
        yield pa.record_batch([pa.array(numbers, pa.int64()), pa.array(texts, pa.string()), *nothing], schema=schema)


def _check_end(file: OutsideFile, last: pa.RecordBatch | None, torn: list[tuple[int, str]]) -> None:
    """Refuse a file whose last row opened a quote and swallowed all that followed."""
    if not file.quotes:
        return
    mark = file.source.quote
    for line, text in torn[-1:]:
        if text.count(mark) % 2 and "\n" in text:
            raise FileError("file", file.path, f"opens a quote on line {line} that is never closed", _CLOSE)
    if last is None or torn or "\n" not in last.columns[-1][-1].as_py():
        return
    with file.path.open("rb") as stream:
        stream.seek(-min(64, file.path.stat().st_size), io.SEEK_END)
        tail = stream.read().decode(file.encoding, errors="replace").rstrip("\r\n \t")
    if not tail.endswith(mark):
        raise FileError("file", file.path, "opens a quote that is never closed", _CLOSE)
