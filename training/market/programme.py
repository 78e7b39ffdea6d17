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
from training.market.setting import Setting
from training.market.streams import Flags, Floats, Ints, shares_between, stream

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


def apply_limits(setting: Setting, asked: Asked, buyers: int, block: int) -> tuple[Ints, Ints]:
    """Cut orders to the limits, month by month.

    Returns:
        The amount of each order after the cut, and how much of it is covered, in US cents.
    """
    parameters, calendar = setting.parameters, setting.calendar
    daring = shares_between(stream(setting.seed, "programme", block), parameters.programme.own_risk, len(asked.buyer))
    insured = setting.exporters.enrolled_on[asked.exporter] <= asked.day
    stopped = _stopped(calendar, asked, buyers, parameters.programme.stop_days)
    ends = calendar.month_of(asked.settled_on) + 1
    released, outstanding = np.zeros(stopped.shape, dtype=np.int64), np.zeros(buyers, dtype=np.int64)
    cents, covered = asked.cents.copy(), np.zeros_like(asked.cents)
    for month in range(calendar.months):
        outstanding -= released[:, month]
        policy = policy_at(int(calendar.starts[month]))
        if policy is None:
            continue
        ours = np.flatnonzero(insured & (asked.month == month))
        buyer = asked.buyer[ours]
        room = np.where(stopped[buyer, month], 0, policy.buyer_cap - outstanding[buyer])
        granted = _grant(buyer, asked.cents[ours], room)
        beyond = np.rint((asked.cents[ours] - granted) * daring[ours]).astype(np.int64)
        covered[ours], cents[ours] = granted, granted + beyond
        np.add.at(outstanding, buyer, granted)
        np.add.at(released, (buyer, np.minimum(ends[ours], stopped.shape[1] - 1)), granted)
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


def _stopped(calendar: Calendar, asked: Asked, buyers: int, days: int) -> Flags:
    """Tell by buyer and month whether cover is stopped: from the month after a default is known, for so many days."""
    months = len(calendar.festival) + 1
    change = np.zeros((buyers, months), dtype=np.int64)
    known = np.flatnonzero(asked.stop_on < calendar.starts[-1])
    for day, step in ((asked.stop_on[known], 1), (asked.stop_on[known] + days, -1)):
        month = np.clip(calendar.month_of(day) + 1, 0, months - 1)
        np.add.at(change, (asked.buyer[known], month), step)
    stopped: Flags = np.cumsum(change, axis=1) > 0
    return stopped
