"""Labels: which buyers, seen on a snapshot day, defaulted on an order of the horizon after it.

Everything here is read as it was recorded by the training day; an outcome counts once its whole window
(horizon, longest terms, days past due, reporting lag) lies before the end of the data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from features.errors import DataError
from features.rates import usd_rates
from features.snapshot.days import end_of
from training.config import TrainingConfig

_SQL = Path(__file__).parent / "sql"
# A book's last record may lie a little before the day of training; more than that, and silence would look like default.
_STALE_DAYS = 31


@dataclass(frozen=True, slots=True)
class Ripeness:
    """How long an outcome takes to be known, measured on the data.

    Attributes:
        data_end: last day whose records are all there (the training day, or the last record's day if earlier).
        longest_terms_days, lag_days: quantiles of terms asked and of payments' reporting lag, as configured.
        wait_days: from a snapshot to its mature outcome.
        first_day: first day on which anything was ordered.
    """

    first_day: date
    data_end: date
    longest_terms_days: int
    lag_days: int
    wait_days: int

    @property
    def last_mature(self) -> date:
        """The last day whose snapshot has a mature outcome."""
        return self.data_end - timedelta(days=self.wait_days)


def prepare(connection: duckdb.DuckDBPyConnection, as_of: date, config: TrainingConfig) -> Ripeness:
    """Make the tables `known_*` and `outcomes` of an opened book as recorded by `as_of`.

    Raises:
        DataError: no order is recorded by then, or the book's last record lies long before `as_of`.
    """
    _tabulate_rates(connection, as_of)
    for statement in connection.extract_statements(read_sql("known")):
        connection.execute(statement, {"end": end_of(as_of)})
    ripeness = _measure(connection, as_of, config)
    parameters = {
        "days_past_due": config.default.days_past_due,
        "accepted_claim": config.default.accepted_claim,
        "materiality": config.default.materiality_usd_cents,
        "lag_days": ripeness.lag_days,
        "data_end": ripeness.data_end,
    }
    connection.execute(read_sql("outcomes"), parameters)
    return ripeness


def labels(connection: duckdb.DuckDBPyConnection, days: Sequence[date], horizon_days: int) -> pa.Table:
    """Label every buyer that traded in the horizon after each day.

    Returns:
        buyer_id, as_of, orders and orders_unknown (counts), usd_cents (ordered), outcome (0 or 1) and
        lost_usd_cents (owed at default), by as_of and buyer.
    """
    connection.register("days", pa.table({"as_of": pa.array(list(days), pa.date32())}))
    labelled: pa.Table = connection.sql(read_sql("labels"), params={"horizon_days": horizon_days}).to_arrow_table()
    connection.unregister("days")
    return labelled


def snapshot_days(ripeness: Ripeness, config: TrainingConfig) -> list[date]:
    """Choose the snapshot days: steps back from the last mature day while there is something to look back on."""
    first = config.snapshots.first or ripeness.first_day + timedelta(days=config.snapshots.every_days)
    days = [
        ripeness.last_mature - timedelta(days=config.snapshots.every_days * step)
        for step in range(config.snapshots.most)
    ]
    return sorted(day for day in days if day >= first)


def read_sql(name: str) -> str:
    """Read a statement of `training/sql` by its name."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def _tabulate_rates(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    query = "SELECT min(ordered_on) FROM orders"
    first = connection.execute(query).fetchall()[0][0] or as_of
    used = "SELECT DISTINCT currency FROM orders UNION SELECT DISTINCT currency FROM payments"
    codes = [code for (code,) in connection.execute(used).fetchall()]
    rates = usd_rates(codes, first, as_of)  # noqa: F841 - DuckDB reads it by its name in the next line
    connection.execute("CREATE OR REPLACE TEMP TABLE usd_rates AS SELECT * FROM rates")


def _measure(connection: duckdb.DuckDBPyConnection, as_of: date, config: TrainingConfig) -> Ripeness:
    ends = "SELECT min(ordered_on), max(CAST(recorded_at AS DATE)) FROM known_orders"
    first_day, last_order = connection.execute(ends).fetchall()[0]
    if first_day is None:
        raise DataError("training day", as_of, "comes before every order of the book", "train on a later day")
    last_payment = connection.execute("SELECT max(CAST(recorded_at AS DATE)) FROM known_payments").fetchall()[0][0]
    last_record = max(last_order, last_payment or last_order)
    if (as_of - last_record).days > _STALE_DAYS:
        cause = f"is {(as_of - last_record).days} days after the book's last record of {last_record}"
        raise DataError("training day", as_of, cause, f"train as of {last_record}, or load newer data")
    terms, lag = _quantiles(connection, config)
    wait_days = config.horizon_days + terms + config.default.days_past_due + lag
    return Ripeness(first_day, min(as_of, last_record), terms, lag, wait_days)


def _quantiles(connection: duckdb.DuckDBPyConnection, config: TrainingConfig) -> tuple[int, int]:
    terms = "SELECT quantile_disc(greatest(due_on - ordered_on, 0), ?) FROM known_orders"
    lag = "SELECT quantile_disc(greatest(CAST(recorded_at AS DATE) - paid_on, 0), ?) FROM known_payments"
    longest = connection.execute(terms, [config.maturity.terms_quantile]).fetchall()[0][0]
    late = connection.execute(lag, [config.maturity.lag_quantile]).fetchall()[0][0]
    return int(longest), int(late or 0)
