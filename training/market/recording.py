"""What the platform records of a block, and when: arrays into the canonical tables, cut at the market's end."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.book.tables import CLAIMS, ORDERS, OVERDUE_NOTICES, PAYMENTS, Table
from training.market.claims import Claims
from training.market.fates import PARTS
from training.market.ledger import Ledger
from training.market.notices import Notices
from training.market.setting import Setting
from training.market.streams import Flags, Ints, days_between

DAY_US = 86_400_000_000
_OPENS_US, _CLOSES_US = 8 * 3_600_000_000, 20 * 3_600_000_000
_MINUTE_US = 60_000_000


@dataclass(frozen=True)
class Names:
    """Identifiers that a block's tables share, and the block's number."""

    block: int
    buyers: pa.Array
    exporters: pa.Array
    currencies: pa.Array
    categories: pa.Array
    orders: pa.Array


def identifiers(letter: str, numbers: Ints, width: int) -> pa.Array:
    """Write numbers as identifiers, all of one width so that they sort as the numbers do."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(letter, digits, "")


def at_some_time(days: Ints, rng: np.random.Generator) -> Ints:
    """Give each day a time of working hours, as microseconds since 1970-01-01 UTC."""
    return days * DAY_US + rng.integers(_OPENS_US, _CLOSES_US, len(days))


@dataclass(frozen=True)
class Shipping:
    """When a block's orders were shipped and entered.

    Attributes:
        entered_first: entered when ordered and completed at shipment; the others are entered at shipment.
        entered, completed: instants of the first and of the complete entry, the same where there is one.
        customs: whether a customs declaration is on record.
    """

    shipped_on: Ints
    entered_first: Flags
    entered: Ints
    completed: Ints
    customs: Flags


def ship(setting: Setting, ledger: Ledger, rng: np.random.Generator) -> Shipping:
    """Draw shipping and entry of a block's orders."""
    ours, count, day = setting.parameters.recording, len(ledger.orders), ledger.orders.day
    kept = np.cbrt(setting.exporters.paperwork[ledger.orders.exporter])
    shipped = day + days_between(rng, ours.shipping_days, count)
    first = rng.random(count) < ours.entered_at_order
    completed = at_some_time(shipped + 1, rng)
    entered = np.where(first, at_some_time(day, rng), completed)
    return Shipping(shipped, first, entered, completed, rng.random(count) < kept)


def order_table(setting: Setting, ledger: Ledger, shipping: Shipping, names: Names) -> pa.Table:
    """Record orders: entered at once or when shipped, complete when shipped."""
    orders = ledger.orders
    early = np.flatnonzero(shipping.entered_first)
    rows = np.concatenate([np.arange(len(orders)), early])
    complete = np.arange(len(rows)) < len(orders)
    shipped = pa.array(_days(shipping.shipped_on[rows]), mask=~complete)
    customs_no = identifiers(f"2922{names.block:04d}", np.arange(len(orders)), 8)
    columns = {
        "order_id": names.orders.take(rows),
        "exporter_id": names.exporters.take(orders.exporter[rows]),
        "buyer_id": names.buyers.take(orders.buyer[rows]),
        "ordered_on": _days(orders.day[rows]),
        "shipped_on": shipped,
        "due_on": _days(orders.due[rows]),
        "amount_minor": ledger.minor[rows],
        "currency": names.currencies.take(ledger.currency[rows]),
        "category": names.categories.take(setting.exporters.category[orders.exporter[rows]]),
        "customs_no": _where(customs_no.take(rows), complete & shipping.customs[rows]),
    }
    return _recorded(ORDERS, columns, np.concatenate([shipping.completed, shipping.entered[early]]), setting)


def payment_table(
    setting: Setting, ledger: Ledger, claims: Claims, shipping: Shipping, names: Names, rng: np.random.Generator
) -> pa.Table:
    """Record payments; what comes in after a claim was accepted is a recovery and no payment."""
    closed = np.full(len(ledger.orders), np.iinfo(np.int64).max)
    closed[claims.order] = claims.closed_on
    amounts = np.diff(ledger.paid, axis=1, prepend=0)
    order, part = np.nonzero((amounts > 0) & (ledger.fates.paid_on <= closed[:, None]))
    paid_on = ledger.fates.paid_on[order, part]
    lag = rng.geometric(1 / (1 + setting.parameters.recording.payment_mean), len(order)) - 1
    columns = {
        "payment_id": identifiers(f"P{names.block:04d}", order * PARTS + part, 9),
        "order_id": names.orders.take(order),
        "paid_on": _days(paid_on),
        "amount_minor": amounts[order, part],
        "currency": names.currencies.take(ledger.currency[order]),
    }
    recorded = np.maximum(at_some_time(paid_on + lag, rng), shipping.entered[order] + _MINUTE_US)
    return _recorded(PAYMENTS, columns, recorded, setting)


def notice_table(
    setting: Setting, ledger: Ledger, notices: Notices, names: Names, rng: np.random.Generator
) -> pa.Table:
    """Record overdue notices within three days."""
    columns = {
        "order_id": names.orders.take(notices.order),
        "reported_on": _days(notices.day),
        "amount_minor": notices.owed,
        "currency": names.currencies.take(ledger.currency[notices.order]),
    }
    recorded = at_some_time(notices.day + rng.integers(0, 4, len(notices.day)), rng)
    return _recorded(OVERDUE_NOTICES, columns, recorded, setting)


def claim_table(setting: Setting, ledger: Ledger, claims: Claims, names: Names, rng: np.random.Generator) -> pa.Table:
    """Record claims: one version when filed, one when decided, one for each recovery."""
    count, ours = len(claims), setting.parameters.recording
    entered = at_some_time(claims.filed_on + days_between(rng, ours.claim_entry, count), rng)
    decided = np.maximum(at_some_time(claims.decided_on + rng.integers(1, 6, count), rng), entered + _MINUTE_US)
    claim, part = np.nonzero(_recoveries(ledger, claims) > 0)
    arrived = ledger.fates.paid_on[claims.order[claim], part]
    learnt = at_some_time(arrived + days_between(rng, ours.recovery_entry, len(claim)), rng)
    version = np.concatenate([np.arange(count), np.arange(count), claim])
    recorded = np.concatenate([entered, decided, np.maximum(learnt, decided[claim] + _MINUTE_US)])
    known = recorded >= decided[version]
    recovered = np.zeros(len(version), dtype=np.int64)
    recovered[2 * count :] = _recoveries(ledger, claims)[claim, part]
    recovered = _so_far(version, recorded, recovered)
    order = claims.order[version]
    columns = {
        "claim_id": identifiers(f"C{names.block:04d}", version, 6),
        "order_id": names.orders.take(order),
        "filed_on": _days(claims.filed_on[version]),
        "loss_minor": claims.loss[version],
        "currency": names.currencies.take(ledger.currency[order]),
        "has_orders": claims.has_orders[version],
        "has_customs": claims.has_customs[version],
        "has_communications": claims.has_communications[version],
        "decided_on": pa.array(_days(claims.decided_on[version]), mask=~known),
        "outcome": _where(pa.array(claims.outcome, pa.string()).take(version), known),
        "compensated_minor": pa.array(np.array(claims.compensated, dtype=np.int64)[version], mask=~known),
        "recovered_minor": recovered,
    }
    return _recorded(CLAIMS, columns, _apart(version, recorded), setting)


def _recoveries(ledger: Ledger, claims: Claims) -> Ints:
    """Give what each part brought in after the claim was accepted, by claim and part."""
    amounts = np.diff(ledger.paid[claims.order], axis=1, prepend=0)
    return np.where(ledger.fates.paid_on[claims.order] > claims.closed_on[:, None], amounts, 0)


def _so_far(key: Ints, recorded: Ints, values: Ints) -> Ints:
    """Cumulate values of each key in the order of their recording."""
    by_time = np.lexsort((recorded, key))
    total = np.cumsum(values[by_time])
    first = np.diff(key[by_time], prepend=-1) > 0
    before = np.maximum.accumulate(np.where(first, total - values[by_time], 0))
    cumulated = np.empty_like(values)
    cumulated[by_time] = total - before
    return cumulated


def _apart(key: Ints, recorded: Ints) -> Ints:
    """Move versions of one key that fall on one instant a minute apart."""
    moved = recorded.copy()
    by_time = np.lexsort((recorded, key))
    for earlier, later in pairwise(by_time.tolist()):
        if key[earlier] == key[later]:
            moved[later] = max(moved[later], moved[earlier] + _MINUTE_US)
    return moved


def _days(days: Ints) -> NDArray[np.datetime64]:
    return days.astype("datetime64[D]")


def _where(values: pa.Array, there: Flags) -> pa.Array:
    return pc.if_else(pa.array(there), values, pa.scalar(None, values.type))


def _recorded(table: Table, columns: dict[str, Any], recorded: Ints, setting: Setting) -> pa.Table:
    """Make a canonical table, without what was recorded after the market's end."""
    instants = pa.array(recorded, pa.timestamp("us", tz="UTC"))
    whole = pa.table({**columns, "recorded_at": instants})
    known = whole.filter(pa.array(recorded < (setting.calendar.until + 1) * DAY_US))
    return known.select(table.columns).cast(table.arrow)
