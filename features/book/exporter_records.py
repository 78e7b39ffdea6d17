"""What an exporter's record shows on a day: the evidence for the whitelist."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from features.book.rates import tabulate_rates

_SQL = Path(__file__).with_suffix(".sql")


@dataclass(frozen=True, slots=True)
class ExporterRecord:
    """An exporter's sales on credit over a window; amounts in US cents.

    Attributes:
        tenure_days: since its first order.
        trade: sold on credit.
        documented_orders: with a customs number.
        documented_claims: with all documents.
        disputes: orders paid short, or with a claim that was not accepted.
        matured_orders, matured_trade: due so early that the waiting period is over.
        lost: owed of these at the end of the waiting period.
        top_buyer_trade: sold to the largest buyer.
        buyer_pd: mean PD of its buyers, weighted by trade; None where no model told any.
    """

    exporter_id: str
    tenure_days: int
    orders: int
    trade: int
    documented_orders: int
    claims: int
    documented_claims: int
    disputes: int
    matured_orders: int
    matured_trade: int
    lost: int
    top_buyer_trade: int
    buyer_pd: float | None


def exporter_records(
    connection: duckdb.DuckDBPyConnection, day: date, window_days: int, waiting_days: int, buyer_pds: pa.Table
) -> list[ExporterRecord]:
    """Gather the records of all exporters of an opened book as known at the end (UTC) of a day, by exporter.

    Args:
        connection: a connection on which `open_book` was called.
        day: nothing recorded later counts.
        window_days: how far back the record goes.
        waiting_days: days past due after which what is owed is lost.
        buyer_pds: buyer_id and pd, empty where no model tells.

    Raises:
        BookError: an amount known by then has no rate on its order's day.
    """
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    tabulate_rates(connection, end)
    connection.register("buyer_pds", buyer_pds)
    parameters = {"end": end, "day": day, "window_days": window_days, "waiting_days": waiting_days}
    found = connection.sql(_SQL.read_text(encoding="utf-8"), params=parameters).to_arrow_table()
    connection.unregister("buyer_pds")
    return [ExporterRecord(**row) for row in found.to_pylist()]
