"""A snapshot of a book folder on Spark, for books beyond one machine."""

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from features.book.folder import connect, files_of, open_book
from features.book.rates import CURRENCIES, SPAN, no_rate, rates_for
from features.book.tables import TABLES, Table
from features.errors import CallerError
from features.snapshot.days import day_table, end_of
from features.snapshot.steps import SCHEMA, STEPS, Tell, closing, render, silent

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What our types are called in Spark, where they are not called the same.
_SPARK_TYPES = {"VARCHAR": "STRING", "TIMESTAMPTZ": "TIMESTAMP"}
_ARROW_TYPES = {"int32": "INT", "date32[day]": "DATE", "string": "STRING", "decimal128(18, 12)": "DECIMAL(18, 12)"}


def snapshot_on_spark(
    session: "SparkSession", book: Path, days: Sequence[date], work: Path, tell: Tell = silent
) -> pa.Table:
    """Compute every buyer's features as known at the end (UTC) of each day.

    Args:
        session: a Spark session; its time zone is set to UTC.
        book: a folder of canonical tables in Parquet.
        days: the days to look from, in any order.
        work: a folder for what lies between the steps. Like the book, every worker must reach it under this path.
        tell: hears which step is being taken.

    Returns:
        A table of `SCHEMA`, as from the embedded engine.

    Raises:
        BookError: the folder is no book, or holds a currency without a rate on the order's day.
        CallerError: there is no day, or one that no book can hold.
    """
    wanted = day_table(days)
    with connect() as checker:
        open_book(book, checker)  # raises what it would raise on the embedded engine, looking at the files' heads only
    session.conf.set("spark.sql.session.timeZone", "UTC")
    for table in TABLES.values():
        _open_table(session, book, table, max(days))
    _view(session, "days", wanted)
    _register_rates(session)
    for step in STEPS:
        tell(step.name)
        frame = session.sql(render(step.name, "spark"))
        if step.kept:
            # Through files, for plans that grow from step to step outgrow the driver's memory.
            frame.write.parquet(str(work / step.name))
            frame = session.read.parquet(str(work / step.name))
        frame.createOrReplaceTempView(step.name)
    tell("snapshot")
    session.sql(closing("spark")).write.parquet(str(work / "snapshot"))
    parts = [pq.read_table(part).cast(SCHEMA) for part in sorted((work / "snapshot").glob("part-*.parquet"))]
    return pa.concat_tables(parts)


@contextmanager
def spark_session(master: str = "local[*]") -> Iterator["SparkSession"]:
    """Start or join Spark, on this machine's processors unless a master is named, and leave it after the block.

    Raises:
        CallerError: the `spark` extra is not installed.
    """
    try:
        with warnings.catch_warnings():
            # Spark doubts the newest pandas, which only its pandas look-alike would use.
            warnings.simplefilter("ignore", FutureWarning)
            from pyspark.sql import SparkSession
    except ImportError as error:
        raise CallerError("engine", "spark", "is not installed", "pip install 'bolanggu[spark]'") from error
    from features.snapshot.java import find_java

    find_java()
    session = (
        SparkSession.builder.master(master)
        .appName("bolanggu snapshot")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
        .config("spark.sql.session.timeZone", "UTC")
        # A local master works inside the driver, whose default of 1 GiB is little.
        .config("spark.driver.memory", os.environ.get("SPARK_DRIVER_MEMORY", "4g"))
        .getOrCreate()
    )
    try:
        yield session
    finally:
        session.stop()


def _open_table(session: "SparkSession", book: Path, table: Table, last: date) -> None:
    """Make a view of a canonical table that knows nothing recorded after the last day."""
    files = [str(file) for file in files_of(book, table.name)]
    frame = session.read.option("mergeSchema", "true").parquet(*files) if files else None
    present = frame.columns if frame is not None else []
    columns = []
    for field in table.fields:
        kind = _SPARK_TYPES.get(field.kind.duckdb, field.kind.duckdb)
        columns.append(f"CAST({field.name if field.name in present else 'NULL'} AS {kind}) AS {field.name}")
    source = frame if frame is not None else session.range(0).selectExpr("id AS nothing")
    seen = source.selectExpr(*columns).where(f"recorded_at < TIMESTAMP '{end_of(last).isoformat()}'")
    seen.createOrReplaceTempView(table.name)


def _view(session: "SparkSession", name: str, table: pa.Table) -> None:
    from pyspark.sql.functions import broadcast

    kinds = ", ".join(f"{field.name} {_ARROW_TYPES[str(field.type)]}" for field in table.schema)
    rows = [tuple(row.values()) for row in table.to_pylist()]
    # Without the hint Spark does not know that the table is small, and shuffles what it is joined with.
    broadcast(session.createDataFrame(rows, kinds)).createOrReplaceTempView(name)


def _register_rates(session: "SparkSession") -> None:
    codes = [row[0] for row in session.sql(CURRENCIES).collect()]
    first, last = session.sql(SPAN).collect()[0]
    rates = rates_for(codes, first, last)
    _view(session, "usd_rates", rates.table)
    if not rates.gapless:
        for row in session.sql(render("unrated", "spark")).collect():
            raise no_rate(*row)
