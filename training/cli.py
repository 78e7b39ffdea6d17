"""Commands of risk modellers."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Simulate, train, promote.")

Book = Annotated[Path, typer.Option("--book", help="Folder of the book (Parquet).")]
AsOf = Annotated[
    datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day of training; later records are not seen.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print figures as JSON.")]


@app.command()
def train(
    book: Book,
    as_of: AsOf,
    config: Annotated[Path | None, typer.Option("--config", help="YAML; defaults for every key.")] = None,
    predictions: Annotated[Path | None, typer.Option("--predictions", help="Write out-of-time rows (Parquet).")] = None,
    as_json: AsJson = False,
) -> None:
    """Label, fit, judge out of time, log and register.

    Example: bolanggu train --book market --as-of 2025-12-31 --json
    """
    from rich.console import Console

    from training.config import read_config
    from training.summary import show, summary
    from training.train import register, train, write_predictions

    trained = train(book, as_of.date(), read_config(config))
    if predictions is not None:
        write_predictions(trained, predictions)
    trained = replace(trained, version=register(trained))
    if as_json:
        typer.echo(json.dumps(summary(trained)))
    else:
        show(trained, Console())


@app.command()
def promote(version: Annotated[str, typer.Argument(help="A version that `bolanggu train` printed.")]) -> None:
    """Put a registered model version into use.

    Example: bolanggu promote 1
    """
    from training.promotion import promote

    champion = promote(version)
    typer.echo(f"version {champion.version} is the champion now ({champion.bundle.model.kind})")


@app.command()
def simulate(
    out: Annotated[Path, typer.Option("--out", help="Folder to make.")],
    buyers: Annotated[int, typer.Option("--buyers", help="Number of buyers.")] = 2500,
    years: Annotated[int, typer.Option("--years", help="Years that the market covers.")] = 4,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.")] = 1,
    exporters: Annotated[int | None, typer.Option("--exporters", help="Number of exporters.")] = None,
    until: Annotated[
        datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day of the market.")
    ] = datetime(2025, 12, 31),  # noqa: DTZ001 - a day, as the option takes it
    config: Annotated[
        Path | None, typer.Option("--config", help="Parameters (YAML); default: market/default.yaml.")
    ] = None,
    replace_market: Annotated[bool, typer.Option("--replace", help="Replace a market that is there.")] = False,
    workers: Annotated[int | None, typer.Option("--workers", help="Processes; the result is the same.")] = None,
    as_json: AsJson = False,
) -> None:
    """Simulate a market into a book, its truth apart in truth.parquet.

    Example: bolanggu simulate --out market --buyers 2500 --years 4 --seed 1
    """
    from training.market.console import run
    from training.market.parameters import DEFAULT, load
    from training.market.simulate import Wish

    run(
        out,
        Wish(buyers, years, seed, until.date(), exporters),
        load(config or DEFAULT),
        replace_market,
        workers,
        as_json,
    )
