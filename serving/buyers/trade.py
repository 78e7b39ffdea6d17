"""A buyer's trade as known on a day: orders, how they were paid, notices and claims."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from features.money import Money
from features.rates import usd_rate
from serving.ledger.checks import rate_of
from serving.ledger.claims import RecordedClaim

How = Literal["on_time", "late", "very_late", "unpaid"]
VERY_LATE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class BuyerOrder:
    """An order and what was paid on it; `_minor` is minor units of its currency, `cents` US cents at its day's rate."""

    order_id: str
    buyer_id: str
    exporter_id: str
    exporter: str | None
    ordered_on: date
    shipped_on: date | None
    due_on: date
    amount_minor: int
    currency: str
    paid_minor: int
    paid_on: date | None

    @property
    def cents(self) -> int:
        """The order's amount."""
        return self._cents(self.amount_minor)

    @property
    def owed_cents(self) -> int:
        """What is still owed."""
        return self._cents(max(self.amount_minor - self.paid_minor, 0))

    def days_late(self, day: date) -> int | None:
        """Count the days from the due date to the last payment, or to the day where it is unpaid; None before then."""
        if self.how_paid(day) is None:
            return None
        settled_on = self.paid_on if self.paid_minor >= self.amount_minor and self.paid_on else day
        return max((settled_on - self.due_on).days, 0)

    def how_paid(self, day: date) -> How | None:
        """Tell how it was paid as of a day; None where it is neither paid nor due."""
        if self.paid_minor < self.amount_minor or self.paid_on is None:
            return "unpaid" if self.due_on < day else None
        if self.paid_on <= self.due_on:
            return "on_time"
        return "late" if self.paid_on - self.due_on <= VERY_LATE else "very_late"

    def _cents(self, minor: int) -> int:
        return rate_of(self.currency, self.ordered_on).to_usd(Money(minor, self.currency)).minor


@dataclass(frozen=True, slots=True)
class BuyerNotice:
    """An exporter's notice that money is overdue."""

    order_id: str
    exporter_id: str
    reported_on: date
    amount_minor: int
    currency: str

    @property
    def cents(self) -> int:
        """The amount in US cents at the rate of the day of the notice."""
        return usd_rate(self.currency, self.reported_on).to_usd(Money(self.amount_minor, self.currency)).minor


@dataclass(frozen=True, slots=True)
class BuyerClaim(RecordedClaim):
    """A claim in its newest version, and whose it is."""

    exporter_id: str


@dataclass(frozen=True, slots=True)
class Trade:
    """All that is known of a buyer's trade at the end of `as_of`."""

    as_of: date
    orders: Sequence[BuyerOrder]
    notices: Sequence[BuyerNotice]
    claims: Sequence[BuyerClaim]

    @property
    def owed_cents(self) -> int:
        """What is owed on all orders, covered or not."""
        return sum(order.owed_cents for order in self.orders)

    @property
    def overdue_cents(self) -> int:
        """What of it is past due."""
        return sum(order.owed_cents for order in self.orders if order.due_on < self.as_of)

    def behaviour(self, months: int) -> list[tuple[str, How, int]]:
        """Sum what fell due in each of the last months by how it was paid: month, how, US cents."""
        sums: dict[tuple[str, How], int] = defaultdict(int)
        first = (self.as_of - timedelta(days=30 * months)).replace(day=1)
        for order in self.orders:
            how = order.how_paid(self.as_of)
            if how is not None and first <= order.due_on <= self.as_of:
                sums[f"{order.due_on:%Y-%m}", how] += order.cents
        return [(month, how, cents) for (month, how), cents in sorted(sums.items())]

    def owed_by_week(self) -> list[tuple[date, int, bool]]:
        """Sum what is owed by the week in which it is due: the week's Monday, US cents, overdue or not.

        What is overdue for more than 12 weeks stands in the first of them.
        """
        oldest = self.as_of - timedelta(weeks=12)
        sums: dict[tuple[date, bool], int] = defaultdict(int)
        for order in self.orders:
            if owed := order.owed_cents:
                due = max(order.due_on, oldest)
                sums[due - timedelta(days=due.weekday()), order.due_on < self.as_of] += owed
        return [(week, cents, is_overdue) for (week, is_overdue), cents in sorted(sums.items())]
