"""`bolanggu simulate`: progress while it runs, figures when it is done."""

import json
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from features.money import USD, Money
from training.market.parameters import Parameters
from training.market.simulate import Wish, simulate
from training.market.summary import figures


def run(out: Path, wish: Wish, parameters: Parameters, replace: bool, workers: int | None, as_json: bool) -> None:
    """Simulate, and print what came of it."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("simulating", total=None)
        rows = simulate(
            out, wish, parameters, replace, workers, lambda done, of: bar.update(task, completed=done, total=of)
        )
    told = {"book": str(out), "rows": rows, **figures(out, parameters, wish.buyers)}
    if as_json:
        typer.echo(json.dumps(told))
    else:
        _show(told, Console())


def _show(told: dict[str, Any], console: Console) -> None:
    console.print(f"{told['book']}: {told['programmes']:.3g} of the programme, as large as its parameters take it")
    tables = Table("table", "rows")
    for name, count in told["rows"].items():
        tables.add_row(name, f"{count:,}")
    console.print(tables)
    years = Table("filed in", "claims", "loss a claim", "recovered")
    for year, of in told["claims"].items():
        loss = Money(of["loss_per_claim_usd_cents"], USD)
        years.add_row(year, str(of["claims"]), str(loss), f"{of['recovered_share']:.0%}")
    console.print(years)
