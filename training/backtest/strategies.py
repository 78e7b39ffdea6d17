"""Ways to set limits: a rule of thumb, and the allocation with PDs from anywhere."""

from collections.abc import Sequence

import numpy as np

from models.decision.book import set_limits
from models.decision.facts import CurrentLimit
from models.decision.gather import Assessment
from models.policy import Policies
from training.backtest.history import History
from training.backtest.quarters import Quarter
from training.backtest.terms import discretionary
from training.backtest.timeline import Ints, Timeline, days_of

_FOREVER = 1 << 19


def rule_of_thumb(history: History, quarters: Sequence[Quarter], policies: Policies) -> Ints:
    """Set twice the average monthly purchases of the past year, at most the cap, each quarter anew.

    A buyer without purchases in a year has the discretionary limit, as one that nobody knows.
    """
    parts = []
    for quarter in quarters:
        policy = policies.at(quarter.first_day)
        yearly = quarter.seen["amount_usd_cents_365d"].fill_null(0).to_numpy()
        amount = np.where(yearly > 0, np.minimum(2 * yearly // 12, policy.buyer_cap), policy.discretionary_limit)
        parts.append((quarter, amount, np.full(len(amount), _FOREVER, dtype=np.int64)))
    return _limits(history, parts, policies)


def allocated(
    history: History,
    quarters: Sequence[Quarter],
    policies: Policies,
    horizon_days: int,
    scales: Sequence[float],
    assessments: Sequence[Assessment] | None = None,
) -> Ints:
    """Set limits as the service does, quarter after quarter, each starting from the limits then in force.

    Args:
        history: the orders to give limits for.
        quarters: what was known.
        policies: the terms by day.
        horizon_days: what the assessments look ahead.
        scales: the appetite's scale in each quarter.
        assessments: by quarter, in place of its own.
    """
    current: dict[str, CurrentLimit] = {}
    buyer: list[str] = []
    days, amounts, ends = [], [], []
    for number, quarter in enumerate(quarters):
        assessment = quarter.assessment if assessments is None else assessments[number]
        policy, day = policies.at(quarter.first_day), quarter.first_day
        run = set_limits(
            quarter.seen,
            quarter.circumstances,
            assessment,
            policy,
            day,
            {name: limit for name, limit in current.items() if limit.valid_to > day},
            horizon_days=horizon_days,
            model_version=f"as of {quarter.as_of}",
            appetite_scale=scales[number],
        )
        current |= {each.buyer_id: CurrentLimit(each.amount, each.valid_to) for each in run.decisions}
        buyer += [each.buyer_id for each in run.decisions]
        days += [each.valid_from for each in run.decisions]
        amounts += [each.amount for each in run.decisions]
        ends += [each.valid_to for each in run.decisions]
    place = _places(history, buyer)
    kept = place >= 0
    timeline = Timeline.of(
        place[kept], days_of(days)[kept], np.array(amounts, dtype=np.int64)[kept], days_of(ends)[kept]
    )
    return timeline.at(history.orders.buyer, history.orders.day, discretionary(history, policies))


def _limits(history: History, parts: list[tuple[Quarter, Ints, Ints]], policies: Policies) -> Ints:
    place = np.concatenate([_places(history, quarter.seen["buyer_id"].to_pylist()) for quarter, _, _ in parts])
    day = np.concatenate([np.full(len(amount), days_of([quarter.first_day])[0]) for quarter, amount, _ in parts])
    amount = np.concatenate([amount for _, amount, _ in parts]).astype(np.int64)
    ends = np.concatenate([ends for _, _, ends in parts])
    kept = place >= 0
    timeline = Timeline.of(place[kept], day[kept], amount[kept], ends[kept])
    return timeline.at(history.orders.buyer, history.orders.day, discretionary(history, policies))


def _places(history: History, buyers: list[str]) -> Ints:
    place = {name: number for number, name in enumerate(history.buyers)}
    return np.array([place.get(buyer, -1) for buyer in buyers], dtype=np.int64)
