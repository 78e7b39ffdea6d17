"""A block's orders in money: what each amounts to in its currency, what is covered, what is paid when."""

from dataclasses import dataclass

import numpy as np

from features.rates import usd_rates
from training.market.calendar import Calendar, to_date
from training.market.fates import Fates
from training.market.orders import Orders
from training.market.streams import Floats, Ints

_WHOLE = 1 - 1e-9


@dataclass(frozen=True)
class Ledger:
    """Orders with their money.

    Attributes:
        currency: place in the list of currencies.
        minor: amount in minor units of that currency.
        cents, covered: amount and covered part in US cents, as limits count them.
        paid: minor units paid by each part, cumulated.
    """

    orders: Orders
    fates: Fates
    currency: Ints
    minor: Ints
    cents: Ints
    covered: Ints
    paid: Ints

    def owed(self, order: Ints, day: Ints) -> Ints:
        """Tell what is owed on orders at the end of a day, in minor units."""
        arrived = self.fates.paid_on[order] <= day[:, None]
        owed: Ints = self.minor[order] - np.where(arrived, self.paid[order], 0).max(axis=1)
        return owed


def cents_per_minor(currencies: tuple[str, ...], calendar: Calendar) -> Floats:
    """Tabulate US cents for one minor unit by currency and day from the market's first."""
    first = int(calendar.starts[0])
    table = usd_rates(currencies, to_date(first), to_date(int(calendar.starts[calendar.months])))
    days = int(calendar.starts[calendar.months]) - first + 1
    rates = np.array([float(rate) for rate in table["usd_cents_per_minor"].to_pylist()])
    return rates.reshape(len(currencies), days)


def keep_ledger(
    orders: Orders, fates: Fates, currency: Ints, cents: Ints, covered: Ints, rates: Floats, first: int
) -> Ledger:
    """Turn amounts in US cents into each order's currency, at the rate of its day, and shares into money."""
    minor = np.maximum(np.rint(cents / rates[currency, orders.day - first]), 1).astype(np.int64)
    # A share is cut to whole minor units, so that parts never sum to more than the order; the last takes the rest.
    parts = np.floor(minor[:, None] * fates.paid).astype(np.int64)
    paid = np.where(fates.paid >= _WHOLE, minor[:, None], parts)
    return Ledger(orders, fates, currency, minor, cents, covered, paid)
