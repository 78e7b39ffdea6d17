"""Windows: which months a horizon touches, and how likely an order is open when its owner ceases to pay."""

from dataclasses import dataclass

import numpy as np

from training.market.lateness import Lateness
from training.market.parameters import OPEN_MONTHS
from training.market.setting import Setting
from training.market.streams import Floats, Ints


@dataclass(frozen=True)
class Window:
    """The part of one month that lies in a horizon.

    Attributes:
        share: share of the month's days.
        known: how many exporters are registered when it begins.
        open: probability that an order of these days is unpaid when its owner ceases to pay, by late dispute (no,
            yes), state, month of ceasing (from the horizon's first; 0 before the order's own), habit and terms.
    """

    month: int
    share: float
    known: int
    open: Floats


def windows(setting: Setting, end: int) -> list[Window]:
    """Cut the horizon that begins after the last day of month `end` into months."""
    calendar, horizon = setting.calendar, setting.parameters.horizon_days
    first = int(calendar.starts[end + 1])
    days = np.clip(first + horizon - calendar.starts[end + 1 :], 0, calendar.lengths.max())
    touched = [(end + 1 + place, int(left)) for place, left in enumerate(days.tolist()) if left > 0]
    columns = range(end + 1, end + 1 + len(touched) + OPEN_MONTHS)
    return [_window(setting, month, left, columns) for month, left in touched]


def _window(setting: Setting, month: int, left: int, columns: range) -> Window:
    calendar, lateness = setting.calendar, setting.lateness
    days = np.arange(min(left, int(calendar.lengths[month]))) + calendar.starts[month]
    states, habits, terms, disputes, _ = lateness.open_for.shape
    nothing = np.zeros((disputes, states, habits, terms))
    unpaid = [
        _open(lateness, days, np.arange(calendar.starts[ceasing], calendar.starts[ceasing + 1]))
        if ceasing >= month
        else nothing
        for ceasing in columns
    ]
    known = int(setting.exporters.known_by(calendar.starts[month : month + 1])[0])
    return Window(month, len(days) / int(calendar.lengths[month]), known, np.stack(unpaid, axis=2))


def _open(lateness: Lateness, ordered: Ints, ceased: Ints) -> Floats:
    """Average the probability of being open over all days of order and of ceasing."""
    # Who orders after having ceased to pay leaves that order unpaid too: fewer than 0 days count as 0.
    apart = np.clip(ceased[:, None] - ordered, 0, lateness.open_for.shape[-1] - 1)
    weights = np.bincount(apart.ravel(), minlength=lateness.open_for.shape[-1]) / apart.size
    # No matrix product: its order of adding may depend on the number of threads.
    mean: Floats = np.einsum("khtdx,x->dkht", lateness.open_for, weights)
    return mean
