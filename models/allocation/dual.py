"""The Lagrangian dual: with a price on every ceiling, each buyer's best tier is found apart from all others.

For any prices the buyers' best scores plus the priced rooms bound what any choice can cover; the least bound is
looked for with L-BFGS-B (R. Byrd et al., SIAM J. Sci. Comput. 16, 1995), first on a sample of the book. The
dual is convex and piecewise linear, and with thousands of buyers its corners are so many that it is as good as smooth.
Reference: H. Everett, "Generalized Lagrange multiplier method", Operations Research 11(3), 1963.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from models.allocation.problem import Floats, Prices, Problem, Tiers

# Rows that are worked on at once: they fit the processor's cache.
_CHUNK = 8192
_SAMPLE = 20_000
# Looks at every buyer, on a sample or a small book; and from a start so found, on a large one.
_ROUNDS, _LAST_ROUNDS = 150, 60
# An appetite of nothing at all still needs a unit.
_LEAST_SHARE = 1e-5


@dataclass(frozen=True, slots=True)
class Answer:
    """The buyers' best tiers at some prices, their trade, and the bound that these prices prove."""

    tier: Tiers
    bound: float
    trade: float
    slope: Floats


def answer(problem: Problem, prices: Prices) -> Answer:
    """Let every buyer choose its best tier at given prices; of equal tiers the lowest."""
    tier = np.empty(problem.buyers, dtype=np.int16)
    best = trade = loss = tail = 0.0
    amount = np.zeros(len(problem.country_room))
    worth = 1 + prices.loss * problem.loss_share + prices.tail * problem.tail_share - prices.trade
    for first in range(0, problem.buyers, _CHUNK):
        rows = slice(first, first + _CHUNK)
        stress, country = problem.stress[rows], problem.country[rows]
        chosen, score = _choose(problem, rows, worth, prices)
        tier[rows] = chosen
        each = np.arange(len(chosen))
        lost = problem.loss[:, rows][chosen, each]
        best += float(score.sum())
        trade += float(problem.trade[:, rows][chosen, each].sum())
        loss += float(lost.sum())
        tail += float(lost @ stress)
        amount += np.bincount(country, weights=problem.tiers[chosen], minlength=len(amount))
    room = prices.trade * problem.trade_room if prices.trade else 0.0
    bound = best + room + float(prices.country @ problem.country_room)
    ratios = [problem.loss_share * trade - loss, problem.tail_share * trade - tail]
    slope = np.concatenate([ratios, problem.country_room - amount])
    return Answer(tier, bound, trade, slope)


def _choose(problem: Problem, rows: slice, worth: float, prices: Prices) -> tuple[Tiers, Floats]:
    cost = prices.loss + prices.tail * problem.stress[rows]
    rent = prices.country[problem.country[rows]]
    rented = bool(rent.any())
    best = np.zeros(len(cost))
    chosen = np.zeros(len(cost), dtype=np.int16)
    for tier in range(1, len(problem.tiers)):
        score = worth * problem.trade[tier, rows]
        score -= cost * problem.loss[tier, rows]
        if rented:
            score -= rent * problem.tiers[tier]
        better = score > best
        np.copyto(best, score, where=better)
        np.copyto(chosen, np.int16(tier), where=better)
    return chosen, best


def least_bound(problem: Problem) -> Prices:
    """Look for the prices that prove the least bound, the programme's room left aside (see `solve`)."""
    start = np.zeros(2 + len(problem.country_room))
    stride = problem.buyers // _SAMPLE
    if stride > 1:
        start = _descend(_sampled(problem, stride), start, _ROUNDS)
    return _prices(problem, _descend(problem, start, _ROUNDS if stride <= 1 else _LAST_ROUNDS))


def _sampled(problem: Problem, stride: int) -> Problem:
    """Take every so many-th buyer, and as much less room."""
    sample = problem.rows(np.arange(0, problem.buyers, stride))
    share = sample.buyers / problem.buyers
    room = (problem.country_room * share).astype(np.int64)
    return replace(sample, country_room=room)


def _descend(problem: Problem, start: Floats, rounds: int) -> Floats:
    """Minimise over prices in units in which each is about 1 where it binds."""
    unit = _unit(problem)
    scale = max(float(problem.trade[-1].sum()), 1.0)

    def value(x: Floats) -> tuple[float, Floats]:
        found = answer(problem, _prices(problem, x))
        return found.bound / scale, found.slope * unit / scale

    bounds = [(0.0, None)] * len(start)
    options = {"maxfun": rounds, "maxiter": rounds, "ftol": 1e-10, "gtol": 1e-9}
    found = minimize(value, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    best: Floats = found.x
    return best


def _unit(problem: Problem) -> Floats:
    return np.concatenate(
        [
            [1 / max(share, _LEAST_SHARE) for share in (problem.loss_share, problem.tail_share)],
            np.ones(len(problem.country_room)),
        ]
    )


def _prices(problem: Problem, x: Floats) -> Prices:
    loss, tail, *country = (x * _unit(problem)).tolist()
    return Prices(loss, tail, 0.0, np.array(country))
