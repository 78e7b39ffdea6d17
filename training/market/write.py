"""Writing a market: parts as they are done, then one sorted file a table, then the folder in one move."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pyarrow as pa
import pyarrow.parquet as pq

from features.book.folder import connect
from features.errors import FileError

_ROWS_IN_GROUP = 131_072
_MERGE_MEMORY_GIB = 2.0


@contextmanager
def fresh_folder(out: Path) -> Iterator[Path]:
    """Give a temporary folder beside `out` that becomes `out` if all goes well, and vanishes if not.

    Raises:
        FileError: `out` is there and not an empty folder, or its parent cannot be written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileError("folder", out, "is there and not empty", "name a new folder or empty this one")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise FileError("folder", out, f"cannot be made ({error.strerror})", "name another folder") from error
    try:
        yield work
        work.chmod(0o755)
        if out.exists():
            out.rmdir()
        work.rename(out)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def write_part(folder: Path, name: str, place: int, rows: pa.Table) -> None:
    """Write one block's rows of a table."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, folder / name / f"{place:05d}.parquet", compression="lz4")


def merge_parts(parts: Path, name: str, schema: pa.Schema, order: tuple[str, ...], target: Path) -> int:
    """Sort all parts of a table into one file with row groups of one size, so that its bytes depend on its rows only.

    Returns:
        The number of rows.
    """
    files = sorted(str(file) for file in (parts / name).glob("*.parquet"))
    rows = 0
    with (
        connect(memory_gib=_MERGE_MEMORY_GIB) as connection,
        pq.ParquetWriter(target, schema, compression="zstd") as writer,
    ):
        connection.execute(f"SET temp_directory = '{parts}'")
        query = f"SELECT * FROM read_parquet({files}) ORDER BY {', '.join(order)}"
        for batch in connection.sql(query).to_arrow_reader(_ROWS_IN_GROUP):
            writer.write_table(pa.Table.from_batches([batch]).cast(schema), row_group_size=_ROWS_IN_GROUP)
            rows += batch.num_rows
    return rows
