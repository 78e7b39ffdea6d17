"""The policy's terms on each order's day."""

from collections.abc import Sequence

import numpy as np

from models.policy import Policies
from training.backtest.history import History
from training.backtest.quarters import Quarter
from training.backtest.replay import Terms
from training.backtest.timeline import Ints, days_of


def by_day(day: Ints, values: list[int], policies: Policies) -> Ints:
    """Give each day (n,) the value of the policy version in force on it.

    Days before the first version have its terms: the programme did not exist, but a book may begin earlier.
    """
    starts = days_of([policy.effective_from for policy in policies.versions])
    return np.array(values, dtype=np.int64)[np.maximum(np.searchsorted(starts, day, side="right") - 1, 0)]


def flat_cap(history: History, policies: Policies) -> Ints:
    """Give every buyer the per-buyer cap of the order's day, known or not."""
    return by_day(history.orders.day, [policy.buyer_cap for policy in policies.versions], policies)


def discretionary(history: History, policies: Policies) -> Ints:
    """Give the limit of a buyer on whom nobody decided, on each order's day."""
    return by_day(history.orders.day, [policy.discretionary_limit for policy in policies.versions], policies)


def terms_of(history: History, quarters: Sequence[Quarter], policies: Policies) -> Terms:
    """Tell the policy's terms for each order on its day; a country's ceiling is that of the quarter's start."""
    orders = history.orders
    years = (np.array(orders.day, dtype="datetime64[D]").astype("datetime64[Y]").astype(np.int64)) + 1970
    longest = by_day(orders.day, [policy.longest_terms_days for policy in policies.versions], policies)
    return Terms(
        insurable=~orders.stopped & (orders.terms_days <= longest),
        exporter_ceiling=by_day(orders.day, [policy.ceilings.exporter for policy in policies.versions], policies),
        country_ceiling=_country_ceilings(history, quarters, policies),
        year_ceiling=by_day(orders.day, [policy.ceilings.programme_year for policy in policies.versions], policies),
        year=years,
    )


def _country_ceilings(history: History, quarters: Sequence[Quarter], policies: Policies) -> Ints:
    table = np.zeros((len(quarters), len(history.countries)), dtype=np.int64)
    for row, quarter in enumerate(quarters):
        ceilings = policies.at(quarter.first_day).ceilings
        classes = dict(zip(quarter.circumstances["buyer_id"].to_pylist(), quarter.circumstances["country"].to_pylist(),
                           strict=True))  # fmt: skip
        known = {
            classes[buyer]: risk
            for buyer, risk in zip(
                quarter.seen["buyer_id"].to_pylist(), quarter.seen["country_risk_class"].to_pylist(), strict=True
            )
        }
        table[row] = [ceilings.of_class(known.get(name)) for name in history.countries]
    starts = days_of([quarter.first_day for quarter in quarters])
    number = np.maximum(np.searchsorted(starts, history.orders.day, side="right") - 1, 0)
    ceiling: Ints = table[number, history.orders.country]
    return ceiling
