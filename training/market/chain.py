"""The chain of health: the states of owners, how they move in a month, and what bears on the hazard in each."""

import numpy as np

from training.market.parameters import LEFT, Parameters
from training.market.streams import Flags, Floats, Ints

REST_MONTHS = 4
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

    def hazards_in(self, state: Ints, strain: Floats) -> Floats:
        """Give the hazard of owners who are in any state; it is none where nothing is ordered."""
        hazards = np.pad(self.hazards(strain), ((0, 0), (0, len(self.names) - self.ordering)))
        return np.take_along_axis(hazards, state[:, None], axis=1)[:, 0]

    def is_planned(self, state: Ints) -> Flags:
        """Tell which states belong to a planned bust-out."""
        planned: Flags = np.append(self.planned, False)[np.minimum(state, self.ordering)]
        return planned
