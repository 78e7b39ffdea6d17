"""Writing what was imported: Parquet in the canonical schema and the rejects, beside the goal, then renamed."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from features.book.tables import TABLES, Table
from features.errors import FileError
from features.importing.checks import accepted
from features.importing.files import OutsideFile
from features.importing.reasons import REASONS
from features.importing.steps import literal

_BATCH = 250_000
OURS = {"rejects.csv", "import.json", *(f"{name}.parquet" for name in TABLES)}
"""What an import writes, and so what `--replace` may take away."""


def check_goal(out: Path, replace: bool) -> None:
    """Refuse to write where something is that is not ours to replace.

    Raises:
        FileError: the goal is a file, or a folder with something in it that may not go.
    """
    if out.exists() and not out.is_dir():
        raise FileError("output", out, "is a file", "name a folder")
    present = sorted(path.name for path in out.iterdir()) if out.is_dir() else []
    strange = [name for name in present if name not in OURS]
    if strange:
        raise FileError("output", out, f"holds {strange[0]}, which no import wrote", "name a new folder")
    if present and not replace:
        raise FileError("output", out, "is not empty", "name a new folder, or add --replace to replace this book")


@contextmanager
def workspace(out: Path) -> Iterator[Path]:
    """Give a hidden folder beside the goal, on the same disk, and take it away at the end, come what may."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent)
    except OSError as error:
        raise FileError(
            "output", out, f"cannot be made ({error.strerror})", "name a folder that you may write"
        ) from error
    with folder as name:
        yield Path(name)


def write_table(connection: duckdb.DuckDBPyConnection, table: Table, folder: Path) -> None:
    """Write a table's accepted rows, sorted, so that the same facts give the same bytes in whatever order they came."""
    names = ", ".join(table.columns)
    order = ", ".join((*table.key, "recorded_at", *(name for name in table.columns if name not in table.key)))
    rows = connection.sql(f"SELECT {names} FROM {accepted(table)} ORDER BY {order}")
    with pq.ParquetWriter(folder / f"{table.name}.parquet", table.arrow, compression="zstd") as writer:
        for batch in rows.to_arrow_reader(_BATCH):
            writer.write_batch(batch.cast(table.arrow))


def write_rejects(connection: duckdb.DuckDBPyConnection, files: Sequence[OutsideFile], folder: Path) -> None:
    """Write every fault of every rejected row: where it is, what is there, its reason and what that means."""
    paths = pa.table({"file": range(len(files)), "path": [str(file.path) for file in files]})
    connection.register("file_names", paths)
    connection.register("reasons", pa.table({"reason": list(REASONS), "cause": list(REASONS.values())}))
    connection.execute(
        'COPY (SELECT tbl AS "table", path AS file, line, field AS "column", value, reason, cause '
        "FROM rejects JOIN file_names USING (file) LEFT JOIN reasons USING (reason) ORDER BY ALL) "
        f"TO {literal(str(folder / 'rejects.csv'))} (FORMAT csv, HEADER true)"
    )


def put_in_place(written: Path, out: Path) -> None:
    """Make the written folder the goal; a book that was there goes, with the workspace, when the new one has come."""
    old = written.with_name("replaced")
    if out.exists():
        out.rename(old)
    try:
        written.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
