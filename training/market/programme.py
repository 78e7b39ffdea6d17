"""The programme's rules acting month by month: what is covered, and what its limits make of an order.

The terms of each year (per-buyer cap, compensation rates) are those of `models.policy`. Cover on a buyer, over all its
exporters, never passes the cap: an enrolled exporter's order beyond the headroom is cut down to it, plus what the
exporter dares to sell uncovered. A buyer known to have defaulted gets no cover for a time (stop cover).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from features.errors import ConfigError
from models.policy import Policy, policies
from training.market.calendar import Calendar, to_date
from training.market.exporters import Exporters
from training.market.parameters import Parameters
from training.market.streams import Floats, Ints, shares_between, stream

_CENTS = 100


@cache
def policy_at(day: int) -> Policy | None:
    """Find the programme's terms on a day; None before its launch."""
    try:
        return policies().at(to_date(day))
    except ConfigError:
        return None


def caps_usd(calendar: Calendar) -> Floats:
    """Give the per-buyer cap of each month in US dollars; infinite where there is no programme yet."""
    terms = [policy_at(int(day)) for day in calendar.starts[:-1]]
    return np.array([np.inf if policy is None else policy.buyer_cap / _CENTS for policy in terms])


@dataclass(frozen=True)
class Asked:
    """What the programme sees of orders, by day: buyer, month, day, exporter, amount in US cents, and their ends.

    Attributes:
        settled_on: day from which the order is no longer outstanding.
        stop_on: day on which its default is known; a day after all others where it does not default.
    """

    buyer: Ints
    month: Ints
    day: Ints
    exporter: Ints
    cents: Ints
    settled_on: Ints
    stop_on: Ints


def apply_limits(
    parameters: Parameters, calendar: Calendar, exporters: Exporters, asked: Asked, buyers: int, seed: int, block: int
) -> tuple[Ints, Ints]:
    """Cut orders to the limits, month by month.

    Returns:
        The amount of each order after the cut, and how much of it is covered, in US cents.
    """
    daring = shares_between(stream(seed, "programme", block), parameters.programme.own_risk, len(asked.buyer))
    shape = (buyers, len(calendar.festival) + 1)
    change, stopped = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    _stops(calendar, asked, parameters.programme.stop_days, stopped)
    blocked = np.cumsum(stopped, axis=1) > 0
    ends = np.minimum(calendar.month_of(asked.settled_on) + 1, shape[1] - 1)
    insured = exporters.enrolled_on[asked.exporter] <= asked.day
    cents, covered = asked.cents.copy(), np.zeros_like(asked.cents)
    outstanding = np.zeros(buyers, dtype=np.int64)
    bounds = np.searchsorted(asked.month, np.arange(calendar.months + 1))
    for month in range(calendar.months):
        outstanding += change[:, month]
        policy = policy_at(int(calendar.starts[month]))
        if policy is None:
            continue
        ours = np.arange(bounds[month], bounds[month + 1])
        ours = ours[insured[ours]]
        buyer = asked.buyer[ours]
        room = np.where(blocked[buyer, month], 0, policy.buyer_cap - outstanding[buyer])
        granted = _grant(buyer, asked.cents[ours], room)
        covered[ours] = granted
        beyond = asked.cents[ours] - granted
        cents[ours] = np.maximum(granted + np.rint(beyond * daring[ours]).astype(np.int64), 1)
        covered[ours] = np.minimum(granted, cents[ours])
        np.add.at(outstanding, buyer, granted)
        np.add.at(change, (buyer, ends[ours]), -granted)
    floor = round(parameters.buyers.amount_usd.least * _CENTS)
    return np.maximum(cents, np.minimum(asked.cents, floor)), covered


def _grant(buyer: Ints, cents: Ints, room: Ints) -> Ints:
    """Grant the orders of one month in the order of their days, each what its buyer's room still holds."""
    by_buyer = np.argsort(buyer, kind="stable")
    amounts = cents[by_buyer]
    total = np.cumsum(amounts)
    first = np.flatnonzero(np.diff(buyer[by_buyer], prepend=-1))
    before = total - amounts
    runs = np.diff(np.append(first, len(buyer)))
    used = before - np.repeat(before[first], runs)
    granted = np.empty_like(cents)
    granted[by_buyer] = np.clip(room[by_buyer] - used, 0, amounts)
    return granted


def _stops(calendar: Calendar, asked: Asked, days: int, stopped: Ints) -> None:
    last = stopped.shape[1] - 1
    known = np.flatnonzero(asked.stop_on < calendar.starts[-1])
    begin = np.clip(calendar.month_of(asked.stop_on[known]) + 1, 0, last)
    end = np.clip(calendar.month_of(asked.stop_on[known] + days) + 1, 0, last)
    np.add.at(stopped, (asked.buyer[known], begin), 1)
    np.add.at(stopped, (asked.buyer[known], end), -1)
