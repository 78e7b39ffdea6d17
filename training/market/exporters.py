"""Exporters: how much they sell, how good their goods and papers are, when they insure and are whitelisted."""

from dataclasses import dataclass

import numpy as np

from models.policy import policies
from training.market.calendar import Calendar, to_day
from training.market.parameters import Parameters
from training.market.streams import Floats, Ints, pick, stream

NEVER = np.iinfo(np.int32).max
_YEAR = 365.25


@dataclass(frozen=True)
class Exporters:
    """Arrays with one entry an exporter, in order of registration; days from 1970-01-01.

    Attributes:
        size: weight in the choice of an exporter whom a buyer never met.
        disputes, late_disputes: probability that an order ends in a quarrel unpaid, or is put off by one.
        paperwork, diligence: probability that a document is kept, that something overdue is reported.
        enrolled_on, whitelisted_on: `NEVER` for those who do not.
    """

    registered_on: Ints
    category: Ints
    size: Floats
    disputes: Floats
    late_disputes: Floats
    paperwork: Floats
    diligence: Floats
    enrolled_on: Ints
    whitelisted_on: Ints

    def __len__(self) -> int:
        return len(self.size)

    def known_by(self, days: Ints) -> Ints:
        """Count the exporters registered by each day; at least the first one always is."""
        return np.maximum(np.searchsorted(self.registered_on, days, side="right"), 1).astype(np.int64)


def draw_exporters(parameters: Parameters, calendar: Calendar, count: int, seed: int) -> Exporters:
    """Draw the exporters of a market."""
    rng, ours = stream(seed, "exporters"), parameters.exporters
    launch = to_day(policies().versions[0].effective_from)
    first = calendar.starts[0] - int(ours.years_before_start * _YEAR)
    registered = np.sort(rng.integers(first, calendar.until - 30, count))
    # Half of them were there before the market starts, so that the first buyers have somebody to buy from.
    registered[: count // 2] = np.minimum(registered[: count // 2], calendar.starts[0] - 1)
    quality = rng.normal(0, ours.quality_sigma, count)
    fault = np.exp(quality - ours.quality_sigma**2 / 2)
    wait = rng.exponential(ours.enrolment_years * _YEAR, count).astype(np.int64)
    enrolled = np.where(rng.random(count) < ours.enrolled, np.maximum(registered, launch) + wait, NEVER)
    good = (quality < 0) & (rng.random(count) < 2 * ours.whitelisted)
    return Exporters(
        registered_on=registered,
        category=pick(rng, [category.share for category in parameters.categories.values()], count),
        size=rng.lognormal(0, ours.size_sigma, count),
        disputes=np.minimum(ours.disputes * fault, 0.2),
        late_disputes=np.minimum(ours.late_disputes * fault, 0.6),
        paperwork=rng.beta(*ours.paperwork, count),
        diligence=rng.beta(*ours.diligence, count),
        enrolled_on=enrolled,
        whitelisted_on=np.where(good & (enrolled < NEVER), enrolled + ours.whitelist_after_days, NEVER),
    )
