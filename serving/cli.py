"""Commands of the service and its operators."""

from typing import Annotated

import typer

app = typer.Typer(help="Serve, migrate, set limits.")
db = typer.Typer(help="The service's database: migrate, verify, load and export a book.", no_args_is_help=True)
app.add_typer(db, name="db")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Server processes.")] = 1,
) -> None:
    """Serve the HTTP API; the database is migrated first.

    Example: bolanggu serve --port 8000
    """
    from serving.serve import serve
    from serving.settings import settings

    serve(settings(), host, port, workers)


@db.command()
def upgrade() -> None:
    """Bring the database to this program's newest revision.

    Example: bolanggu db upgrade
    """
    from serving.database.migrate import newest
    from serving.serve import prepared_database
    from serving.settings import settings

    with prepared_database(settings()):
        typer.echo(f"database is at revision {newest()}")
