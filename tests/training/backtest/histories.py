"""Histories made by hand, for what is replayed on them."""

import numpy as np

from training.backtest.history import History, Orders, Releases
from training.backtest.replay import Terms

WIDE = 10**15


def history(orders, releases=(), buyers=4, countries=2):
    """Orders as (buyer, exporter, country, day, cents, owed, recovered), releases as (order, day, paid)."""
    rows = sorted(orders, key=lambda row: row[3])
    columns = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
    buyer, exporter, country, day, cents, owed, recovered = columns
    paid = [np.array(column, dtype=np.int64) for column in zip(*releases, strict=True)] if releases else None
    empty = np.empty(0, dtype=np.int64)
    return History(
        Orders(
            buyer, exporter, country, day, np.full(len(day), 30), cents, owed, recovered,
            stopped=np.zeros(len(day), dtype=bool), new_exporter=np.ones(len(day), dtype=bool),
        ),
        Releases(*(paid or (empty, empty, empty))),
        tuple(f"b{number}" for number in range(buyers)),
        tuple(f"c{number}" for number in range(countries)),
    )  # fmt: skip


def terms(history, exporter=WIDE, country=WIDE, year=WIDE, insurable=True):
    each = len(history.orders)
    return Terms(
        np.full(each, insurable),
        np.full(each, exporter, dtype=np.int64),
        np.full(each, country, dtype=np.int64),
        np.full(each, year, dtype=np.int64),
        1970 + history.orders.day // 365,
    )
