"""Orders: how many each buyer places in a month, with whom, on which terms, for how much.

A buyer's orders in a month are Poisson with a gamma noise (lumps) around

    rate * growth * season of its goods * what its state does * (1 - what the limit keeps away).

The last factor is the programme's: where a buyer's ordinary trade would pass a share of the per-buyer cap of the year,
merchants do not even ask for the rest; part of that trade is paid up front, part is not made.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from training.market.calendar import Calendar
from training.market.health import Health
from training.market.parameters import Parameters
from training.market.population import Buyers
from training.market.programme import caps_usd
from training.market.setting import Setting
from training.market.streams import Flags, Floats, Ints, stream

_GROWTH_BOUNDS = (0.3, 3.0)
_MOST_KEPT_AWAY = 0.85
_CENTS = 100


@dataclass(frozen=True)
class Demand:
    """What the buyers of a block would order, by buyer and month.

    Attributes:
        level: expected orders before the state's factor; 0 before the buyer enters.
        kept_away: share that the limit keeps from being ordered on credit.
    """

    level: Floats
    kept_away: Floats


@dataclass(frozen=True)
class Orders:
    """Orders of a block by day; one entry an order.

    Attributes:
        state: the owner's state when ordering.
        prepaid: paid up front, because the limit had no room.
        cents: amount asked for, in US cents.
    """

    buyer: Ints
    exporter: Ints
    month: Ints
    day: Ints
    due: Ints
    state: Ints
    prepaid: Flags
    cents: Ints

    def __len__(self) -> int:
        return len(self.buyer)


def season(parameters: Parameters, calendar: Calendar) -> Floats:
    """Give the season of each category in each month, around 1."""
    goods = parameters.categories.values()
    peak = np.array([category.peak for category in goods])[:, None]
    height = np.array([category.height for category in goods])[:, None]
    wave = 1 + height * np.cos((calendar.of_year() - peak) * 2 * np.pi / 12)
    quiet: Floats = wave * (1 - parameters.countries.festival.orders * calendar.festival)
    return quiet


def demand(setting: Setting, buyers: Buyers) -> Demand:
    """Work out what buyers would order while their state changes nothing."""
    parameters, calendar, lateness = setting.parameters, setting.calendar, setting.lateness
    age = np.arange(len(calendar.festival)) - buyers.enter[:, None]
    growth = np.clip(np.exp(buyers.growth[:, None] * age), *_GROWTH_BOUNDS)
    seasons = season(parameters, calendar)[setting.exporters.category[buyers.circle[:, 0]]]
    level = np.where(age >= 0, buyers.rate[:, None] * growth * seasons, 0.0)
    months_open = (lateness.terms @ lateness.terms_days)[buyers.terms] / (365 / 12)
    mean_amount = buyers.amount * np.exp(parameters.buyers.amount_usd.within**2 / 2)
    usual = buyers.rate[:, None] * growth * (mean_amount * months_open)[:, None]
    fill = usual / (parameters.programme.asked_share * caps_usd(calendar))
    return Demand(level, np.clip(1 - 1 / np.maximum(fill, 1.0), 0.0, _MOST_KEPT_AWAY))


def draw_orders(setting: Setting, buyers: Buyers, health: Health, wanted: Demand, block: int) -> Orders:
    """Draw the orders of a block."""
    parameters, calendar, rng = setting.parameters, setting.calendar, stream(setting.seed, "orders", block)
    buyer, month = _place(setting, buyers, health, wanted, rng)
    state = health.during[buyers.owner[buyer], month]
    kept = rng.random(len(buyer)) < wanted.kept_away[buyer, month]
    prepaid = kept & (rng.random(len(buyer)) < parameters.programme.advance_share)
    made = ~kept | prepaid
    buyer, month, state, prepaid = buyer[made], month[made], state[made], prepaid[made]
    day = calendar.starts[month] + (rng.random(len(buyer)) * calendar.lengths[month]).astype(np.int64)
    by_day = np.lexsort((buyer, day))
    buyer, month, state, day = (array[by_day] for array in (buyer, month, state, day))
    prepaid = prepaid[by_day]
    kind = np.where(setting.chain.is_planned(state), setting.lateness.longest, buyers.terms[buyer])
    terms = np.where(prepaid, 0, setting.lateness.draw_terms(kind, rng))
    return Orders(
        buyer=buyer,
        exporter=_sellers(setting, buyers, buyer, state, month, rng),
        month=month,
        day=day,
        due=day + terms,
        state=state,
        prepaid=prepaid,
        cents=_amounts(parameters, buyers.amount[buyer], state, rng),
    )


def _place(
    setting: Setting, buyers: Buyers, health: Health, wanted: Demand, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Draw who orders in which month, one entry an order."""
    parameters, calendar, chain = setting.parameters, setting.calendar, setting.chain
    factor = np.zeros(len(chain.names))
    factor[: chain.ordering] = parameters.by_state("orders")
    months = slice(0, calendar.months)
    expected = wanted.level[:, months] * factor[health.during[buyers.owner, months]]
    lumps = parameters.buyers.lumpiness
    counts = rng.poisson(expected * rng.gamma(lumps, 1 / lumps, expected.shape))
    where = np.repeat(np.arange(counts.size), counts.ravel())
    return where // calendar.months, where % calendar.months


def _sellers(setting: Setting, buyers: Buyers, buyer: Ints, state: Ints, month: Ints, rng: np.random.Generator) -> Ints:
    """Choose the exporter: from the buyer's circle, or one it need not know."""
    exporters = setting.exporters
    place: Ints = (rng.random(len(buyer))[:, None] >= buyers.weights[buyer]).sum(axis=1)
    usual = buyers.circle[buyer, np.minimum(place, buyers.circle.shape[1] - 1)]
    novelty = setting.parameters.by_state("novelty")[state]
    known = exporters.known_by(setting.calendar.starts[month])
    cumulated = np.cumsum(exporters.size)
    anyone = np.searchsorted(cumulated, rng.random(len(buyer)) * cumulated[known - 1], side="right")
    sellers: Ints = np.where(rng.random(len(buyer)) < novelty, np.minimum(anyone, known - 1), usual)
    return sellers


def _amounts(parameters: Parameters, median: Floats, state: Ints, rng: np.random.Generator) -> Ints:
    factor = parameters.by_state("amount")[state]
    bounds = parameters.buyers.amount_usd
    usd = np.clip(median * factor * rng.lognormal(0, bounds.within, len(median)), bounds.least, bounds.most)
    return np.rint(usd * _CENTS).astype(np.int64)


def mean_cents(parameters: Parameters, median: Floats) -> Floats:
    """Give the mean amount of an order in US cents, by state and buyer: the mean of a log-normal cut at both ends."""
    bounds = parameters.buyers.amount_usd
    factor = parameters.by_state("amount")[:, None]
    centre, spread = np.log(median * factor), bounds.within
    low, high = ((np.log(bound) - centre) / spread for bound in (bounds.least, bounds.most))
    inner = np.exp(centre + spread**2 / 2) * (norm.cdf(high - spread) - norm.cdf(low - spread))
    cents: Floats = _CENTS * (inner + bounds.least * norm.cdf(low) + bounds.most * norm.sf(high))
    return cents
