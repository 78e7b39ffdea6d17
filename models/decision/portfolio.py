"""A book of buyers as arrays, and the allocation problem that it makes under a policy."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.errors import DataError
from models.allocation.problem import Problem
from models.allocation.tail import stress
from models.decision.gather import Assessment
from models.demand import Demand
from models.policy import BASIS_POINTS, Policy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CIRCUMSTANCES = pa.schema(
    [
        pa.field("buyer_id", pa.string(), nullable=False),
        pa.field("country", pa.string(), nullable=False, metadata={"meaning": "newest one entered, alpha-2"}),
        pa.field("whitelisted_bp", pa.int64(), nullable=False, metadata={"meaning": "share of the past year's trade "
                 "with whitelisted exporters, basis points"}),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The buyers (n,) of a run.

    Attributes:
        countries: names of the countries in alphabetical order; `country` points into it.
        risk_class: OECD class of each country, None where unclassified.
        pd: probability of default, 0 where no model can tell.
        paid_share: compensation within what is owed at default: what stays lost, times the mix of rates.
        assessed: whether the allocation weighs the buyer.
        most: the largest limit that the rules leave, US cents.
    """

    wanted: Demand
    countries: tuple[str, ...]
    country: Ints
    risk_class: tuple[int | None, ...]
    pd: Floats
    paid_share: Floats
    assessed: Flags
    most: Ints

    def problem(self, policy: Policy, horizon_days: int, scale: float) -> Problem:
        """Write the allocation problem of the assessed buyers.

        The others hold the discretionary limit as far as the rules leave it; their part of the ceilings is set apart.

        Args:
            policy: tiers, appetite and ceilings.
            horizon_days: the programme's year is cut to it.
            scale: the appetite is this part of the policy's.
        """
        tiers = np.array([0, *policy.tiers], dtype=np.int64)
        rows = np.flatnonzero(self.assessed)
        limits = np.minimum(np.broadcast_to(tiers, (len(rows), len(tiers))), self.most[rows, None]).astype(np.float64)
        wanted = self.wanted.of(rows)
        lost = wanted.owed(limits) * (self.pd * self.paid_share)[rows, None]
        appetite = policy.appetite
        return Problem(
            tiers=tiers,
            # Beyond what the rules leave, a tier adds neither trade nor loss, so that none is chosen there.
            trade=np.ascontiguousarray(wanted.covered(limits).T),
            loss=np.ascontiguousarray(lost.T),
            stress=stress(self.pd[rows], appetite),
            country=self.country[rows],
            loss_share=appetite.expected_loss / BASIS_POINTS * scale,
            tail_share=appetite.tail_loss / BASIS_POINTS * scale,
            trade_room=policy.ceilings.programme_year * horizon_days / 365,
            country_room=self.room(policy),
        )

    def room(self, policy: Policy) -> Ints:
        """What each country's ceiling leaves to the assessed buyers, US cents."""
        ceilings = np.array([policy.ceilings.of_class(each) for each in self.risk_class], dtype=np.int64)
        apart = np.where(self.assessed, 0, np.minimum(self.most, policy.discretionary_limit))
        taken = np.zeros(len(ceilings), dtype=np.int64)
        np.add.at(taken, self.country, apart)
        left: Ints = np.maximum(ceilings - taken, 0)
        return left


def paid_share(assessment: Assessment, policy: Policy, whitelisted_bp: Ints) -> Floats:
    """Tell what part of the amount owed at default is compensated and stays lost, by each buyer's mix of exporters."""
    standard, higher = policy.rate_bp("standard"), policy.rate_bp("whitelisted")
    rate = (standard + (higher - standard) * whitelisted_bp / BASIS_POINTS) / BASIS_POINTS
    lgd = policy.loss_given_default / BASIS_POINTS if assessment.lgd is None else assessment.lgd
    paid: Floats = rate * lgd
    return paid


def circumstances_of(snapshot: pa.Table, circumstances: pa.Table) -> tuple[tuple[str, ...], Ints, Ints]:
    """Give the countries' names, and by row of the snapshot the country's number and the whitelisted basis points.

    Raises:
        DataError: a buyer of the snapshot has no circumstances.
    """
    known = dict(
        zip(
            circumstances["buyer_id"].to_pylist(),
            zip(circumstances["country"].to_pylist(), circumstances["whitelisted_bp"].to_pylist(), strict=True),
            strict=True,
        )
    )
    buyers = snapshot["buyer_id"].to_pylist()
    missing = next((buyer for buyer in buyers if buyer not in known), None)
    if missing is not None:
        raise DataError("buyer", missing, "has no country in the circumstances", "give a row for every buyer")
    names = tuple(sorted({known[buyer][0] for buyer in buyers}))
    place = {name: number for number, name in enumerate(names)}
    country = np.array([place[known[buyer][0]] for buyer in buyers], dtype=np.int64)
    return names, country, np.array([known[buyer][1] for buyer in buyers], dtype=np.int64)
