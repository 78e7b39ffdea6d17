"""What becomes of each order: paid, paid late, quarrelled about, or left unpaid by an owner who ceases to pay.

An order *defaults* if it is a lapse or a quarrel, or if its owner ceases to pay before the day on which it would have
been paid. Whatever then comes in comes more than `overdue_days` after the due date, so that each default is one.
"""

from dataclasses import dataclass

import numpy as np

from training.market.chain import Chain
from training.market.health import NO_DAY, Health
from training.market.orders import Orders
from training.market.parameters import Parameters
from training.market.population import Buyers
from training.market.setting import Setting
from training.market.streams import Flags, Floats, Ints, days_between, shares_between, stream

# Money of one order comes in up to four parts, in the order of their days.
PARTS = 4
_FIRST_PART, _LATE_PART = (0.2, 0.7), (0.3, 1.0)
_BETWEEN_PARTS = (5, 59)


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


def draw_fates(setting: Setting, buyers: Buyers, health: Health, orders: Orders, block: int) -> Fates:
    """Draw the fates of a block's orders."""
    parameters, exporters, rng = setting.parameters, setting.exporters, stream(setting.seed, "payments", block)
    count, habit = len(orders), buyers.habit[orders.buyer]
    tempered = order_chances(parameters, buyers)[orders.buyer]
    put_off = (rng.random(count) < exporters.late_disputes[orders.exporter]).astype(np.int64)
    late = setting.lateness.draw_late(orders.state, habit, put_off, rng)
    pay_day = orders.due + np.where(orders.prepaid, 0, late)
    lapses = parameters.by_state("lapse")[orders.state]
    lapsed = ~orders.prepaid & (rng.random(count) < lapses * tempered)
    disputed = ~orders.prepaid & (rng.random(count) < exporters.disputes[orders.exporter] * tempered)
    frozen, back = _frozen(buyers, health, orders, pay_day)
    lapsed, disputed = lapsed & ~frozen, disputed & ~frozen & ~lapsed
    money = _Money(parameters, orders, pay_day, rng)
    money.comes_in_parts()
    money.comes_too_late(np.flatnonzero(lapsed))
    money.is_quarrelled_about(np.flatnonzero(disputed))
    money.stays_away(np.flatnonzero(frozen), back[frozen], ~setting.chain.is_planned(orders.state[frozen]))
    defaulted = lapsed | disputed | frozen
    last = np.where(defaulted, np.maximum(money.paid_on[:, -1], orders.due + 2 * parameters.overdue_days), pay_day)
    return Fates(defaulted, disputed, money.paid_on, money.paid, last)


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


class _Money:
    """The money of a block's orders: at first all on the day of payment, then as their fates have it."""

    def __init__(self, parameters: Parameters, orders: Orders, pay_day: Ints, rng: np.random.Generator) -> None:
        self._parameters, self._ours, self._orders, self._rng = parameters, parameters.payments, orders, rng
        self.paid_on = np.repeat(pay_day[:, None], PARTS, axis=1)
        self.paid = np.ones((len(orders), PARTS))

    def comes_in_parts(self) -> None:
        """Pay some orders in two parts, by the buyer's state."""
        orders, rng, last = self._orders, self._rng, self.paid_on[:, -1]
        chances = self._parameters.by_state("instalments")[orders.state]
        chosen = np.flatnonzero((rng.random(len(orders)) < chances) & (last > orders.day + 2))
        self.paid[chosen, 0] = shares_between(rng, _FIRST_PART, len(chosen))
        span = last[chosen] - orders.day[chosen]
        days = 1 + (rng.random(len(chosen)) * (span - 1)).astype(np.int64)
        self.paid_on[chosen, 0] = orders.day[chosen] + days

    def comes_too_late(self, chosen: Ints) -> None:
        """Pay lapses in full, after they have become defaults."""
        self.paid_on[chosen] = self._after_default(chosen, self._ours.lapse_days)[:, None]
        self.paid[chosen] = 1.0

    def is_quarrelled_about(self, chosen: Ints) -> None:
        """Pay a part at once; the rest after long talks, or never."""
        self.paid_on[chosen, 0] = self.paid_on[chosen, -1]
        self.paid[chosen, 0] = shares_between(self._rng, self._ours.dispute_part, len(chosen))
        self.paid_on[chosen, 1:] = self._after_default(chosen, self._ours.dispute_days)[:, None]
        settled = self._rng.random(len(chosen)) < self._ours.dispute_settled
        self.paid[chosen, 1:] = np.where(settled, 1.0, self.paid[chosen, 0])[:, None]

    def stays_away(self, chosen: Ints, back: Flags, honest: Flags) -> None:
        """Leave orders unpaid: perhaps a part is paid early, perhaps more after a return or by collection."""
        ours, rng, count = self._ours, self._rng, len(chosen)
        part = np.where(honest & (rng.random(count) < ours.part_paid), shares_between(rng, ours.part, count), 0.0)
        returned = back & (rng.random(count) < ours.pays_on_return)
        collected = honest & ~back & (rng.random(count) < ours.collected)
        some = np.where(collected, shares_between(rng, ours.collected_part, count), 0.0)
        in_all = part + (1 - part) * np.where(returned, 1.0, some)
        early = self._orders.due[chosen] + rng.integers(0, self._parameters.overdue_days, count)
        late = np.where(
            back, self._after_default(chosen, ours.return_days), self._after_default(chosen, ours.collected_days)
        )
        self.paid_on[chosen] = np.stack([early, late, *2 * [late + days_between(rng, _BETWEEN_PARTS, count)]], axis=1)
        self.paid[chosen] = np.stack(
            [part, part + (in_all - part) * shares_between(rng, _LATE_PART, count), in_all, in_all], axis=1
        )

    def _after_default(self, chosen: Ints, days: tuple[int, int]) -> Ints:
        return self._orders.due[chosen] + self._parameters.overdue_days + days_between(self._rng, days, len(chosen))


def expected_unpaid(parameters: Parameters, chain: Chain) -> tuple[Floats, float]:
    """Tell the expected share never paid: of an order left unpaid, by state when ordering, and of a quarrel."""
    ours = parameters.payments
    kept = 1 - ours.part_paid * sum(ours.part) / 2
    gone = 1 - ours.collected * sum(ours.collected_part) / 2
    left = kept * (ours.returns * (1 - ours.pays_on_return) + (1 - ours.returns) * gone)
    quarrel = (1 - ours.dispute_settled) * (1 - sum(ours.dispute_part) / 2)
    return np.where(chain.planned, 1.0, left), quarrel
