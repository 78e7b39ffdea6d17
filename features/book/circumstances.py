"""What limit setting needs of a buyer beside its features: its country, and its trade with whitelisted exporters."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

_SQL = Path(__file__).with_suffix(".sql")
_YEAR = timedelta(days=365)


def circumstances(
    connection: duckdb.DuckDBPyConnection, day: date, whitelisted: Collection[str] = frozenset()
) -> pa.Table:
    """Tell the circumstances of every buyer of an opened book as known at the end (UTC) of a day.

    Args:
        connection: a connection on which `open_book` was called.
        day: nothing recorded later counts.
        whitelisted: exporters on the whitelist on that day.

    Returns:
        buyer_id, country (ISO 3166-1 alpha-2, ZZ where not known) and whitelisted_bp (share of the past year's
        orders with these exporters, in basis points), by buyer.
    """
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    parameters = {"end": end, "year_ago": day - _YEAR, "whitelisted": sorted(whitelisted)}
    found: pa.Table = connection.sql(_SQL.read_text(encoding="utf-8"), params=parameters).to_arrow_table()
    return found
