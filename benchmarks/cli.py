"""`bolanggu bench NAME`: run a benchmark and print its figures."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any

import typer

from features.errors import CallerError

app = typer.Typer()

# Each is a module of this folder with `run() -> {"bench": …, "figures": {…}, "conditions": {…}}`.
BENCHMARKS = (
    "features",
    "market",
    "learning",
    "allocation",
    "backtest",
    "scoring",
    "order-check",
    "rescoring",
    "pages",
)


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(BENCHMARKS)}, or all.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print figures as JSON.")] = False,
) -> None:
    """Measure what the README claims, as ratios within one run.

    Example: bolanggu bench features --json
    """
    for each in BENCHMARKS if name == "all" else (name,):
        told = _benchmark(each)()
        lines = [f"{each} {title}: {value:.4g}" for title, value in told["figures"].items()]
        typer.echo(json.dumps(told) if as_json else "\n".join(lines))


def _benchmark(name: str) -> Callable[[], dict[str, Any]]:
    if name not in BENCHMARKS:
        raise CallerError("benchmark", name, "does not exist", f"use one of {', '.join(BENCHMARKS)} or all")
    run: Callable[[], dict[str, Any]] = import_module(f"benchmarks.{name.replace('-', '_')}").run
    return run
