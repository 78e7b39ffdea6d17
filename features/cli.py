"""Commands on files: import into a book, snapshots of a book."""

import json
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Files into a book, a book into snapshots.")


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV, XLSX or Parquet files.")],
    mapping: Annotated[Path, typer.Option(help="YAML that says which columns feed which tables.")],
    out: Annotated[Path, typer.Option(help="Folder of the book, made whole or not at all.")],
    replace: Annotated[bool, typer.Option(help="Replace the book that is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Import outside files into a book; rows that break it go to rejects.csv with line and reason.

    Example: bolanggu import --mapping features/importing/mappings/erp.yaml --out book closed.csv open.csv
    """
    from features.importing.console import progress, show
    from features.importing.run import import_files

    with progress() as tell:
        summary = import_files(mapping, files, out, replace=replace, tell=tell)
    if as_json:
        typer.echo(json.dumps(summary.as_dict(), ensure_ascii=False, indent=2))
    else:
        show(summary)


class Engine(StrEnum):
    """What computes a snapshot."""

    DUCKDB = "duckdb"
    SPARK = "spark"


DAY = ["%Y-%m-%d"]


@app.command()
def snapshot(
    book: Annotated[Path, typer.Option(help="Folder of the book (Parquet).")],
    as_of: Annotated[list[datetime], typer.Option(formats=DAY, help="A day to look from; later records are not seen.")],
    out: Annotated[Path, typer.Option(help="The snapshot (Parquet), made whole or not at all.")],
    more_days: Annotated[list[datetime] | None, typer.Argument(formats=DAY, help="More days to look from.")] = None,
    engine: Annotated[Engine, typer.Option(help="Spark is for books beyond one machine.")] = Engine.DUCKDB,
    master: Annotated[str, typer.Option(help="The Spark to use, such as spark://host:7077.")] = "local[*]",
    as_json: Annotated[bool, typer.Option("--json", help="Print figures as JSON.")] = False,
) -> None:
    """Compute every buyer's features as known at the end (UTC) of each day.

    Example: bolanggu snapshot --book market --as-of 2024-03-31 2024-06-30 --out features.parquet
    """
    from features.importing.console import progress
    from features.snapshot.write import write_snapshot

    days = [day.date() for day in (*as_of, *(more_days or []))]
    with progress() as tell:
        told = write_snapshot(book, days, out, engine.value, master, tell)
    if as_json:
        typer.echo(json.dumps({**told, "out": str(out)}))
    else:
        typer.echo(f"{told['rows']:,} rows of {told['buyers']:,} buyers, {told['features']} features, in {out}")
