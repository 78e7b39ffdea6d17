"""The latent health of owners: a Markov chain by month, and the hazard of ceasing to pay.

A month goes so: the country's shock starts or ends; health moves (in a shock more often downward); then the owner
may cease to pay, on a day drawn evenly from the month, with probability

    1 - (1 - hazard of the state) ** (frailty * country class * shock * weeks before Spring Festival).

Who ceases to pay either stays away for four months and comes back recovering, or is gone. Planned states (bust-outs)
have their hazard as it stands, and nobody comes back from them.
"""

from dataclasses import dataclass

import numpy as np

from training.market.parameters import LEFT
from training.market.population import Owners
from training.market.setting import Setting
from training.market.streams import Flags, Ints, stream

NO_DAY = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Health:
    """What became of the owners of a block, by owner and month.

    Attributes:
        during: state in the month; `left` before the owner enters.
        after: state at the month's end.
        ceased_on: day on which the owner ceased to pay in that month, else `NO_DAY`.
        back: where it did, whether it will come back.
    """

    during: Ints
    after: Ints
    ceased_on: Ints
    back: Flags


def live(setting: Setting, owners: Owners, block: int) -> Health:
    """Let the owners of a block live through all months."""
    chain, there, calendar, rng = setting.chain, setting.there, setting.calendar, stream(setting.seed, "health", block)
    count, months = len(owners), len(calendar.festival)
    cumulated, frailty = np.cumsum(chain.moves, axis=2), setting.frailty[owners.frailty]
    during, after = (np.full((count, months), chain.index(LEFT)) for _ in range(2))
    ceased = np.full((count, months), NO_DAY, dtype=np.int64)
    back = np.zeros((count, months), dtype=np.bool_)
    state = np.full(count, chain.index(LEFT))
    for month in range(months):
        shocked = there.shocked[owners.country, month]
        rows = cumulated[shocked.astype(np.int64), state]
        state = np.minimum((rng.random(count)[:, None] >= rows).sum(axis=1), chain.index(LEFT))
        state = np.where(owners.enter == month, owners.start, state)
        during[:, month] = state
        strain = chain.strain(frailty, there.hazard[owners.country], shocked, calendar.festival[month])
        failed = rng.random(count) < chain.hazards_in(state, strain)
        day = calendar.starts[month] + rng.integers(0, calendar.lengths[month], count)
        ceased[:, month] = np.where(failed, day, NO_DAY)
        back[:, month] = failed & ~chain.is_planned(state) & (rng.random(count) < chain.returns)
        state = np.where(failed, np.where(back[:, month], chain.ordering, chain.index(LEFT)), state)
        after[:, month] = state
    return Health(during, after, ceased, back)
