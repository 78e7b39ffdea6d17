"""Countries: where buyers live, and the shocks (currency controls, sanctions, war) that strike them.

A shock starts and ends at random, more often where the OECD class is worse; while it lasts, owners there fail more
often and decline faster. The class follows with a delay, and returns as late.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.book.tables import COUNTRY_RISK
from training.market.calendar import Calendar
from training.market.parameters import Countries
from training.market.streams import Flags, Floats, days_between, stream

MIDDLE_CLASS, WORST_CLASS = 3, 7
_YEAR = 365


@dataclass(frozen=True)
class World:
    """The countries of one market.

    Attributes:
        codes: ISO 3166-1 alpha-2 codes.
        hazard: multiplier of the hazard by the country's class.
        starts, ends: monthly probability that a shock starts, and that one ends.
        shocked: by country and month, whether a shock is on in that month.
    """

    codes: tuple[str, ...]
    shares: Floats
    slow: Floats
    hazard: Floats
    starts: Floats
    ends: float
    shocked: Flags


def world(countries: Countries, calendar: Calendar, seed: int) -> World:
    """Draw what befalls the countries."""
    listed = countries.list.values()
    # A high-income country has no class, and is as safe as one of the best.
    classes = np.array([0 if country.risk_class is None else country.risk_class for country in listed])
    starts = countries.shock.start + countries.shock.start_per_class * classes
    return World(
        codes=tuple(countries.list),
        shares=np.array([country.share for country in listed], dtype=np.float64),
        slow=np.array([country.slow for country in listed], dtype=np.float64),
        hazard=np.exp(countries.hazard_per_class * (classes - MIDDLE_CLASS)),
        starts=starts,
        ends=countries.shock.end,
        shocked=_shocks(stream(seed, "countries"), starts, countries.shock.end, len(calendar.festival)),
    )


def _shocks(rng: np.random.Generator, starts: Floats, ends: float, months: int) -> Flags:
    shocked = np.zeros((len(starts), months), dtype=np.bool_)
    now = np.zeros(len(starts), dtype=np.bool_)
    for month in range(months):
        drawn = rng.random(len(starts))
        now = np.where(now, drawn >= ends, drawn < starts)
        shocked[:, month] = now
    return shocked


def risk_table(countries: Countries, there: World, calendar: Calendar, seed: int) -> pa.Table:
    """Tell the class of each country from a year before the market on, and each change after a shock."""
    rng = stream(seed, "countries", 1)
    rows: list[tuple[str, int, int | None]] = []
    for place, (code, country) in enumerate(countries.list.items()):
        rows.append((code, int(calendar.starts[0]) - _YEAR, country.risk_class))
        changes = np.flatnonzero(np.diff(there.shocked[place].astype(np.int8), prepend=np.int8(0)))
        lags = days_between(rng, countries.reclassified_after_days, len(changes))
        day = rows[-1][1]
        for month, lag in zip(changes, lags, strict=True):
            worse = None if country.risk_class is None else min(WORST_CLASS, country.risk_class + 2)
            # Classes change in the order of the shocks, even where a later one is answered sooner.
            day = max(day + 1, int(calendar.starts[month] + lag))
            rows.append((code, day, worse if there.shocked[place, month] else country.risk_class))
    kept = [row for row in rows if row[1] <= calendar.until]
    codes, days, classes = zip(*kept, strict=True)
    recorded = (np.array(days, dtype="datetime64[D]")).astype("datetime64[us]")
    return pa.table(
        {
            "country": pa.array(codes),
            "effective_from": pa.array(np.array(days, dtype="datetime64[D]")),
            "risk_class": pa.array(classes, pa.int8()),
            "recorded_at": pa.array(recorded, pa.timestamp("us", tz="UTC")),
        },
        schema=COUNTRY_RISK.arrow,
    )
