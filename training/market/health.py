"""The latent health of owners: a Markov chain by month, and the hazard of ceasing to pay.

A month goes so: the country's shock starts or ends; health moves (in a shock more often downward); then the owner
may cease to pay, on a day drawn evenly from the month, with probability

    1 - (1 - hazard of the state) ** (frailty * country class * shock * weeks before Spring Festival).

Who ceases to pay either stays away for four months and comes back recovering, or is gone. Planned states (bust-outs)
have their hazard as it stands, and nobody comes back from them.
"""

from dataclasses import dataclass

import numpy as np

from training.market.calendar import Calendar
from training.market.countries import World
from training.market.parameters import LEFT, Parameters
from training.market.streams import Flags, Floats, Ints

REST_MONTHS = 4
NO_DAY = np.iinfo(np.int32).max
_DOWNWARD = ("fading", "distressed")


class Chain:
    """States of the chain: those in which a buyer orders (as in the parameters), then the rests, then `left`."""

    def __init__(self, parameters: Parameters) -> None:
        states = parameters.states
        self.names = (*states, *(f"resting {month}" for month in range(1, REST_MONTHS + 1)), LEFT)
        self.ordering = len(states)
        self.planned: Flags = np.array([state.planned for state in states.values()])
        self.hazard: Floats = np.array([state.hazard for state in states.values()])
        self.returns = parameters.payments.returns
        self.moves = np.stack(
            [self._moves(parameters, 1.0), self._moves(parameters, parameters.countries.shock.decline)]
        )
        self._strain = parameters.countries

    def index(self, name: str) -> int:
        """Find a state's place."""
        return self.names.index(name)

    def _moves(self, parameters: Parameters, decline: float) -> Floats:
        """Give the chances of moving, row from, column to; `decline` multiplies the moves downward, to certainty."""
        moves = np.eye(len(self.names))
        for row, state in enumerate(parameters.states.values()):
            chances = {to: chance * (decline if to in _DOWNWARD else 1.0) for to, chance in state.next.items()}
            total = max(1.0, sum(chances.values()))
            moves[row, row] = 1 - sum(chances.values()) / total
            for to, chance in chances.items():
                moves[row, self.index(to)] += chance / total
        for rest in range(self.ordering, self.ordering + REST_MONTHS):
            following = rest + 1 if rest + 1 < self.ordering + REST_MONTHS else self.index("recovering")
            moves[rest, rest], moves[rest, following] = 0.0, 1.0
        return moves

    def strain(self, frailty: Floats, country: Floats, shocked: Flags, festival: Floats | float) -> Floats:
        """Multiply what bears on the hazard of an owner who has no plan."""
        season = np.exp(self._strain.festival.hazard * np.asarray(festival))
        pressed: Floats = frailty * country * season * np.where(shocked, self._strain.shock.hazard, 1.0)
        return pressed

    def hazards(self, strain: Floats) -> Floats:
        """Give the monthly probability of ceasing to pay: the strain's shape with the ordering states as last axis."""
        powers = np.where(self.planned, 1.0, strain[..., None])
        hazards: Floats = -np.expm1(np.log1p(-self.hazard) * powers)
        return hazards


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


def live(
    chain: Chain, owners_country: Ints, frailty: Floats, enter: Ints, start: Ints,
    there: World, calendar: Calendar, rng: np.random.Generator,
) -> Health:  # fmt: skip
    """Let the owners of a block live through all months."""
    count, months = len(enter), len(calendar.festival)
    cumulated = np.cumsum(chain.moves, axis=2)
    during, after = (np.full((count, months), chain.index(LEFT)) for _ in range(2))
    ceased = np.full((count, months), NO_DAY, dtype=np.int64)
    back = np.zeros((count, months), dtype=np.bool_)
    state = np.full(count, chain.index(LEFT))
    for month in range(months):
        shocked = there.shocked[owners_country, month]
        rows = cumulated[shocked.astype(np.int64), state]
        state = np.minimum((rng.random(count)[:, None] >= rows).sum(axis=1), chain.index(LEFT))
        state = np.where(enter == month, start, state)
        during[:, month] = state
        strain = chain.strain(frailty, there.hazard[owners_country], shocked, calendar.festival[month])
        hazards = np.pad(chain.hazards(strain), ((0, 0), (0, len(chain.names) - chain.ordering)))
        failed = rng.random(count) < np.take_along_axis(hazards, state[:, None], axis=1)[:, 0]
        day = calendar.starts[month] + rng.integers(0, calendar.lengths[month], count)
        ceased[:, month] = np.where(failed, day, NO_DAY)
        planned = chain.planned[np.minimum(state, chain.ordering - 1)]
        back[:, month] = failed & ~planned & (rng.random(count) < chain.returns)
        state = np.where(failed, np.where(back[:, month], chain.ordering, chain.index(LEFT)), state)
        after[:, month] = state
    return Health(during, after, ceased, back)
