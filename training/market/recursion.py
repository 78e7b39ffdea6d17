"""The forward recursions of the truth over an owner's health and its country's shock.

Arrays have the axes shock, state, month of ceasing to pay, buyer.
"""

from dataclasses import dataclass

import numpy as np

from training.market.ceasing import Ceasing
from training.market.outlook import Outlook
from training.market.parameters import OPEN_MONTHS
from training.market.streams import Floats, Ints


@dataclass(frozen=True)
class Present:
    """What is known of buyers now: their owners' country, frailty class, state, and shock (0 or 1)."""

    country: Ints
    frailty: Ints
    state: Ints
    shock: Ints

    def __len__(self) -> int:
        return len(self.state)


def survival(ceasing: Ceasing, now: Present, horizon: list[tuple[int, Outlook]], lumps: float) -> tuple[Floats, Floats]:
    """Compute the probability of default and that of any order.

    Args:
        ceasing: tables of the hazard.
        now: whose probabilities.
        horizon: months of the horizon, each with its orders.
        lumps: shape of the gamma noise of a month's orders.
    """
    ordering, months = ceasing.chain.ordering, len(horizon)
    # A column for each month in which the owner may cease, and one for not ceasing while an order is open.
    well, idle = _start(ceasing, now, months + OPEN_MONTHS + 1), _start(ceasing, now, 1)
    fine, nothing = np.zeros(len(now)), np.zeros(len(now))
    for place, (month, orders) in enumerate(horizon):
        # Columns of months gone by are done with.
        well[:, :, place:] = ceasing.step(well[:, :, place:], now.country)
        idle = ceasing.step(idle, now.country)
        hazard = _hazard(ceasing, now, month)
        good = orders.good(orders.plain[:, place:], orders.added[:, place:])
        good = np.concatenate([good, orders.good(0.0, 0.0)], axis=1)
        well[:, :ordering, place:] *= _none(orders.credit * (1 - good), lumps)
        idle[:, :ordering] *= _none(orders.any, lumps)
        fine += (well[:, :ordering, place] * hazard[:, :, 0]).sum(axis=(0, 1))
        nothing += (idle[:, :ordering] * hazard).sum(axis=(0, 1, 2))
        well[:, :ordering, place:] *= 1 - hazard
        idle[:, :ordering] *= 1 - hazard
    later = _later(ceasing, now, horizon[-1][0])
    fine += (well[:, :, months:-1] * later).sum(axis=(0, 1, 2))
    fine += (well[:, :, -1] * (1 - later.sum(axis=2))).sum(axis=(0, 1))
    nothing += idle.sum(axis=(0, 1, 2))
    return np.clip(1 - fine, 0.0, 1.0), np.clip(1 - nothing, 0.0, 1.0)


def expected(
    ceasing: Ceasing, now: Present, horizon: list[tuple[int, Outlook]], unpaid: Floats, quarrel: float
) -> tuple[Floats, Floats]:
    """Compute, in US cents, the expected amount never paid of orders placed in the horizon, and that which defaults.

    Args:
        ceasing: tables of the hazard.
        now: whose expectations.
        horizon: months of the horizon, each with its orders.
        unpaid: share never paid of an order left unpaid, by state.
        quarrel: share never paid of an order that ends in a quarrel.
    """
    ordering = ceasing.chain.ordering
    alpha = _start(ceasing, now, 1)
    loss, at_risk = np.zeros(len(now)), np.zeros(len(now))
    for place, (month, orders) in enumerate(horizon):
        alpha = ceasing.step(alpha, now.country)
        hazard = _hazard(ceasing, now, month)
        later = _later(ceasing, now, month)[:, :ordering]
        # When the owner ceases: in this month, or in one of the next.
        when = np.concatenate([hazard, (1 - hazard) * later], axis=2)
        months = slice(place, place + OPEN_MONTHS + 1)
        plain = (when * orders.plain[:, months]).sum(axis=2, keepdims=True)
        added = (when * orders.added[:, months]).sum(axis=2, keepdims=True)
        ordered = alpha[:, :ordering] * orders.credit * orders.cents
        lost = orders.frozen(plain, added) * unpaid[:, None, None] + orders.quarrelled(plain, added) * quarrel
        loss += (ordered * lost).sum(axis=(0, 1, 2))
        at_risk += (ordered * (1 - orders.good(plain, added))).sum(axis=(0, 1, 2))
        alpha[:, :ordering] *= 1 - hazard
    return loss, at_risk


def _start(ceasing: Ceasing, now: Present, columns: int) -> Floats:
    alpha = np.zeros((2, len(ceasing.chain.names), columns, len(now)))
    alpha[now.shock, now.state, :, np.arange(len(now))] = 1.0
    return alpha


def _none(mean: Floats, lumps: float) -> Floats:
    """Probability that no event comes, of a Poisson number with gamma noise."""
    none: Floats = np.exp(-lumps * np.log1p(mean / lumps))
    return none


def _hazard(ceasing: Ceasing, now: Present, month: int) -> Floats:
    """Hazards in a month, with one place on the axis of months."""
    by_buyer: Floats = np.moveaxis(ceasing.hazard[month, now.country, now.frailty], 0, -1)
    return by_buyer[:, :, None]


def _later(ceasing: Ceasing, now: Present, month: int) -> Floats:
    """Probabilities to cease in each of the months after one, by shock and state at its end."""
    return np.ascontiguousarray(ceasing.within[month][now.country, now.frailty].transpose(1, 2, 3, 0))
