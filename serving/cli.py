"""Commands of the service and its operators."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from serving.access.principal import Role

app = typer.Typer(help="Serve, migrate, set limits.")
db = typer.Typer(
    help="The service's database: migrate, verify, back up and restore; load and export a book.", no_args_is_help=True
)
key = typer.Typer(help="API keys: add, list, revoke.", no_args_is_help=True)
app.add_typer(db, name="db")
app.add_typer(key, name="key")
user = typer.Typer(help="People who sign in to the console with a local account.", no_args_is_help=True)
app.add_typer(user, name="user")

AsJson = Annotated[bool, typer.Option("--json", help="Print figures as JSON.")]


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Server processes.")] = 1,
) -> None:
    """Serve the API and the console; the database is migrated first.

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


@db.command()
def load(
    folder: Annotated[Path, typer.Argument(help="Folder of a book, as `import` and `simulate` write it.")],
    as_json: AsJson = False,
) -> None:
    """Load a book into the database, all or nothing; loading it again changes nothing.

    Example: bolanggu db load market
    """
    from serving.book.load import load_book
    from serving.serve import connected

    with connected() as connection:
        loaded = load_book(folder, connection)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in loaded]))
        return
    for each in loaded:
        typer.echo(f"{each.table}: {each.added:,} rows added, {each.there_already:,} were there already")


@db.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write; it must be new or empty.")],
    as_json: AsJson = False,
) -> None:
    """Write the book of record to a folder that `snapshot` and `train` take as it is.

    Example: bolanggu db export book-2026-01-01
    """
    from serving.book.export import export_book
    from serving.serve import connected

    with connected() as connection:
        rows = export_book(connection, folder)
    typer.echo(json.dumps(rows) if as_json else "\n".join(f"{name}: {count:,} rows" for name, count in rows.items()))


@db.command()
def backup(
    file: Annotated[Path, typer.Argument(help="File to write; one that is there is replaced.")],
) -> None:
    """Write one file of the whole database as of one instant, with pg_dump; the service may go on.

    Example: bolanggu db backup bolanggu-2026-01-01.dump
    """
    from serving.operate.backup import back_up
    from serving.serve import prepared_database
    from serving.settings import settings

    with prepared_database(settings()) as url:
        size = back_up(url, file, settings().database_url is None)
    typer.echo(f"{file}: {size:,} bytes")


@db.command()
def restore(
    file: Annotated[Path, typer.Argument(help="File that `db backup` wrote.")],
) -> None:
    """Bring a backup into an empty database, whole or not at all; older ones are migrated, then all is verified.

    Example: BOLANGGU_HOME=elsewhere bolanggu db restore bolanggu-2026-01-01.dump
    """
    from serving.ledger.verify import verify
    from serving.operate.backup import restore
    from serving.serve import bare_database, connected
    from serving.settings import settings

    with bare_database(settings()) as url:
        restore(url, file, settings().database_url is None)
        with connected() as connection:
            broken = sum(each.broken for each in verify(connection))
    typer.echo(
        "restored; everything holds" if broken == 0 else f"restored; {broken:,} differ, see `bolanggu db verify`"
    )
    if broken:
        raise typer.Exit(1)


@db.command()
def verify(as_json: AsJson = False) -> None:
    """Recompute what the ledger keeps, replay every decision, limit and cover; exit 1 if anything differs.

    It finds a row that was changed, added or deleted where another row tells what it was. It cannot find: a declined
    decision deleted, or with another exporter; changes to the exposures, exporters and payments that a decision
    found, if it would be decided alike; a model's limit changed together with its workings, or one without workings
    on which no decision rests; a largest paid order made smaller; changes to book rows that were loaded; a limit
    exchanged for another of the same buyer where one was recorded in the hour before the decision; and whatever was
    changed alike in every place that tells it.

    Example: bolanggu db verify
    """
    from serving.ledger.verify import verify
    from serving.serve import connected

    with connected() as connection:
        checks = verify(connection)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in checks], default=str))
    else:
        for each in checks:
            examples = "".join(f"\n  {' | '.join(map(str, row))}" for row in each.examples)
            typer.echo(f"{each.name}: {'holds' if each.broken == 0 else f'{each.broken:,} differ'}{examples}")
    if any(each.broken for each in checks):
        raise typer.Exit(1)


@key.command("add")
def add_key(
    name: Annotated[str, typer.Option(help="Its name, in the ledger and the audit trail.")],
    role: Annotated[Role, typer.Option(help="What it may do.")],
    scope: Annotated[list[str] | None, typer.Option(help="Only this action of the role; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an API key and print it, this once; only its hash is kept.

    Example: bolanggu key add --name platform --role platform
    """
    from serving.access.keys import add_key
    from serving.serve import connected

    with connected() as connection:
        made = add_key(connection, name, role, scope or ())
    typer.echo(json.dumps({"name": name, "role": role, "key": made}) if as_json else made)


@key.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List API keys, live and revoked.

    Example: bolanggu key list
    """
    from serving.access.keys import list_keys
    from serving.serve import connected

    with connected() as connection:
        keys = list_keys(connection)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in keys], default=str))
        return
    if not keys:
        typer.echo("no keys")
    for each in keys:
        end = f"revoked {each.revoked_at:%Y-%m-%d} by {each.revoked_by}" if each.revoked_at else "live"
        scopes = f" ({', '.join(each.scopes)})" if each.scopes else ""
        typer.echo(f"{each.prefix}…  {each.role}{scopes}  {each.name}  since {each.created_at:%Y-%m-%d}  {end}")


@key.command("revoke")
def revoke_key(name: Annotated[str, typer.Argument(help="The key's name.")]) -> None:
    """Revoke the live key of a name; running servers heed it within seconds.

    Example: bolanggu key revoke platform
    """
    from serving.access.keys import revoke_key
    from serving.serve import connected

    with connected() as connection:
        revoke_key(connection, name)
    typer.echo(f"key {name}: revoked")


@app.command("set-limits")
def set_limits(
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day whose knowledge counts; today by default.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would change, change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Score every buyer with the champion and put the limits that follow into force, all or none.

    Example: bolanggu set-limits --as-of 2025-12-31 --dry-run
    """
    from features.home import home
    from serving.limits.console import lines
    from serving.limits.run import set_limits
    from serving.serve import connected

    with connected() as connection:
        told = set_limits(connection, home(), (as_of or datetime.now(UTC)).date(), dry_run)
    typer.echo(json.dumps(told) if as_json else "\n".join(lines(told)))


PersonsRole = Annotated[str, typer.Option(help="underwriter, senior, modeller or auditor.")]


@user.command("add")
def add_user(name: Annotated[str, typer.Argument(help="Name to sign in with.")], role: PersonsRole) -> None:
    """Add a local account; the password is asked for, or read from standard input.

    Example: bolanggu user add li.na --role underwriter
    """
    from serving.accounts.accounts import add_account, persons_role
    from serving.serve import connected

    persons = persons_role(role)
    password = _new_password()
    with connected() as connection:
        add_account(connection, name, persons, password)
    typer.echo(f"{name} may sign in as {persons}")


@user.command("change")
def change_user(
    name: Annotated[str, typer.Argument(help="Name of the account.")],
    role: Annotated[str | None, typer.Option(help="The new role.")] = None,
    password: Annotated[bool, typer.Option("--password", help="Ask for a new password.")] = False,
) -> None:
    """Give an account another role or password, or open it again; its sessions end.

    Example: bolanggu user change li.na --role senior
    """
    from serving.accounts.accounts import change_account, persons_role
    from serving.serve import connected

    persons = None if role is None else persons_role(role)
    fresh = _new_password() if password else None
    with connected() as connection:
        change_account(connection, name, persons, fresh)
    typer.echo(f"{name} is changed and open")


@user.command("disable")
def disable_user(name: Annotated[str, typer.Argument(help="Name of the account.")]) -> None:
    """Close an account; its sessions end at once.

    Example: bolanggu user disable li.na
    """
    from serving.accounts.accounts import disable_account
    from serving.serve import connected

    with connected() as connection:
        disable_account(connection, name)
    typer.echo(f"{name} is closed")


@user.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List local accounts with their roles, and which are locked or closed.

    Example: bolanggu user list
    """
    from serving.accounts.accounts import list_accounts
    from serving.serve import connected

    with connected() as connection:
        told = [asdict(account) for account in list_accounts(connection)]
    if as_json:
        typer.echo(json.dumps(told))
    else:
        typer.echo("\n".join(f"{each['name']}: {each['role']}, {each['state']}" for each in told) or "no accounts")


def _new_password() -> str:
    """Ask for a password twice on a terminal, else read the first line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


@app.command("review-whitelist")
def review_whitelist(
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day whose knowledge counts; today by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge every exporter by the policy's criteria and keep the findings for underwriters to decide.

    Example: bolanggu review-whitelist --as-of 2025-12-31
    """
    from features.home import home
    from serving.serve import connected
    from serving.whitelist.review import review_exporters

    with connected() as connection:
        told = review_exporters(connection, home(), (as_of or datetime.now(UTC)).date())
    if as_json:
        typer.echo(json.dumps(told))
        return
    made_by = f"policy {told['policy_version']} and model version {told['model_version']}"
    counts = f"{told['candidate']:,} candidates, {told['not_yet']:,} not yet, {told['excluded']:,} excluded"
    typer.echo(f"{told['exporters']:,} exporters judged as of {told['as_of']} by {made_by}: {counts}")
