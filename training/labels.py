"""Labels: which buyers, seen on a snapshot day, defaulted on an order of the horizon after it.

Everything here is read as it was recorded by the day asked for, the training day or a cut before it; an outcome counts
once its whole window (horizon, longest terms, days past due, reporting lag) lies before the end of the data.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from features.book.rates import tabulate_rates
from features.errors import DataError
from features.snapshot.days import end_of
from training.config import TrainingConfig
from training.maturity import LagCurve, lag_curves, reporting_lag

_SQL = Path(__file__).parent / "sql"
# A book's last record may lie a little before the day of training; more than that, and silence would look like default.
_STALE_DAYS = 31


@dataclass(frozen=True, slots=True)
class Ripeness:
    """How long an outcome takes to be known, measured on the data.

    Attributes:
        data_end: last day whose records are all there (the training day, or the last record's day if earlier).
        longest_terms_days, lag_days: quantiles of terms asked and of the reporting lag, as configured.
        wait_days: from a snapshot to its mature outcome.
        curves: how late each kind of fact is recorded.
        first_day: first day on which anything was ordered.
    """

    first_day: date
    data_end: date
    longest_terms_days: int
    lag_days: int
    wait_days: int
    curves: tuple[LagCurve, ...] = ()

    @property
    def last_mature(self) -> date:
        """The last day whose snapshot has a mature outcome."""
        return self.data_end - timedelta(days=self.wait_days)


def prepare(
    connection: duckdb.DuckDBPyConnection, as_of: date, config: TrainingConfig, *, goes_on: bool = False
) -> Ripeness:
    """Make the tables `known_*` and `outcomes` of an opened book as recorded by `as_of`.

    Args:
        connection: a connection on which `open_book` was called.
        as_of: nothing recorded later counts.
        config: what counts as default, and when it is mature.
        goes_on: the book has later records, so that silence before `as_of` is a pause and no sign of an old book.

    Raises:
        BookError: an amount recorded by then has no rate on its order's day.
        DataError: no order is recorded by then, or the book's last record lies long before `as_of`.
    """
    tabulate_rates(connection, end_of(as_of))
    for statement in connection.extract_statements(read_sql("known")):
        connection.execute(statement, {"end": end_of(as_of)})
    data_end = _data_end(connection, as_of, goes_on=goes_on)
    _tabulate(connection, "owed", **_definition(config))
    curves = _curves(connection, as_of, data_end, config)
    ripeness = _ripeness(connection, data_end, curves, config)
    _tabulate(connection, "outcomes", wait_days=config.default.days_past_due + ripeness.lag_days, data_end=data_end)
    return ripeness


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a training run does not learn from.

    Attributes:
        young_days: snapshot days whose outcomes are not mature.
        young_rows: buyers that traded after those days, by the day.
        orders: orders of the other rows that are left out of their label, as their own outcome is not known yet.
        newcomers: labelled rows of buyers without any order known by the day: no snapshot sees them.
    """

    young_days: int
    young_rows: int
    orders: int
    newcomers: int


def left_out(
    connection: duckdb.DuckDBPyConnection, ripeness: Ripeness, config: TrainingConfig, labelled: pa.Table, rows: int
) -> LeftOut:
    """Count what is left out of `labelled`, of which `rows` have a snapshot."""
    young = _young_days(ripeness, config)
    with _days(connection, young):
        ((young_rows,),) = connection.execute(read_sql("young_rows"), {"horizon_days": config.horizon_days}).fetchall()
    orders = pc.sum(labelled["orders_unknown"]).as_py() or 0
    return LeftOut(len(young), young_rows, orders, labelled.num_rows - rows)


def labels(connection: duckdb.DuckDBPyConnection, days: Sequence[date], horizon_days: int) -> pa.Table:
    """Label every buyer that traded in the horizon after each day.

    Returns:
        buyer_id, as_of, orders and orders_unknown (counts), usd_cents (ordered), outcome (0 or 1) and
        lost_usd_cents (owed at default), by as_of and buyer.
    """
    with _days(connection, days):
        labelled: pa.Table = connection.sql(read_sql("labels"), params={"horizon_days": horizon_days}).to_arrow_table()
    return labelled


def snapshot_days(ripeness: Ripeness, config: TrainingConfig) -> list[date]:
    """Choose the snapshot days: steps back from the last mature day while there is something to look back on."""
    wanted = config.snapshots
    first = wanted.first or ripeness.first_day + timedelta(days=wanted.every_days)
    last, months = ripeness.last_mature, wanted.every_months
    ladder = _steps(first, last, wanted.every_days) if months is None else _month_ends(first, last, months)
    return [day for day in ladder if day >= first][-wanted.most :]


def _young_days(ripeness: Ripeness, config: TrainingConfig) -> list[date]:
    """List the days that would be next, were their outcomes mature."""
    if months := config.snapshots.every_months:
        return _month_ends(ripeness.last_mature + timedelta(days=1), ripeness.data_end, months)
    step = timedelta(days=config.snapshots.every_days)
    return [ripeness.last_mature + step * (place + 1) for place in range(ripeness.wait_days // step.days)]


def _steps(first: date, last: date, every_days: int) -> list[date]:
    step = timedelta(days=every_days)
    return [last - step * place for place in range((last - first) // step, -1, -1)]


def _month_ends(first: date, last: date, every: int) -> list[date]:
    """List the last day of every so many months from `first` to `last`, the newest among them."""
    days = (first + timedelta(days=place) for place in range((last - first).days + 1))
    return [day for day in days if (day + timedelta(days=1)).day == 1][::-every][::-1]


@contextmanager
def _days(connection: duckdb.DuckDBPyConnection, days: Sequence[date]) -> Iterator[None]:
    connection.register("days", pa.table({"as_of": pa.array(list(days), pa.date32())}))
    yield
    connection.unregister("days")


def read_sql(name: str) -> str:
    """Read a statement of `training/sql` by its name."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def _tabulate(connection: duckdb.DuckDBPyConnection, name: str, **parameters: object) -> None:
    connection.execute(read_sql(name), parameters)


def _definition(config: TrainingConfig) -> dict[str, object]:
    return {
        "days_past_due": config.default.days_past_due,
        "accepted_claim": config.default.accepted_claim,
        "materiality": config.default.materiality_usd_cents,
    }


def _data_end(connection: duckdb.DuckDBPyConnection, as_of: date, *, goes_on: bool) -> date:
    """Find the last day whose records are all there."""
    last = "SELECT max(CAST(recorded_at AS DATE)) FROM known_{}"
    orders, payments = (connection.execute(last.format(name)).fetchall()[0][0] for name in ("orders", "payments"))
    if orders is None:
        raise DataError("training day", as_of, "comes before every order of the book", "train on a later day")
    last_record: date = max(orders, payments or orders)
    if not goes_on and (as_of - last_record).days > _STALE_DAYS:
        cause = f"is {(as_of - last_record).days} days after the book's last record of {last_record}"
        raise DataError("training day", as_of, cause, f"train as of {last_record}, or load newer data")
    return min(as_of, last_record)


def _curves(
    connection: duckdb.DuckDBPyConnection, as_of: date, data_end: date, config: TrainingConfig
) -> tuple[LagCurve, ...]:
    parameters = {"days_past_due": config.default.days_past_due, "end": end_of(as_of), "data_end": data_end}
    return lag_curves(connection.sql(read_sql("lags"), params=parameters).to_arrow_table())


def _ripeness(
    connection: duckdb.DuckDBPyConnection, data_end: date, curves: tuple[LagCurve, ...], config: TrainingConfig
) -> Ripeness:
    query = "SELECT min(ordered_on), quantile_disc(greatest(due_on - ordered_on, 0), ?) FROM known_orders"
    first_day, longest = connection.execute(query, [config.maturity.terms_quantile]).fetchall()[0]
    lag, terms = config.maturity.lag_days, int(longest)
    if lag is None:
        lag = reporting_lag(curves, config.maturity.lag_quantile, config.maturity.least_events)
    wait_days = config.horizon_days + terms + config.default.days_past_due + lag
    return Ripeness(first_day, data_end, terms, lag, wait_days, curves)
