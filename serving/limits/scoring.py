"""What the champion says of every buyer in the book on a day."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from features.snapshot import snapshot
from models.bundle import Bundle
from models.limits import BuyerRisk
from models.policy import Policy


def score_book(book: Path, bundle: Bundle, policy: Policy, day: date) -> list[BuyerRisk]:
    """Score every buyer that has traded, by buyer id, as known at the end of a day.

    Raises:
        BookError: the book cannot be used.
    """
    seen = snapshot(book, [day])
    return [_risk(row, pd, policy) for row, pd in zip(_trade(seen), bundle.pd(seen).tolist(), strict=True)]


def _trade(seen: pa.Table) -> list[dict[str, object]]:
    wanted = ["buyer_id", "amount_usd_cents_365d", "open_usd_cents", "overdue_usd_cents", "oldest_overdue_days"]
    rows: list[dict[str, object]] = seen.select(wanted).to_pylist()
    return rows


def _risk(row: dict[str, object], pd: float, policy: Policy) -> BuyerRisk:
    is_beyond_waiting = _number(row["oldest_overdue_days"]) > policy.waiting_period_days
    return BuyerRisk(
        buyer_id=str(row["buyer_id"]),
        pd=pd,
        ordered_365d=_number(row["amount_usd_cents_365d"]),
        largest_open=_number(row["open_usd_cents"]),
        overdue=_number(row["overdue_usd_cents"]) if is_beyond_waiting else 0,
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
