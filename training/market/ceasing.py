"""When owners cease to pay: the probability for each coming month, tabulated backwards from the market's end."""

import numpy as np

from training.market.parameters import OPEN_MONTHS
from training.market.setting import Setting
from training.market.streams import Floats, Ints


class Ceasing:
    """Hazards and first-passage probabilities, alike for all owners of a country and frailty.

    Attributes:
        hazard: by month, country, frailty, shock (off, on) and ordering state.
        within: by month m, country, frailty, shock and state at the end of m, and j: the probability to cease in month
            m + 1 + j, and not before.
        starts, ends: monthly probability that a shock starts, by country, and that one ends.
    """

    def __init__(self, setting: Setting) -> None:
        chain, there, calendar = setting.chain, setting.there, setting.calendar
        self.chain, self.starts, self.ends = chain, there.starts, there.ends
        shocks, festival = np.array([False, True]), calendar.festival[:, None, None, None]
        strain = chain.strain(setting.frailty[:, None], there.hazard[:, None, None], shocks, festival)
        self.hazard = chain.hazards(strain)
        months = len(calendar.festival)
        padding = [(0, 0)] * 4 + [(0, len(chain.names) - chain.ordering)]
        hazard = np.pad(self.hazard, padding)
        self.within: Floats = np.zeros((*hazard.shape, OPEN_MONTHS))
        for month in range(months - 2, -1, -1):
            following = hazard[month + 1]
            self.within[month, ..., 0] = self._back(following)
            for ahead in range(1, OPEN_MONTHS):
                self.within[month, ..., ahead] = self._back((1 - following) * self.within[month + 1, ..., ahead - 1])

    def _back(self, value: Floats) -> Floats:
        """Take the expectation of a value over the next month's shock and state."""
        moved = np.einsum("skl,cfsl->cfsk", self.chain.moves, value)
        off, on = moved[:, :, 0], moved[:, :, 1]
        start = self.starts[:, None, None]
        return np.stack([(1 - start) * off + start * on, self.ends * off + (1 - self.ends) * on], axis=2)

    def step(self, alpha: Floats, country: Ints) -> Floats:
        """Move a distribution one month on: the first axes are shock and state, the last is that of buyers."""
        start = self.starts[country]
        off, on = alpha
        mixed = ((1 - start) * off + self.ends * on, start * off + (1 - self.ends) * on)
        moved = np.zeros_like(alpha)
        # Most moves are impossible: adding up the possible ones beats a product of matrices, and its order is fixed.
        for shock, row, column in zip(*np.nonzero(self.chain.moves), strict=True):
            moved[shock, column] += self.chain.moves[shock, row, column] * mixed[shock][row]
        return moved
