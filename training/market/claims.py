"""Claims: which defaults exporters claim for, with which documents, and how they are decided and recovered.

A claim needs cover and comes after the waiting period; small losses are mostly not worth one, and careless exporters
file none. Each decision and each recovery is a new version of the claim. As in the service, only a claim that was
accepted has recoveries: what the buyer pays before or else is a payment.
"""

from dataclasses import dataclass

import numpy as np

from features.money import Money
from models.policy import BASIS_POINTS, Standing
from training.market.exporters import Exporters
from training.market.ledger import Ledger
from training.market.parameters import Parameters
from training.market.programme import policy_at
from training.market.setting import Setting
from training.market.streams import Flags, Floats, Ints, days_between, stream

_CENTS = 100
_NEVER = np.iinfo(np.int64).max
ACCEPTED, REJECTED, WITHDRAWN = "accepted", "rejected", "withdrawn"


@dataclass(frozen=True)
class Claims:
    """Claims of a block; one entry a claim, `order` pointing into the block's orders."""

    order: Ints
    filed_on: Ints
    loss: Ints
    has_orders: Flags
    has_customs: Flags
    has_communications: Flags
    decided_on: Ints
    outcome: list[str]
    compensated: list[int]

    def __len__(self) -> int:
        return len(self.order)

    @property
    def closed_on(self) -> Ints:
        """The day after which money that comes in is a recovery; never, where nothing was compensated."""
        accepted = np.array([verdict == ACCEPTED for verdict in self.outcome], dtype=bool)
        return np.where(accepted, self.decided_on, _NEVER)


def draw_claims(setting: Setting, ledger: Ledger, customs: Flags, currencies: tuple[str, ...], block: int) -> Claims:
    """Draw the claims on a block's orders."""
    rng, parameters, exporters = stream(setting.seed, "claims", block), setting.parameters, setting.exporters
    order, filed, loss = _filed(setting, ledger, rng)
    kept = exporters.paperwork[ledger.orders.exporter[order]]
    has_orders, has_communications = rng.random(len(order)) < np.sqrt(kept), rng.random(len(order)) < kept
    complete = has_orders & customs[order] & has_communications
    soon, late = (
        days_between(rng, days, len(order))
        for days in (parameters.recording.decision_days.complete, parameters.recording.decision_days.incomplete)
    )
    decided = filed + np.where(complete, soon, late)
    accepted = rng.random(len(order)) < _acceptance(parameters, complete, ledger.fates.disputed[order])
    left = ledger.owed(order, decided)
    paid = left == 0
    outcome = [WITHDRAWN if gone else ACCEPTED if yes else REJECTED for gone, yes in zip(paid, accepted, strict=True)]
    compensated = _compensation(exporters, ledger, order, left, outcome, currencies)
    return Claims(order, filed, loss, has_orders, customs[order], has_communications, decided, outcome, compensated)


def _filed(setting: Setting, ledger: Ledger, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Choose the orders that are claimed for, the days, and the losses, in minor units."""
    order = np.flatnonzero(ledger.fates.defaulted & (ledger.covered > 0))
    lag = np.rint(rng.exponential(setting.parameters.recording.claim_lag_mean, len(order))).astype(np.int64)
    waiting = _waiting(ledger.orders.day[order], setting.parameters.overdue_days)
    filed = ledger.orders.due[order] + waiting + 1 + lag
    loss = ledger.owed(order, filed)
    care = np.sqrt(setting.exporters.diligence[ledger.orders.exporter[order]])
    filing = (rng.random(len(order)) < care * _worth(setting.parameters, ledger, order, loss)) & (loss > 0)
    return order[filing], filed[filing], loss[filing]


def _waiting(day: Ints, overdue: int) -> Ints:
    """Give the waiting period in force on each order's day, never shorter than the day of default."""
    terms = {int(each): policy_at(int(each)) for each in np.unique(day)}
    waits = {each: overdue if policy is None else policy.waiting_period_days for each, policy in terms.items()}
    return np.array([max(overdue, waits[int(each)]) for each in day], dtype=np.int64)


def _worth(parameters: Parameters, ledger: Ledger, order: Ints, loss: Ints) -> Floats:
    """Tell the share of diligent exporters who find a loss worth a claim."""
    ours = parameters.programme
    usd = ledger.cents[order] * (loss / ledger.minor[order]) / _CENTS
    odds = np.maximum(usd, 1.0) / ours.claim_size_usd
    worth: Floats = 1 / (1 + odds**-ours.claim_steepness)
    return worth


def _acceptance(parameters: Parameters, complete: Flags, disputed: Flags) -> Floats:
    chances = parameters.programme.accepted
    by_papers = np.where(complete, chances.complete, chances.incomplete)
    return np.where(disputed, chances.disputed * by_papers, by_papers)


def _compensation(
    exporters: Exporters, ledger: Ledger, order: Ints, loss: Ints, outcome: list[str], currencies: tuple[str, ...]
) -> list[int]:
    """Pay the rate on what of the loss is left on the day of the decision, as far as it was covered."""
    paid = []
    for place, lost, verdict in zip(order.tolist(), loss.tolist(), outcome, strict=True):
        day, exporter = int(ledger.orders.day[place]), ledger.orders.exporter[place]
        policy = policy_at(day)
        if verdict != ACCEPTED or policy is None:
            paid.append(0)
            continue
        standing: Standing = "whitelisted" if exporters.whitelisted_on[exporter] <= day else "standard"
        covered = int(ledger.minor[place]) * int(ledger.covered[place]) // int(ledger.cents[place])
        insured = Money(min(lost, covered), currencies[ledger.currency[place]])
        paid.append(insured.share(policy.rate_bp(standing), BASIS_POINTS).minor)
    return paid
