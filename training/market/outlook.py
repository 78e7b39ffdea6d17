"""A buyer's outlook over a horizon: forward recursions over its owner's health and its country's shock.

Arrays have axes (shock, state, buyer, month of ceasing) as far as they need them; money is in US cents.
"""

from dataclasses import dataclass

import numpy as np

from training.market.ceasing import OPEN_MONTHS, Ceasing
from training.market.exporters import Exporters
from training.market.fates import expected_unpaid, order_chances
from training.market.orders import Demand, mean_cents
from training.market.parameters import Parameters
from training.market.population import Buyers, Population
from training.market.streams import Floats, Ints
from training.market.windows import Window


@dataclass(frozen=True)
class Outlook:
    """Whose outlook: buyers' places in the block, their owners', the owners' states and shocks (0 or 1) now."""

    buyer: Ints
    owner: Ints
    state: Ints
    shock: Ints


@dataclass(frozen=True)
class Rates:
    """Means over the exporters whom buyers order from: of quarrels, late disputes, and their product."""

    quarrels: Floats
    late: Floats
    both: Floats


@dataclass(frozen=True)
class OrderRates:
    """Orders of one month of the horizon, by state and buyer.

    Attributes:
        credit, any: expected orders on credit, and with those paid up front.
        amount: mean amount of one.
        opened: probability to be open when the owner ceases to pay, without and with a late dispute, by state, buyer
            and month of ceasing.
        calm: probability of no lapse, by state and buyer.
        tempered: how far the buyer's size tempers quarrels.
        exporters: rates of the exporters, by state and buyer.
    """

    credit: Floats
    any: Floats
    amount: Floats
    opened: tuple[Floats, Floats]
    calm: Floats
    tempered: Floats
    exporters: Rates

    def good(self) -> Floats:
        """Probability that an order does not default if its owner ceases to pay in the month of the last axis."""
        plain, late = self.opened
        tempered, rates = self.tempered[:, None], self.exporters
        quiet = (1 - plain) * (1 - tempered * rates.quarrels[..., None])
        put_off = (late - plain) * (rates.late - self.tempered * rates.both)[..., None]
        return self.calm[..., None] * (quiet - put_off)

    def frozen(self) -> Floats:
        """Probability that an order is left unpaid by an owner who ceases in the month of the last axis."""
        plain, late = self.opened
        return plain + self.exporters.late[..., None] * (late - plain)

    def quarrelled(self) -> Floats:
        """Probability that an order ends in a quarrel, and is not left unpaid nor a lapse."""
        plain, late = self.opened
        rates = self.exporters
        paid = (1 - plain) * rates.quarrels[..., None] - (late - plain) * rates.both[..., None]
        return (self.tempered * self.calm)[..., None] * paid


def usual_exporters(exporters: Exporters, buyers: Buyers) -> Rates:
    """Average over each buyer's circle."""
    shares = np.diff(buyers.weights, axis=1, prepend=0.0)
    quarrels, late = exporters.disputes[buyers.circle], exporters.late_disputes[buyers.circle]
    return Rates(*((shares * each).sum(axis=1) for each in (quarrels, late, quarrels * late)))


def order_rates(
    parameters: Parameters, exporters: Exporters, buyers: Buyers, wanted: Demand, usual: Rates, outlook: Outlook,
    window: Window,
) -> OrderRates:  # fmt: skip
    """Work out one month of the horizon."""
    buyer, states = outlook.buyer, parameters.states.values()
    tempered = order_chances(parameters, buyers)[buyer]
    level = wanted.level[buyer, window.month] * window.share
    kept = wanted.kept_away[buyer, window.month]
    orders = np.array([state.orders for state in states])[:, None]
    lapse = np.array([state.lapse for state in states])[:, None]
    openness = window.open[:, :, buyers.habit[buyer], buyers.terms[buyer]]
    plain, late = (np.ascontiguousarray(np.moveaxis(openness[..., each], 0, -1)) for each in (0, 1))
    return OrderRates(
        credit=orders * (level * (1 - kept)),
        any=orders * (level * (1 - kept * (1 - parameters.programme.advance_share))),
        amount=mean_cents(parameters, buyers.amount[buyer]),
        opened=(plain, late),
        calm=1 - lapse * tempered,
        tempered=tempered,
        exporters=_met(parameters, exporters, usual, buyer, window.known),
    )


def _met(parameters: Parameters, exporters: Exporters, usual: Rates, buyer: Ints, known: int) -> Rates:
    """Mix the circle's exporters with those whom a buyer need not know."""
    novelty = np.array([state.novelty for state in parameters.states.values()])[:, None]
    size = exporters.size[:known]
    quarrels, late = exporters.disputes[:known], exporters.late_disputes[:known]
    anyone = [(size * each).sum() / size.sum() for each in (quarrels, late, quarrels * late)]
    circle = (usual.quarrels[buyer], usual.late[buyer], usual.both[buyer])
    return Rates(*((1 - novelty) * own + novelty * other for own, other in zip(circle, anyone, strict=True)))


def survival(
    parameters: Parameters, ceasing: Ceasing, block: Population, outlook: Outlook, horizon: list[Window],
    rates: list[OrderRates],
) -> tuple[Floats, Floats]:  # fmt: skip
    """Compute the probability of default and that of any order.

    The last axis runs over the months in which the owner may cease to pay, with "not while an order is open" at its end.
    """
    country, ordering = block.owners.country[outlook.owner], ceasing.chain.ordering
    months, lumps = len(horizon), parameters.buyers.lumpiness
    well = _start(ceasing, outlook, months + OPEN_MONTHS + 1)
    idle = _start(ceasing, outlook, 1)
    fine, nothing = np.zeros(len(country)), np.zeros(len(country))
    for place, (window, rate) in enumerate(zip(horizon, rates, strict=True)):
        well, idle = ceasing.step(well, country), ceasing.step(idle, country)
        hazard = _hazard(ceasing, block, outlook, window.month)
        good = rate.good()
        never = rate.calm * (1 - rate.tempered * rate.exporters.quarrels)
        bad = 1 - np.concatenate([good, never[..., None]], axis=-1)
        well[:, :ordering] *= _none(rate.credit[..., None] * bad, lumps)
        idle[:, :ordering, :, 0] *= _none(rate.any, lumps)
        fine += (well[:, :ordering, :, place] * hazard).sum(axis=(0, 1))
        nothing += (idle[:, :ordering, :, 0] * hazard).sum(axis=(0, 1))
        well[:, :ordering] *= (1 - hazard)[..., None]
        idle[:, :ordering, :, 0] *= 1 - hazard
    later = _within(ceasing, block, outlook, horizon[-1].month)
    after = np.moveaxis(well[..., months:-1], -1, 0)
    fine += (after * later).sum(axis=(0, 1, 2)) + (well[..., -1] * (1 - later.sum(axis=0))).sum(axis=(0, 1))
    nothing += idle[..., 0].sum(axis=(0, 1))
    return np.clip(1 - fine, 0.0, 1.0), np.clip(1 - nothing, 0.0, 1.0)


def expect(
    parameters: Parameters, ceasing: Ceasing, block: Population, outlook: Outlook, horizon: list[Window],
    rates: list[OrderRates],
) -> tuple[Floats, Floats]:  # fmt: skip
    """Compute the expected amount never paid of orders placed in the horizon, and the expected amount that defaults."""
    country, ordering = block.owners.country[outlook.owner], ceasing.chain.ordering
    unpaid, quarrel = expected_unpaid(parameters, ceasing.chain)
    alpha = _start(ceasing, outlook, 1)[..., 0]
    loss, at_risk = np.zeros(len(country)), np.zeros(len(country))
    for place, (window, rate) in enumerate(zip(horizon, rates, strict=True)):
        alpha = ceasing.step(alpha, country)
        hazard = _hazard(ceasing, block, outlook, window.month)
        later = _within(ceasing, block, outlook, window.month)[:, :, :ordering]
        # Probability of ceasing in this and each later month, by shock, state, buyer and month.
        when = np.concatenate([hazard[None], (1 - hazard) * later])
        when = np.moveaxis(when, 0, -1)
        months = slice(place, place + OPEN_MONTHS + 1)
        frozen = (when * rate.frozen()[..., months]).sum(axis=-1)
        talks = (when * rate.quarrelled()[..., months]).sum(axis=-1)
        never = 1 - when.sum(axis=-1)
        talks += never * rate.tempered * rate.calm * rate.exporters.quarrels
        good = (when * rate.good()[..., months]).sum(axis=-1)
        good += never * rate.calm * (1 - rate.tempered * rate.exporters.quarrels)
        ordered = alpha[:, :ordering] * rate.credit * rate.amount
        loss += (ordered * (frozen * unpaid[:, None] + talks * quarrel)).sum(axis=(0, 1))
        at_risk += (ordered * (1 - good)).sum(axis=(0, 1))
        alpha[:, :ordering] *= 1 - hazard
    return loss, at_risk


def _start(ceasing: Ceasing, outlook: Outlook, columns: int) -> Floats:
    alpha = np.zeros((2, len(ceasing.chain.names), len(outlook.buyer), columns))
    alpha[outlook.shock, outlook.state, np.arange(len(outlook.buyer))] = 1.0
    return alpha


def _none(expected: Floats, lumps: float) -> Floats:
    """Probability that no event comes, of a Poisson number with gamma noise."""
    none: Floats = np.exp(-lumps * np.log1p(expected / lumps))
    return none


def _hazard(ceasing: Ceasing, block: Population, outlook: Outlook, month: int) -> Floats:
    owner = outlook.owner
    return np.moveaxis(ceasing.hazard[month, block.owners.country[owner], block.owners.frailty[owner]], 0, -1)


def _within(ceasing: Ceasing, block: Population, outlook: Outlook, month: int) -> Floats:
    owner = outlook.owner
    return np.moveaxis(ceasing.within[month][:, block.owners.country[owner], block.owners.frailty[owner]], 1, -1)
