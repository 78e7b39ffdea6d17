"""Whitelist candidates of a book on a day, and what became of them later."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from features.book.exporter_records import exporter_records
from features.book.folder import connect, open_book
from features.errors import DataError
from features.snapshot import snapshot
from models.bundle import Bundle
from models.policy import BASIS_POINTS, Policy
from models.whitelist import Candidacy, Criterion, candidacies
from training.backtest.figures import Resampling, listed
from training.judging import Estimate

_NO_PDS = pa.table({"buyer_id": pa.array([], pa.string()), "pd": pa.array([], pa.float64())})


@dataclass(frozen=True, slots=True)
class Later:
    """Loss within trade, in basis points, of those who were candidates on the day and all others, until a day."""

    until: date
    candidates: Estimate
    others: Estimate
    difference: Estimate


def candidates(book: Path, day: date, policy: Policy, bundle: Bundle | None) -> list[Candidacy]:
    """Judge every exporter of a book on a day; without a model the quality of buyers is not known and not asked.

    Raises:
        BookError: the folder is no book, or holds a currency without a rate on the order's day.
    """
    return candidacies(_records(book, day, policy.whitelist.window_days, policy, _pds(book, day, bundle)), policy)


def later_losses(
    book: Path, day: date, found: list[Candidacy], policy: Policy, *, days: int = 365, draws: int = 1000, seed: int = 1
) -> Later:
    """Compare what candidates and others lost on orders of the `days` after the day, resampling exporters.

    Only orders whose waiting period was over by the end of these days count, by what was recorded by then. A book may
    end before: its silence is no loss.

    Raises:
        DataError: the book ends before any waiting period after the day is over.
    """
    last = _last_record(book)
    until = min(day + timedelta(days=days), last)
    if (until - day).days <= policy.waiting_period_days:
        cause = f"leave no waiting period over until {until}; the book's records end on {last}"
        raise DataError("days after", day, cause, "ask for an earlier day or for more days, or load newer data")
    after = _records(book, until, (until - day).days, policy, _NO_PDS)
    chosen = {each.exporter_id for each in found if each.status == "candidate"}
    is_candidate = np.array([each.exporter_id in chosen for each in after], dtype=np.int64)
    lost = np.array([each.lost for each in after], dtype=np.int64)
    trade = np.array([each.matured_trade for each in after], dtype=np.int64)
    resampling = Resampling(len(after), draws, seed)

    def ratio(of: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        total = resampling.totals(trade * of)
        return np.divide(resampling.totals(lost * of), total, out=np.full_like(total, np.nan), where=total > 0)

    ours, theirs = BASIS_POINTS * ratio(is_candidate), BASIS_POINTS * ratio(1 - is_candidate)
    return Later(until, *(resampling.estimate(drawn) for drawn in (ours, theirs, ours - theirs)))


def summary(found: list[Candidacy], later: Later | None) -> dict[str, Any]:
    """Give the candidates with their evidence as JSON holds it; money in US cents, shares in basis points."""
    told: dict[str, Any] = {
        "counts": {
            status: sum(each.status == status for each in found) for status in ("candidate", "not_yet", "excluded")
        },
        "exporters": [
            {
                "exporter_id": each.exporter_id,
                "status": each.status,
                "excluded_for": list(each.excluded_for),
                "extra_compensation_usd_cents": each.extra_compensation,
                "criteria": [asdict(one) | {"missing": one.missing} for one in each.criteria],
            }
            for each in found
        ],
    }
    if later is not None:
        told["later_until"] = later.until.isoformat()
        told["later_loss_bp"] = {name: listed(getattr(later, name)) for name in ("candidates", "others", "difference")}
    return told


def show(found: list[Candidacy], later: Later | None, console: Console) -> None:
    """Print the candidates, those who miss least first."""
    table = Table("exporter", "finding", "misses by", "extra compensation a year, USD")
    for each in sorted(found, key=lambda one: (one.status != "candidate", len(one.missing), one.exporter_id)):
        missing = "\n".join(f"{one.name} {_with_unit(one)}" for one in each.missing)
        table.add_row(each.exporter_id, each.status.replace("_", " "), missing, f"{each.extra_compensation / 100:,.0f}")
    console.print(table)
    if later is not None:
        told = ", ".join(f"{name} {_interval(getattr(later, name))}" for name in ("candidates", "others"))
        console.print(f"Lost until {later.until}, basis points of trade, with 95 % intervals: {told}", highlight=False)


def _with_unit(criterion: Criterion) -> str:
    """Write what is missing for a person: trade in US dollars, shares in percentage points."""
    if criterion.name == "trade":
        return f"USD {criterion.missing / 100:,.0f}"
    if criterion.name == "tenure_days":
        return f"{criterion.missing:,} days"
    return f"{criterion.missing / 100:,.2f} points"


def _interval(estimate: Estimate) -> str:
    return f"{estimate.value:.0f} [{estimate.low:.0f}, {estimate.high:.0f}]"


def _records(book: Path, day: date, window: int, policy: Policy, pds: pa.Table) -> list[Any]:
    with connect() as connection:
        open_book(book, connection)
        return exporter_records(connection, day, window, policy.waiting_period_days, pds)


def _last_record(book: Path) -> date:
    """Find the last day whose orders or payments are recorded."""
    both = "SELECT recorded_at FROM orders UNION ALL SELECT recorded_at FROM payments"
    with connect() as connection:
        open_book(book, connection)
        last: date | None = connection.execute(f"SELECT max(CAST(recorded_at AS DATE)) FROM ({both})").fetchall()[0][0]
    return date.min if last is None else last


def _pds(book: Path, day: date, bundle: Bundle | None) -> pa.Table:
    if bundle is None:
        return _NO_PDS
    seen = snapshot(book, [day])
    return pa.table({"buyer_id": seen["buyer_id"], "pd": pa.array(bundle.pd(seen))})
