"""Books to allocate on: drawn at random, with ceilings as tight as asked for."""

import numpy as np

from models.allocation.problem import Problem
from models.demand import Demand

TIERS = np.array([0, 1, 2, 5, 10, 20, 40, 80, 150]) * 1000_00


def book(buyers, seed=0, *, loss=0.004, tail=0.02, trade=1.0, country=10.0, countries=5):
    """Draw a problem; `trade` and `country` are shares of all trade and multiples of a country's mean need."""
    draw = np.random.default_rng(seed)
    need = draw.lognormal(np.log(20_000_00), 1.3, buyers)
    pd = draw.lognormal(np.log(0.02), 1.2, buyers).clip(1e-4, 0.5)
    wanted = Demand(need * draw.lognormal(0, 0.5, buyers), need / 3, need)
    limits = np.broadcast_to(TIERS.astype(float), (buyers, len(TIERS)))
    covered = np.ascontiguousarray(wanted.covered(limits).T)
    return Problem(
        tiers=TIERS,
        trade=covered,
        loss=np.ascontiguousarray((wanted.owed(limits) * (pd * 0.59 * 0.45)[:, None]).T),
        stress=5 * pd**-0.2 / 2,
        country=draw.integers(0, countries, buyers),
        loss_share=loss,
        tail_share=tail,
        trade_room=float(covered[-1].sum()) * trade,
        country_room=np.full(countries, int(need.sum() / countries * country), dtype=np.int64),
    )
