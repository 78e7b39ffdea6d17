"""A snapshot as a Parquet file, from either engine."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from features.files import replace_file
from features.snapshot.duck import snapshot
from features.snapshot.steps import Tell, silent

Engine = Literal["duckdb", "spark"]


def write_snapshot(
    book: Path,
    days: Sequence[date],
    out: Path,
    engine: Engine = "duckdb",
    master: str = "local[*]",
    tell: Tell = silent,
) -> dict[str, int]:
    """Write every buyer's features as known on the days; the file stands whole or not at all.

    Args:
        book: a folder of canonical tables in Parquet.
        days: the days to look from.
        out: the file. Spark's workers must reach its folder, as they must reach the book.
        engine: what computes.
        master: the Spark to use, such as `spark://host:7077`.
        tell: hears which step is being taken.

    Returns:
        How many rows, buyers, days and features were written.

    Raises:
        BookError: the folder is no book, or holds a currency without a rate on the order's day.
        CallerError: there is no day, one that no book can hold, or no Spark.
    """
    rows = snapshot(book, days, tell=tell) if engine == "duckdb" else _from_spark(book, days, out, master, tell)
    with replace_file(out) as fresh:
        pq.write_table(rows, fresh, compression="zstd")
    return {
        "rows": rows.num_rows,
        "buyers": len(rows["buyer_id"].unique()),
        "days": len(set(days)),
        "features": rows.num_columns - 2,
    }


def _from_spark(book: Path, days: Sequence[date], out: Path, master: str, tell: Tell) -> pa.Table:
    from features.snapshot.spark import snapshot_on_spark, spark_session

    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as work, spark_session(master) as session:
        return snapshot_on_spark(session, book.resolve(), days, Path(work).resolve(), tell)
