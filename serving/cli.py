"""Commands of the service and its operators."""

import typer

app = typer.Typer(help="Serve, migrate, set limits.")
