"""Days from an order to its payment, for orders that are paid in time to count: terms, plus days late.

Days late are a gamma shifted to begin `earliest` days before the due date, its mean the buyer's habit plus the
state's; a late dispute adds days drawn evenly. What would pass the day of default is drawn on that day:
only lapses, quarrels and owners who cease to pay make a default.
"""

import numpy as np
from scipy.stats import gamma

from training.market.parameters import Parameters
from training.market.streams import Floats, Ints

_LEAST_MEAN = 3.0


class Lateness:
    """Tables of days late and of days open.

    Attributes:
        late: probability of each day late from `earliest` on, by state, habit and whether a late dispute added days.
        open_for: probability of being unpaid at the start of day x after the order, by state, habit, terms, dispute.
    """

    def __init__(self, parameters: Parameters) -> None:
        self.earliest, self.latest = parameters.payments.earliest, parameters.overdue_days
        kinds = list(parameters.buyers.terms.values())
        self.terms_days = np.array(sorted({day for kind in kinds for day in kind.days}))
        self.terms: Floats = np.array([[kind.days.get(int(day), 0.0) for day in self.terms_days] for kind in kinds])
        self.longest = kinds.index(max(kinds, key=lambda kind: sum(d * share for d, share in kind.days.items())))
        plain = self._plain(parameters)
        self.late: Floats = np.stack([plain, self._put_off(plain, parameters.exporters.late_dispute_days)], axis=2)
        planned = parameters.by_state("planned")
        self._cumulated = np.cumsum(self.late, axis=-1).reshape(-1, self.late.shape[-1])
        self.open_for = self._open_for(planned)

    def draw_late(self, state: Ints, habit: Ints, disputed: Ints, rng: np.random.Generator) -> Ints:
        """Draw days late."""
        row = np.ravel_multi_index((state, habit, disputed), self.late.shape[:3])
        # Rows of a cumulated table laid end to end rise for ever: one search serves all rows.
        rising = (self._cumulated + np.arange(len(self._cumulated))[:, None]).ravel()
        place: Ints = np.searchsorted(rising, rng.random(len(row)) + row, side="right") - row * self.late.shape[-1]
        return np.clip(place, 0, self.late.shape[-1] - 1) + self.earliest

    def draw_terms(self, kind: Ints, rng: np.random.Generator) -> Ints:
        """Draw days from order to due date for each kind of terms."""
        chosen = (rng.random(len(kind))[:, None] >= np.cumsum(self.terms, axis=1)[kind]).sum(axis=1)
        days: Ints = self.terms_days[np.minimum(chosen, len(self.terms_days) - 1)]
        return days

    def _plain(self, parameters: Parameters) -> Floats:
        shape = parameters.payments.lateness_shape
        habits = np.array([habit.days_late for habit in parameters.buyers.habits.values()])
        states = parameters.by_state("days_late")
        mean = np.maximum(states[:, None] + habits - self.earliest, _LEAST_MEAN)[..., None]
        edges = np.arange(self.latest - self.earliest + 2, dtype=np.float64)
        below = gamma.cdf(edges, shape, scale=mean / shape)
        below[..., -1] = 1.0
        probabilities: Floats = np.diff(below, axis=-1)
        return probabilities

    def _put_off(self, plain: Floats, added: tuple[int, int]) -> Floats:
        later = np.zeros_like(plain)
        for days in range(added[0], added[1] + 1):
            later[..., days:] += plain[..., : plain.shape[-1] - days]
            later[..., -1] += plain[..., plain.shape[-1] - days :].sum(axis=-1)
        return later / (added[1] - added[0] + 1)

    def _open_for(self, planned: Floats) -> Floats:
        states, habits, disputes, _ = self.late.shape
        longest = int(self.terms_days[-1]) + self.latest
        unpaid = np.zeros((states, habits, len(self.terms), disputes, longest + 2))
        for kind, shares in enumerate(self.terms):
            for place, days in enumerate(self.terms_days):
                first = int(days) + self.earliest
                share = np.where(planned, self.terms[self.longest, place], shares[place])[:, None, None, None]
                unpaid[:, :, kind, :, first : first + self.late.shape[-1]] += share * self.late
        # Paid on day p means still unpaid at the start of p: P(p >= x).
        at_least: Floats = np.cumsum(unpaid[..., ::-1], axis=-1)[..., ::-1]
        return at_least
