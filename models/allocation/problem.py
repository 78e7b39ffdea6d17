"""The allocation problem: one tier for each buyer, the most expected trade, and ceilings that hold for the book."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Tiers = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Problem:
    """n buyers, k tiers of which the first is no limit. Amounts in US cents.

    Attributes:
        tiers: (k,) the amounts, rising from 0.
        trade: (k, n) expected trade covered by each tier; 0 in the first.
        loss: (k, n) expected compensated loss at each tier; 0 in the first.
        stress: (n,) what the expected loss is multiplied by in the tail.
        country: (n,) the buyer's country as a number.
        loss_share: expected loss may be this share of the covered trade.
        tail_share: loss in the tail may be this share of the covered trade.
        trade_room: covered trade may be this much.
        country_room: limits of each country's buyers may add up to this much, whole cents.
    """

    tiers: Ints
    trade: Floats
    loss: Floats
    stress: Floats
    country: Ints
    loss_share: float
    tail_share: float
    trade_room: float
    country_room: Ints

    @property
    def buyers(self) -> int:
        """How many buyers there are."""
        return len(self.stress)

    def rows(self, chosen: Ints) -> "Problem":
        """Keep some buyers; the rooms stay as they are."""
        return replace(
            self,
            trade=np.ascontiguousarray(self.trade[:, chosen]),
            loss=np.ascontiguousarray(self.loss[:, chosen]),
            stress=self.stress[chosen],
            country=self.country[chosen],
        )


@dataclass(frozen=True, slots=True)
class Prices:
    """What the last unit of each ceiling is worth in trade (Lagrange multipliers, none negative).

    Attributes:
        loss: trade given up for a cent of expected compensated loss.
        tail: the same for a cent of loss in the tail.
        trade: for a cent of the programme's room.
        country: (countries,) for a cent of limit.
    """

    loss: float
    tail: float
    trade: float
    country: Floats


@dataclass(frozen=True, slots=True)
class Use:
    """What a choice of tiers takes of each ceiling; US cents."""

    trade: float
    loss: float
    tail: float
    country: Ints

    def fits(self, problem: Problem) -> bool:
        """Tell whether no ceiling is passed."""
        return (
            self.loss <= problem.loss_share * self.trade
            and self.tail <= problem.tail_share * self.trade
            and self.trade <= problem.trade_room
            and bool((self.country <= problem.country_room).all())
        )


@dataclass(frozen=True, slots=True)
class Allocation:
    """A choice of tiers that passes no ceiling.

    Attributes:
        tier: (n,) place of each buyer's amount in the problem's tiers.
        amount: (n,) the amounts, US cents.
        prices: the multipliers that led to it.
        use: what it takes of each ceiling; its trade is the objective.
        bound: no choice whatever covers more trade (the dual's value).
    """

    tier: Tiers
    amount: Ints
    prices: Prices
    use: Use
    bound: float

    @property
    def gap(self) -> float:
        """By what share the bound exceeds what was reached."""
        return (self.bound - self.use.trade) / self.bound if self.bound > 0 else 0.0


def use_of(problem: Problem, tier: Tiers) -> Use:
    """Add up what a choice of tiers (n,) takes of each ceiling."""
    each = np.arange(problem.buyers)
    loss = problem.loss[tier, each]
    return Use(
        trade=float(problem.trade[tier, each].sum()),
        loss=float(loss.sum()),
        tail=float(loss @ problem.stress),
        country=by_country(problem, problem.tiers[tier]),
    )


def by_country(problem: Problem, amount: Ints) -> Ints:
    """Add up whole cents (n,) by country, exactly."""
    total = np.zeros(len(problem.country_room), dtype=np.int64)
    np.add.at(total, problem.country, amount)
    return total
