from models.decision.rules.overdue import overdue_now
from tests.models.decision.buyers import POLICY, buyer, there

WAITING = POLICY.waiting_period_days


def test_money_overdue_beyond_the_waiting_period_stops_cover():
    found = there(overdue_now(buyer(overdue=1, oldest_overdue_days=WAITING + 1), POLICY))
    assert (found.verdict, found.reason.code, found.reason.facts) == ("stop", "overdue_now", {"overdue": "USD 0.01"})


def test_within_the_waiting_period_it_does_not():
    assert overdue_now(buyer(overdue=10**9, oldest_overdue_days=WAITING), POLICY) is None
    assert overdue_now(buyer(overdue=0, oldest_overdue_days=WAITING + 1), POLICY) is None
