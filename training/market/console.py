"""`bolanggu simulate`: progress while it runs, figures when it is done."""

import json
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress

from training.market.parameters import Parameters
from training.market.simulate import Wish, simulate


def run(out: Path, wish: Wish, parameters: Parameters, workers: int | None, as_json: bool) -> None:
    """Simulate, and print the rows of each table."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("simulating", total=None)
        rows = simulate(out, wish, parameters, workers, lambda done, all_: bar.update(task, completed=done, total=all_))
    if as_json:
        typer.echo(json.dumps({"book": str(out), "rows": rows}))
    else:
        for name, count in rows.items():
            typer.echo(f"{name}: {count} rows")
