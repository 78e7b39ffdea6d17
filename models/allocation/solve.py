"""From prices to limits: the buyers' own choices, moved tier by tier until no ceiling is passed and none has room."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.allocation.dual import answer, least_bound
from models.allocation.problem import Allocation, Floats, Ints, Prices, Problem, Tiers, Use, use_of

_HALVINGS = 26
# At such a price of loss only buyers without any would be left.
_DEAREST = 4.0**20
_LOWERS = 10_000
_RAISES = 8


def allocate(problem: Problem) -> Allocation:
    """Choose the limits; the same problem gives the same limits.

    No ceiling is passed: with no limits at all every ceiling holds, so that an answer always exists.
    """
    first = least_bound(problem)
    prices = _settle_trade(problem, first)
    found = answer(problem, prices)
    tier = _raise(problem, prices, _lower(problem, prices, found.tier))
    use = use_of(problem, tier)
    assert use.fits(problem), "lowering ends when every ceiling holds, and no raise passes one"
    bound = min(answer(problem, first).bound, found.bound, problem.trade_room)
    return Allocation(tier, problem.tiers[tier], prices, use, bound)


def _settle_trade(problem: Problem, prices: Prices) -> Prices:
    """Where the programme's room is short, make loss dearer until the trade fits.

    Any choice that fills the room would do; this one has little loss, and passes no other ceiling on the way.
    """
    if answer(problem, prices).trade <= problem.trade_room:
        return prices

    def dearer(by: float) -> Prices:
        return replace(prices, loss=prices.loss + by, trade=by * problem.loss_share)

    low, high = 0.0, 1.0
    while answer(problem, dearer(high)).trade > problem.trade_room and high < _DEAREST:
        low, high = high, high * 4
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        fits = answer(problem, dearer(middle)).trade <= problem.trade_room
        low, high = (low, middle) if fits else (middle, high)
    return dearer(high)


def _lower(problem: Problem, prices: Prices, tier: Tiers) -> Tiers:
    """Take tiers away where that costs least for what it frees, until every ceiling holds."""
    tier = tier.copy()
    for _ in range(_LOWERS):
        use = use_of(problem, tier)
        if use.fits(problem):
            return tier
        excess, freed = _worst(problem, use, tier)
        movable = np.flatnonzero(freed > 0)
        if len(movable) == 0:
            break
        cost = -_step(problem, prices, tier, movable, -1)
        order = movable[np.argsort(cost / freed[movable], kind="stable")]
        enough = int(np.searchsorted(np.cumsum(freed[order]), excess)) + 1
        tier[order[:enough]] -= 1
    return np.zeros_like(tier)


def _worst(problem: Problem, use: Use, tier: Tiers) -> tuple[float, Floats]:
    """Find the ceiling passed by the largest share: by how much, and what each buyer's step down frees of it."""
    each = np.arange(problem.buyers)
    below = np.maximum(tier - 1, 0)
    trade = problem.trade[tier, each] - problem.trade[below, each]
    loss = problem.loss[tier, each] - problem.loss[below, each]
    amount = (problem.tiers[tier] - problem.tiers[below]).astype(np.float64)
    over = use.country - problem.country_room
    worst = int(np.argmax(over / np.maximum(problem.country_room, 1)))
    passed = [
        (use.loss - problem.loss_share * use.trade, use.trade, loss - problem.loss_share * trade),
        (use.tail - problem.tail_share * use.trade, use.trade, loss * problem.stress - problem.tail_share * trade),
        (use.trade - problem.trade_room, problem.trade_room, trade),
        (float(over[worst]), float(problem.country_room[worst]), np.where(problem.country == worst, amount, 0.0)),
    ]
    excess, _, freed = max(passed, key=lambda each: each[0] / max(each[1], 1.0))
    return excess, freed


def _raise(problem: Problem, prices: Prices, tier: Tiers) -> Tiers:
    """Give more where room was left, the most worthy first, a tier at a time."""
    tier = tier.copy()
    for _ in range(_RAISES):
        use = use_of(problem, tier)
        can = np.flatnonzero(tier < len(problem.tiers) - 1)
        added = problem.trade[tier[can] + 1, can] - problem.trade[tier[can], can]
        more = problem.tiers[tier[can] + 1] - problem.tiers[tier[can]]
        can = can[(added > 0) & (more <= (problem.country_room - use.country)[problem.country[can]])]
        order = can[np.argsort(-_step(problem, prices, tier, can, 1), kind="stable")]
        order = order[_fits_country(problem, use, tier, order)]
        raised = order[: _fits_all(problem, use, tier, order)]
        if len(raised) == 0:
            break
        tier[raised] += 1
    # Running sums differ from fresh ones in the last digits.
    return _lower(problem, prices, tier)


def _fits_country(problem: Problem, use: Use, tier: Tiers, order: Ints) -> NDArray[np.bool_]:
    """Tell of each raise whether its country has room for it and for all those before it."""
    country = problem.country[order]
    more = problem.tiers[tier[order] + 1] - problem.tiers[tier[order]]
    together = np.argsort(country, kind="stable")
    total = np.cumsum(more[together])
    starts = np.flatnonzero(np.diff(country[together], prepend=-1))
    before = np.repeat((total - more[together])[starts], np.diff(np.append(starts, len(order))))
    fits = np.empty(len(order), dtype=bool)
    fits[together] = total - before <= (problem.country_room - use.country)[country[together]]
    return fits


def _fits_all(problem: Problem, use: Use, tier: Tiers, order: Ints) -> int:
    """Count how many raises, taken in order, the ceilings of the whole book have room for."""
    loss = problem.loss[tier[order] + 1, order] - problem.loss[tier[order], order]
    added = problem.trade[tier[order] + 1, order] - problem.trade[tier[order], order]
    trade = use.trade + np.cumsum(added)
    passed = use.loss + np.cumsum(loss) > problem.loss_share * trade
    passed |= use.tail + np.cumsum(loss * problem.stress[order]) > problem.tail_share * trade
    passed |= trade > problem.trade_room
    return int(np.argmax(passed)) if passed.any() else len(order)


def _step(problem: Problem, prices: Prices, tier: Tiers, buyers: Ints, step: int) -> Floats:
    """What moving buyers by one tier adds to their priced scores."""
    now, then = tier[buyers], tier[buyers] + step
    worth = 1 + prices.loss * problem.loss_share + prices.tail * problem.tail_share - prices.trade
    trade = problem.trade[then, buyers] - problem.trade[now, buyers]
    loss = problem.loss[then, buyers] - problem.loss[now, buyers]
    cost = prices.loss + prices.tail * problem.stress[buyers]
    rent = prices.country[problem.country[buyers]] * (problem.tiers[then] - problem.tiers[now])
    moved: Floats = worth * trade - cost * loss - rent
    return moved
