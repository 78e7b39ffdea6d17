"""A book's history as the replay takes it: orders with what became of them, payments, and stops of cover."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.errors import DataError
from features.snapshot.days import end_of
from training.config import TrainingConfig

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SQL = Path(__file__).parent / "sql"
_EPOCH = np.datetime64("1970-01-01", "D")


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders on credit (n,) in the order in which they came; amounts in US cents, days counted from 1970-01-01.

    Attributes:
        buyer, exporter, country: places in the history's names.
        owed: unpaid at the end of the waiting period; 0 where it did not default.
        recovered: what of that came in later, paid or under a claim, as far as the book knows.
        stopped: cover on the buyer was stopped that day.
        new_exporter: the buyer had met the exporter within the 60 days before.
    """

    buyer: Ints
    exporter: Ints
    country: Ints
    day: Ints
    terms_days: Ints
    cents: Ints
    owed: Ints
    recovered: Ints
    stopped: Flags
    new_exporter: Flags

    def __len__(self) -> int:
        return len(self.buyer)


@dataclass(frozen=True, slots=True)
class Releases:
    """What was known to be paid (m,) of an order, by the day from which it was: the order's place, and US cents.

    A payment that is corrected may make it less.
    """

    order: Ints
    day: Ints
    paid: Ints


@dataclass(frozen=True, slots=True)
class History:
    """What is replayed, and the names behind the numbers."""

    orders: Orders
    releases: Releases
    buyers: tuple[str, ...]
    countries: tuple[str, ...]


def day_number(day: date) -> int:
    """Count days from 1970-01-01."""
    return int((np.datetime64(day, "D") - _EPOCH).astype(int))


def read_history(
    connection: duckdb.DuckDBPyConnection, as_of: date, first: date, last: date, config: TrainingConfig
) -> History:
    """Read the orders placed after `first` up to `last` from a book that `training.labels.prepare` was called on.

    Args:
        connection: with the tables that `prepare` makes.
        as_of: outcomes are judged by what was recorded by the end of this day.
        first: the day whose limits are the first to be replayed.
        last: the last day whose outcomes are mature.
        config: the days past due at which an order is a loss.

    Raises:
        DataError: there is no order on credit in between.
    """
    end = end_of(as_of)
    shared = {"end": end, "days_past_due": config.default.days_past_due}
    for statement in connection.extract_statements(f"{_read('paid')};{_read('stops')}"):
        used = {name: shared[name] for name in statement.named_parameters}
        connection.execute(statement, used)
    window = {"first": first, "last": last}
    orders = connection.execute(_read("orders"), window | {"end": end}).df()
    if orders.empty:
        cause = "hold no order on credit whose outcome is known"
        raise DataError("days to replay", f"{first} to {last}", cause, "load a longer history")
    releases = connection.execute(_read("releases"), window).df()
    return _history(orders, releases)


def _history(orders: pd.DataFrame, releases: pd.DataFrame) -> History:
    buyer, buyers = pd.factorize(orders["buyer_id"], sort=True)
    country, countries = pd.factorize(orders["country"], sort=True)
    place = pd.Series(np.arange(len(orders)), index=orders["order_id"])
    known = releases[releases["order_id"].isin(place.index)]
    return History(
        Orders(
            buyer=buyer.astype(np.int64),
            exporter=pd.factorize(orders["exporter_id"], sort=True)[0].astype(np.int64),
            country=country.astype(np.int64),
            day=_days(orders["ordered_on"]),
            terms_days=orders["terms_days"].to_numpy(np.int64),
            cents=orders["usd_cents"].to_numpy(np.int64),
            owed=orders["owed"].to_numpy(np.int64),
            recovered=orders["recovered"].to_numpy(np.int64),
            stopped=orders["stopped"].to_numpy(bool),
            new_exporter=orders["new_exporter"].to_numpy(bool),
        ),
        Releases(
            order=place[known["order_id"]].to_numpy(np.int64),
            day=_days(known["day"]),
            paid=known["paid"].to_numpy(np.int64),
        ),
        tuple(buyers),
        tuple(countries),
    )


def _days(column: pd.Series) -> Ints:
    days: Ints = (column.to_numpy().astype("datetime64[D]") - _EPOCH).astype(np.int64)
    return days


def _read(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
