"""The replay takes money on a cover as the ledger does: what is outstanding, what is compensated, what comes back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.policy import policies
from serving.ledger.cover import Cover, after, programme_share_minor
from serving.ledger.events import Claim, ClaimDecision, Recovery, Settle, Ship
from tests.training.backtest.histories import history, terms
from training.backtest.figures import outcome
from training.backtest.history import day_number
from training.backtest.replay import replay

DAY, START = date(2025, 6, 2), datetime(2025, 6, 2, 9, tzinfo=UTC)
AMOUNT = 100_00


@given(st.integers(1, AMOUNT), st.integers(0, AMOUNT), st.integers(0, AMOUNT))
def test_exposure_compensation_and_recoveries_are_those_of_the_ledger(limit, paid, recovered):
    owed = AMOUNT - paid
    recovered = min(recovered, owed)
    rate = policies().at(DAY).rate_bp("standard")
    ends = START + timedelta(days=30)
    cover = Cover(1, "o1", "e1", "b1", "USD", AMOUNT, limit, rate, Decimal(1), 30, START, ends)
    cover = after(Ship(event_id="s", amount_minor=AMOUNT, shipped_on=DAY), cover)
    if paid:
        cover = after(Settle(event_id="p", amount_minor=paid, paid_on=DAY), cover)
    outstanding = cover.exposure_minor
    if owed:
        papers = {"has_orders": True, "has_customs": True, "has_communications": True}
        cover = after(Claim(event_id="c", filed_on=DAY, loss_minor=owed, **papers), cover)
        cover = after(ClaimDecision(event_id="d", outcome="accepted", decided_on=DAY), cover)
    if recovered:
        cover = after(Recovery(event_id="r", amount_minor=recovered, received_on=DAY), cover)

    # A second order of the buyer tells what room the first one left.
    day = day_number(DAY)
    releases = [(0, day + 1, paid)] if paid else []
    past = history([(0, 0, 0, day, AMOUNT, owed, recovered), (0, 0, 0, day + 2, AMOUNT, 0, 0)], releases, buyers=1)
    covered = replay(past, np.full(2, limit), terms(past))
    assert covered.tolist() == [limit, limit - outstanding]
    of = outcome(past, covered, np.zeros(2, dtype=np.int64), 1, policies())
    assert of.of("compensated").sum() == cover.compensated_minor
    assert of.of("net").sum() == cover.compensated_minor - programme_share_minor(cover)
