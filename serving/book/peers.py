"""One buyer's features inside the service, and the tables about other buyers that they rest on."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from features.book.rates import CURRENCIES, SPAN, no_rate
from features.rates import usd_rates
from features.snapshot.days import end_of
from features.snapshot.duck import records
from features.snapshot.postgres import buyer_statement, unrated_statement
from serving.book.load import copy_batches
from serving.database.queries import query

# Orders of the time until the next refresh find the last rate that was quoted.
AHEAD = timedelta(days=366)
# A country's buyers are looked at over so long; an order is late where it is unpaid so many days after it was due.
RECENT, GRACE_DAYS = timedelta(days=90), 30


def refresh_peers(connection: psycopg.Connection[Any], book: Path, day: date) -> dict[str, int]:
    """Replace what is known of all buyers by what a book knew at the end of a day; give the rows of each table.

    Readers see the old tables until the new ones stand whole.

    Raises:
        BookError: the folder is no book, or holds a currency without a rate on the order's day.
    """
    fresh = records(book, day)
    with connection.transaction():
        for name, rows in fresh.items():
            table = sql.Identifier("peers", name)
            connection.execute(sql.SQL("DELETE FROM {}").format(table))
            copy_batches(connection, table, iter(rows.to_batches()))
        extend_rates(connection, day)
        _keep_lateness(connection, day)
    return {name: rows.num_rows for name, rows in fresh.items()}


def _keep_lateness(connection: psycopg.Connection[Any], day: date) -> None:
    """Replace what is kept of how each country's buyers paid lately; what fell due last has yet to show."""
    last = day - timedelta(days=GRACE_DAYS)
    wanted = {"last": last, "since": last - RECENT, "first": last - 2 * RECENT, "grace": GRACE_DAYS}
    connection.execute("DELETE FROM peers.lateness")
    connection.execute(query("keep_lateness"), wanted | {"until": end_of(day)})


def keep_usual(connection: psycopg.Connection[Any], usual: Mapping[str, float | None]) -> None:
    """Replace what is kept of the book's medians, by feature."""
    with connection.transaction():
        connection.execute("DELETE FROM peers.usual")
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO peers.usual (feature, median) VALUES (%s, %s)", list(usual.items()))


def buyer_features(
    connection: psycopg.Connection[Any], buyer_id: str, as_of: date, others: Collection[str] = ()
) -> dict[str, Any] | None:
    """Compute one buyer's features as known at the end of a day; None where no order of the buyer is known.

    `others` are ids under which the same buyer was entered too.

    Raises:
        BookError: an order's day has no rate for a currency of its amounts.
        CallerError: the day is one that no book can hold.
    """
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        # A buyer's rows lie in memory; at the default price of a random page, a large buyer's would be sought by
        # reading whole tables. And a plan made for any buyer suits none: it is made anew for each.
        cursor.execute("SET LOCAL random_page_cost = 1.1")
        unrated = cursor.execute(*unrated_statement(buyer_id, as_of, others), prepare=False).fetchone()
        if unrated is not None:
            raise no_rate(*unrated.values())
        return cursor.execute(*buyer_statement(buyer_id, as_of, others), prepare=False).fetchone()


def write_statements() -> None:
    """Have the statements of one buyer's features written out before the first is asked for: that takes seconds."""
    unrated_statement("", date(2000, 1, 1))
    buyer_statement("", date(2000, 1, 1))


def extend_rates(connection: psycopg.Connection[Any], day: date) -> None:
    """Renew the rates that features of the time from then on meet at, for every currency that the book has now."""
    with connection.transaction():
        # The shared statements name the book's tables without their schema.
        connection.execute("SET LOCAL search_path = book")
        codes = [code for (code,) in connection.execute(CURRENCIES).fetchall()]
        ((first, last),) = connection.execute(SPAN).fetchall()
        if first is None:
            return
        connection.execute("DELETE FROM peers.usd_rates")
        rates = usd_rates(codes, first, max(last, day + AHEAD))
        copy_batches(connection, sql.Identifier("peers", "usd_rates"), iter(rates.to_batches()))
