"""Outside files before they are read: is it a file, of which source, in which encoding, with which digest."""

import codecs
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from features.errors import FileError
from features.importing.rules import Mapping, Source

_CHUNK = 1 << 22
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SAMPLE = 4096
_NEVER_IN_TEXT = (*range(9), *range(14, 27), *range(28, 32))
_FORMATS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xlsx", ".ods": "xlsx", ".parquet": "parquet", ".pq": "parquet"}


@dataclass(frozen=True, slots=True)
class OutsideFile:
    """A file that a source takes.

    Attributes:
        format: csv, xlsx or parquet.
        encoding: Python's name of it; CSV only.
        quotes: whether a quote character is in the file, so that a value may hold a newline; CSV only.
    """

    path: Path
    source_name: str
    source: Source
    format: str
    sha256: str
    encoding: str = "utf-8"
    quotes: bool = False


def assign(mapping: Mapping, paths: Sequence[Path]) -> list[OutsideFile]:
    """Find the source of every file and look into each once.

    Raises:
        FileError: a file is missing, empty, binary, in another encoding, given twice or of no or several sources;
            or a source has no file.
    """
    for path in paths:
        if list(paths).count(path) > 1:
            raise FileError("file", path, "is given twice", "give it once")
    owners = [_owner(mapping, path) for path in paths]
    for name, source in mapping.sources.items():
        if name not in owners and not source.optional:
            wanted = " or ".join(source.files)
            raise FileError("source", name, f"has no file named {wanted}", "give one, or say optional: true")
    return [_inspect(path, name, mapping.sources[name]) for path, name in zip(paths, owners, strict=True)]


def _owner(mapping: Mapping, path: Path) -> str:
    if not path.is_file():
        cause = "is a folder" if path.is_dir() else "does not exist"
        raise FileError("file", path, cause, "name a CSV, XLSX or Parquet file")
    fitting = [
        name
        for name, source in mapping.sources.items()
        if any(fnmatch(path.name.lower(), pattern.lower()) for pattern in source.files)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise FileError("file", path, f"is taken by sources {' and '.join(fitting)}", "narrow their files:")
    patterns = ", ".join(f"{name} ({' or '.join(source.files)})" for name, source in mapping.sources.items())
    raise FileError("file", path, "is taken by no source of the mapping", f"rename it or widen files: of {patterns}")


def _inspect(path: Path, name: str, source: Source) -> OutsideFile:
    if path.stat().st_size == 0:
        raise FileError("file", path, "is empty", "give a file with a header and rows")
    form = source.format or _FORMATS.get(path.suffix.lower(), "csv")
    if form != "csv":
        with path.open("rb") as stream:
            return OutsideFile(path, name, source, form, hashlib.file_digest(stream, "sha256").hexdigest())
    encoding = _known(source.encoding, path) if source.encoding else _marked(path)
    digest, quotes = _read_through(path, encoding, source.quote)
    return OutsideFile(path, name, source, form, digest, encoding, quotes)


def _known(encoding: str, path: Path) -> str:
    try:
        # Also refuses what Python has among its codecs but is no encoding of text, such as hex.
        return codecs.lookup(io.TextIOWrapper(io.BytesIO(), encoding=encoding).encoding).name
    except LookupError as error:
        raise FileError("encoding", encoding, f"is unknown (for {path})", "write utf-8, gb18030, cp1252…") from error


def _marked(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(4)
    return next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), "utf-8")


def _read_through(path: Path, encoding: str, quote: str) -> tuple[str, bool]:
    """Read the whole file once: its digest, whether it holds quotes, and that it is text in its encoding."""
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder(encoding)()
    quotes, place, line = False, 0, 1
    with path.open("rb") as stream:
        while True:
            chunk, held = stream.read(_CHUNK), len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line += chunk[: max(0, error.start - held)].count(b"\n")
                raise _not_text(path, encoding, (place - held + error.start, line), error) from error
            if "\0" in text:
                remedy = "give CSV text; where it is UTF-16 without a mark, say encoding: utf-16-le"
                raise FileError("file", path, "is binary, not CSV text", remedy)
            if not chunk:
                return digest.hexdigest(), quotes
            digest.update(chunk)
            quotes, place, line = quotes or quote in text, place + len(chunk), line + chunk.count(b"\n")


def _not_text(path: Path, encoding: str, place: tuple[int, int], error: UnicodeDecodeError) -> FileError:
    """Word the error: bytes that no text has make it binary, others may be text in another encoding."""
    sample = error.object[max(0, error.start - _SAMPLE) : error.start + _SAMPLE]
    cause = f"is not {encoding} text: byte {place[0]} on line {place[1]} cannot be read"
    if any(byte in sample for byte in _NEVER_IN_TEXT):
        return FileError("file", path, f"is binary ({cause})", "give CSV text, or name its format: in its source")
    guess = f" ({_likely(sample)} is likely)" if encoding.startswith("utf-8") else ""
    return FileError("file", path, cause, f"name its encoding: in its source{guess}, or save it as UTF-8")


def _likely(sample: bytes) -> str:
    """Guess between a Chinese and a western encoding, only to word the remedy."""
    strange = [sign for sign in sample.decode("gb18030", errors="replace") if not sign.isascii()]
    chinese = sum("\u4e00" <= sign <= "\u9fff" for sign in strange)
    return "gb18030" if len(strange) > 1 and chinese > 0.8 * len(strange) else "cp1252"
