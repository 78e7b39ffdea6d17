"""A sound buyer to change one fact of at a time."""

from dataclasses import replace
from datetime import date

from models.decision.facts import BuyerFacts, CurrentLimit, Driver
from models.policy import policies

DAY = date(2026, 4, 1)
POLICY = policies().at(DAY)
SOUND = BuyerFacts(
    buyer_id="b1",
    country="AE",
    risk_class=2,
    pd=0.01,
    orders_365d=40,
    tenure_days=900,
    open=12_000_00,
    overdue=0,
    oldest_overdue_days=0,
    claims_undecided=0,
    new_exporters_7d=0,
    new_exporters_30d=1,
    jump=0.4,
    turnover=50_000_00,
    need=30_000_00,
    drivers=(Driver("days_late_90d", 12.5, 3.0, 0.6), Driver("open_usd_cents", 12_000_00.0, 4_000_00.0, 0.2)),
)


def buyer(**changes):
    return replace(SOUND, **changes)


def limit(amount, valid_to=date(2026, 6, 1)):
    return CurrentLimit(amount, valid_to)


def there(finding):
    """Give the finding of a rule that must have found something."""
    assert finding is not None
    return finding
