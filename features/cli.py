"""Commands on files: import into a book."""

import typer

app = typer.Typer(help="Files into a book, a book into snapshots.")
