"""What becomes of each order: paid, paid late, quarrelled about, or left unpaid by an owner who ceases to pay.

An order *defaults* if it is a lapse or a quarrel, or if its owner ceases to pay before the day on which it would have
been paid. Whatever then comes in comes more than `overdue_days` after the due date, so that each default is one.
"""

from dataclasses import dataclass

import numpy as np

from training.market.exporters import Exporters
from training.market.health import NO_DAY, Chain, Health
from training.market.lateness import Lateness
from training.market.orders import Orders
from training.market.parameters import Parameters
from training.market.population import Buyers
from training.market.streams import Flags, Floats, Ints, days_between, shares_between, stream

# Money of one order comes in up to four parts, in the order of their days.
PARTS = 4


@dataclass(frozen=True)
class Fates:
    """Fates of orders.

    Attributes:
        defaulted, disputed: an order may default by a quarrel, then it is both.
        paid_on: day of each part, by order and part.
        paid: share of the amount paid by then, cumulated over the parts; 1 where all is paid.
        settled_on: day from which nothing is expected any more.
    """

    defaulted: Flags
    disputed: Flags
    paid_on: Ints
    paid: Floats
    settled_on: Ints


def order_chances(parameters: Parameters, buyers: Buyers) -> Floats:
    """Tell by what each buyer's size tempers its orders' lapses and quarrels: regular customers settle them."""
    tempered: Floats = (1 + buyers.rate) ** -parameters.buyers.steadiness
    return tempered


def draw_fates(
    parameters: Parameters, exporters: Exporters, buyers: Buyers, health: Health, orders: Orders,
    chain: Chain, lateness: Lateness, seed: int, block: int,
) -> Fates:  # fmt: skip
    """Draw the fates of a block's orders."""
    rng = stream(seed, "payments", block)
    count, habit = len(orders), buyers.habit[orders.buyer]
    tempered = order_chances(parameters, buyers)[orders.buyer]
    put_off = (rng.random(count) < exporters.late_disputes[orders.exporter]).astype(np.int64)
    pay_day = orders.due + np.where(orders.prepaid, 0, lateness.draw_late(orders.state, habit, put_off, rng))
    lapses = parameters.by_state("lapse")[orders.state]
    lapsed = ~orders.prepaid & (rng.random(count) < lapses * tempered)
    disputed = ~orders.prepaid & (rng.random(count) < exporters.disputes[orders.exporter] * tempered)
    frozen, back = _frozen(buyers, health, orders, pay_day)
    lapsed, disputed = lapsed & ~frozen, disputed & ~frozen & ~lapsed
    paid_on = np.repeat(pay_day[:, None], PARTS, axis=1)
    paid = np.ones((count, PARTS))
    _instalments(parameters, orders, pay_day, paid_on, paid, rng)
    _lapse(parameters, orders, lapsed, paid_on, paid, rng)
    _dispute(parameters, orders, disputed, paid_on, paid, rng)
    _freeze(parameters, orders, np.flatnonzero(frozen), back, chain.planned[orders.state], paid_on, paid, rng)
    defaulted = lapsed | disputed | frozen
    last = np.where(defaulted, np.maximum(paid_on[:, -1], orders.due + 2 * parameters.overdue_days), pay_day)
    return Fates(defaulted, disputed, paid_on, paid, last)


def _frozen(buyers: Buyers, health: Health, orders: Orders, pay_day: Ints) -> tuple[Flags, Flags]:
    """Find the orders whose owner ceases to pay first, and whether that owner will come back."""
    months = health.ceased_on.shape[1]
    month = np.where(health.ceased_on < NO_DAY, np.arange(months), months)
    following = np.minimum.accumulate(month[:, ::-1], axis=1)[:, ::-1]
    owner = buyers.owner[orders.buyer]
    failing = following[owner, orders.month]
    found = np.minimum(failing, months - 1)
    frozen = ~orders.prepaid & (failing < months) & (health.ceased_on[owner, found] <= pay_day)
    return frozen, health.back[owner, found]


def _instalments(
    parameters: Parameters, orders: Orders, pay_day: Ints, paid_on: Ints, paid: Floats, rng: np.random.Generator
) -> None:
    chances = parameters.by_state("instalments")[orders.state]
    chosen = np.flatnonzero((rng.random(len(orders)) < chances) & (pay_day > orders.day + 2))
    paid[chosen, 0] = shares_between(rng, (0.2, 0.7), len(chosen))
    span = pay_day[chosen] - orders.day[chosen]
    paid_on[chosen, 0] = orders.day[chosen] + 1 + (rng.random(len(chosen)) * (span - 1)).astype(np.int64)


def _lapse(
    parameters: Parameters, orders: Orders, lapsed: Flags, paid_on: Ints, paid: Floats, rng: np.random.Generator
) -> None:
    chosen = np.flatnonzero(lapsed)
    late = parameters.overdue_days + days_between(rng, parameters.payments.lapse_days, len(chosen))
    paid_on[chosen] = (orders.due[chosen] + late)[:, None]
    paid[chosen] = 1.0


def _dispute(
    parameters: Parameters, orders: Orders, disputed: Flags, paid_on: Ints, paid: Floats, rng: np.random.Generator
) -> None:
    """Pay a part at once; the rest after long talks, or never."""
    chosen, ours = np.flatnonzero(disputed), parameters.payments
    paid_on[chosen, 0] = paid_on[chosen, -1]
    paid[chosen, 0] = shares_between(rng, ours.dispute_part, len(chosen))
    late = parameters.overdue_days + days_between(rng, ours.dispute_days, len(chosen))
    paid_on[chosen, 1:] = (orders.due[chosen] + late)[:, None]
    settled = rng.random(len(chosen)) < ours.dispute_settled
    paid[chosen, 1:] = np.where(settled, 1.0, paid[chosen, 0])[:, None]


def _freeze(
    parameters: Parameters, orders: Orders, chosen: Ints, back: Flags, planned: Flags, paid_on: Ints, paid: Floats,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Leave orders unpaid: perhaps a part is paid early, perhaps more after a return or by collection."""
    ours, count = parameters.payments, len(chosen)
    honest = ~planned[chosen]
    part = np.where(honest & (rng.random(count) < ours.part_paid), shares_between(rng, ours.part, count), 0.0)
    paid_on[chosen, 0] = orders.due[chosen] + rng.integers(0, parameters.overdue_days, count)
    returned = back[chosen] & (rng.random(count) < ours.pays_on_return)
    collected = honest & ~back[chosen] & (rng.random(count) < ours.collected)
    later = np.where(returned, 1.0, np.where(collected, shares_between(rng, ours.collected_part, count), 0.0))
    wait = np.where(
        back[chosen], days_between(rng, ours.return_days, count), days_between(rng, ours.collected_days, count)
    )
    late = parameters.overdue_days + wait
    paid[chosen, 0] = part
    paid[chosen, 1] = part + (1 - part) * later * shares_between(rng, (0.3, 1.0), count)
    paid[chosen, 2:] = (part + (1 - part) * later)[:, None]
    paid_on[chosen, 1] = orders.due[chosen] + late
    paid_on[chosen, 2:] = (orders.due[chosen] + late + rng.integers(5, 60, count))[:, None]


def expected_unpaid(parameters: Parameters, chain: Chain) -> tuple[Floats, float]:
    """Tell the expected share never paid: of an order left unpaid, by state when ordering, and of a quarrel."""
    ours = parameters.payments
    kept = 1 - ours.part_paid * sum(ours.part) / 2
    gone = 1 - ours.collected * sum(ours.collected_part) / 2
    left = kept * (ours.returns * (1 - ours.pays_on_return) + (1 - ours.returns) * gone)
    quarrel = (1 - ours.dispute_settled) * (1 - sum(ours.dispute_part) / 2)
    return np.where(chain.planned, 1.0, left), quarrel
