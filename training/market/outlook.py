"""What a buyer may order in a month of its horizon, and what may become of such an order.

Arrays have the axes state, month of ceasing to pay, buyer, as far as they need them; money is in US cents.
"""

from dataclasses import dataclass

import numpy as np

from training.market.exporters import Exporters
from training.market.fates import order_chances
from training.market.orders import Demand, mean_cents
from training.market.population import Buyers
from training.market.setting import Setting
from training.market.streams import Floats, Ints
from training.market.windows import Window


@dataclass(frozen=True)
class Met:
    """Means over the exporters whom buyers order from: of quarrels, late disputes, and their product."""

    quarrels: Floats
    late: Floats
    both: Floats


@dataclass(frozen=True)
class Standing:
    """What a block's buyers keep through all months.

    Attributes:
        usual: rates of the exporters in the buyer's circle.
        tempered: how far its size tempers lapses and quarrels.
        cents: mean amount of an order, by state.
    """

    usual: Met
    tempered: Floats
    cents: Floats


def standing(setting: Setting, buyers: Buyers) -> Standing:
    """Average over each buyer's circle, orders and size."""
    parameters, exporters = setting.parameters, setting.exporters
    shares = np.diff(buyers.weights, axis=1, prepend=0.0)
    quarrels, late = exporters.disputes[buyers.circle], exporters.late_disputes[buyers.circle]
    means = ((shares * each).sum(axis=1) for each in (quarrels, late, quarrels * late))
    return Standing(Met(*means), order_chances(parameters, buyers), mean_cents(parameters, buyers.amount))


@dataclass(frozen=True)
class Outlook:
    """Orders of one month of the horizon.

    Attributes:
        credit, any: expected orders on credit, and with those paid up front.
        cents: mean amount of one.
        plain: probability to be open when the owner ceases to pay, by month of ceasing.
        added: what a late dispute adds to it.
        calm: probability of no lapse.
        tempered: how far the buyer's size tempers quarrels.
        met: rates of the exporters.
    """

    credit: Floats
    any: Floats
    cents: Floats
    plain: Floats
    added: Floats
    calm: Floats
    tempered: Floats
    met: Met

    def good(self, plain: Floats | float, added: Floats | float) -> Floats:
        """Probability that an order does not default, given the probabilities to be open (linear in both)."""
        quiet = (1 - plain) * (1 - self.tempered * self.met.quarrels)
        put_off = added * (self.met.late - self.tempered * self.met.both)
        good: Floats = self.calm * (quiet - put_off)
        return good

    def frozen(self, plain: Floats, added: Floats) -> Floats:
        """Probability that an order is left unpaid by an owner who ceases to pay."""
        return plain + self.met.late * added

    def quarrelled(self, plain: Floats, added: Floats) -> Floats:
        """Probability that an order ends in a quarrel, and is neither left unpaid nor a lapse."""
        return self.tempered * self.calm * ((1 - plain) * self.met.quarrels - added * self.met.both)


def outlook(setting: Setting, buyers: Buyers, kept: Standing, wanted: Demand, buyer: Ints, window: Window) -> Outlook:
    """Work out one month of the horizon for some buyers of a block."""
    parameters = setting.parameters
    orders, lapse, novelty = (parameters.by_state(each)[:, None, None] for each in ("orders", "lapse", "novelty"))
    level = wanted.level[buyer, window.month] * window.share
    away = wanted.kept_away[buyer, window.month]
    openness = window.open[..., buyers.habit[buyer], buyers.terms[buyer]]
    return Outlook(
        credit=orders * (level * (1 - away)),
        any=orders * (level * (1 - away * (1 - parameters.programme.advance_share))),
        cents=kept.cents[:, None, buyer],
        plain=openness[0],
        added=openness[1] - openness[0],
        calm=1 - lapse * kept.tempered[buyer],
        tempered=kept.tempered[buyer],
        met=_met(setting.exporters, kept.usual, buyer, novelty, window.known),
    )


def _met(exporters: Exporters, usual: Met, buyer: Ints, novelty: Floats, known: int) -> Met:
    """Mix the circle's exporters with those whom a buyer need not know."""
    size = exporters.size[:known]
    quarrels, late = exporters.disputes[:known], exporters.late_disputes[:known]
    anyone = [(size * each).sum() / size.sum() for each in (quarrels, late, quarrels * late)]
    circle = (usual.quarrels[buyer], usual.late[buyer], usual.both[buyer])
    return Met(*((1 - novelty) * own + novelty * other for own, other in zip(circle, anyone, strict=True)))
