"""Allocation against its own dual bound and against HiGHS, in time and in trade covered.

HiGHS solves the relaxation in which a buyer may have parts of several tiers, by its interior point method (its simplex
took ten times as long): no choice of whole tiers covers more than its optimum, and it has the easier task.
"""

import os
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from models.allocation.problem import Allocation, Problem
from models.allocation.solve import allocate
from models.allocation.tail import stress
from models.demand import Demand
from models.policy import BASIS_POINTS, policies

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
_RUNS = 3
_COUNTRIES = 30
_SEED = 20200101

Result = TypeVar("Result")


def run() -> dict[str, Any]:
    """Measure gaps, speed and growth; every time is the median of runs in this process."""
    found: dict[int, Allocation] = {}
    seconds: dict[int, float] = {}
    passed = 0
    for size in SIZES:
        problem = drawn(size)
        found[size], seconds[size] = _timed(lambda problem=problem: allocate(problem), _RUNS)  # type: ignore[misc]
        passed += not found[size].use.fits(problem)
    optimum, highs_seconds = _timed(lambda: relaxed_optimum(drawn(100_000)), 1)
    growth = np.polyfit(np.log(SIZES), np.log([seconds[size] for size in SIZES]), 1)[0]
    return {
        "bench": "allocation",
        "figures": {
            "gap_to_dual_bound_100k": found[100_000].gap,
            "gap_to_dual_bound_1m": found[1_000_000].gap,
            "gap_to_highs_100k": (optimum - found[100_000].use.trade) / optimum,
            "speedup_vs_highs_100k": highs_seconds / seconds[100_000],
            "time_growth_exponent": float(growth),
            "ceilings_passed": passed,
        },
        "conditions": {
            "buyers": list(SIZES),
            "seconds": [round(seconds[size], 3) for size in SIZES],
            "highs_seconds": round(highs_seconds, 3),
            "tiers": len(policies().versions[-1].tiers),
            "countries": _COUNTRIES,
            "binding": _binding(found[100_000]),
            "cpus": os.cpu_count(),
        },
    }


def drawn(buyers: int) -> Problem:
    """Draw a book under today's tiers and appetite, with ceilings of countries that bind for about half of them."""
    policy = policies().versions[-1]
    draw = np.random.default_rng(_SEED)
    tiers = np.array([0, *policy.tiers], dtype=np.int64)
    need = draw.lognormal(np.log(25_000_00), 1.4, buyers)
    pd = draw.lognormal(np.log(0.03), 1.2, buyers).clip(1e-4, 0.5)
    wanted = Demand(need * draw.lognormal(0, 0.5, buyers), need / 3, need)
    country = np.minimum(draw.geometric(0.1, buyers) - 1, _COUNTRIES - 1)
    asked = np.bincount(country, weights=np.minimum(need, policy.buyer_cap), minlength=_COUNTRIES)
    room = asked * draw.uniform(0.4, 1.6, _COUNTRIES)
    paid = policy.rate_bp("standard") * policy.loss_given_default / BASIS_POINTS**2
    covered, lost = np.zeros((len(tiers), buyers)), np.zeros((len(tiers), buyers))
    for place, tier in enumerate(tiers):
        limit = np.full(buyers, float(tier))
        covered[place], lost[place] = wanted.covered(limit), wanted.owed(limit) * pd * paid
    return Problem(
        tiers=tiers,
        trade=covered,
        loss=lost,
        stress=stress(pd, policy.appetite),
        country=country.astype(np.int64),
        loss_share=0.5 * policy.appetite.expected_loss / BASIS_POINTS,
        tail_share=policy.appetite.tail_loss / BASIS_POINTS,
        trade_room=float(covered[-1].sum()),
        country_room=room.astype(np.int64),
    )


def relaxed_optimum(problem: Problem) -> float:
    """Let HiGHS find the most trade (US cents) where a buyer may have parts of tiers."""
    tiers, buyers = problem.trade.shape[0] - 1, problem.buyers
    trade, loss = problem.trade[1:].T.ravel(), problem.loss[1:].T.ravel()
    tail = (problem.loss * problem.stress)[1:].T.ravel()
    place = np.arange(buyers * tiers)
    one_each = coo_array((np.ones(len(place)), (np.repeat(np.arange(buyers), tiers), place)))
    ratios = np.vstack([loss - problem.loss_share * trade, tail - problem.tail_share * trade, trade])
    limits = np.tile(problem.tiers[1:], buyers).astype(np.float64)
    by_country = coo_array(
        (limits, (np.repeat(problem.country, tiers), place)), shape=(len(problem.country_room), len(place))
    )
    # In ten thousands of dollars: solvers like numbers near 1.
    unit = 1e6
    found = linprog(
        -trade / unit,
        A_ub=vstack([one_each, coo_array(ratios) / unit, by_country / unit]).tocsr(),
        b_ub=np.r_[np.ones(buyers), 0, 0, problem.trade_room / unit, problem.country_room / unit],
        bounds=(0, 1),
        method="highs-ipm",
    )
    assert found.success, found.message
    return float(-found.fun * unit)


def _timed(work: Callable[[], Result], runs: int) -> tuple[Result, float]:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return result, float(np.median(times))


def _binding(found: Allocation) -> list[str]:
    prices = found.prices
    named = {"loss": prices.loss, "tail": prices.tail, "programme": prices.trade}
    return [name for name, price in named.items() if price > 0] + [f"{int((prices.country > 0).sum())} countries"]
