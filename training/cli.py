"""Commands of risk modellers."""

import typer

app = typer.Typer(help="Simulate, train, promote.")
