"""Commands on files: import into a book."""

import json
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
