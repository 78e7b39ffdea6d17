"""Writing a market: parts as they are done, then one sorted file a table, then the folder in one move."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.book.folder import connect
from features.errors import FileError
from features.files import replace_folder
from training.market import truth_file

# A folder that holds it is a simulated market.
MARK = f"{truth_file.NAME}.parquet"
_ROWS_IN_GROUP = 131_072
_MERGE_MEMORY_GIB = 2.0


@contextmanager
def fresh_folder(out: Path, replace: bool) -> Iterator[Path]:
    """Give a temporary folder beside `out` that becomes `out` if all goes well, and vanishes if not.

    Raises:
        FileError: `out` is a file, holds something and is not to be replaced (or is no market), or cannot be made.
    """
    if out.exists() and not out.is_dir():
        raise FileError("folder", out, "is a file", "name a folder")
    held = out.exists() and any(out.iterdir())
    if held and not (replace and (out / MARK).is_file()):
        raise FileError("folder", out, "holds something", "name a new folder, or replace a market with --replace")
    try:
        with replace_folder(out) as folder:
            yield folder
    except OSError as error:
        raise FileError("folder", out, f"cannot be written ({error.strerror})", "name another folder") from error


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
